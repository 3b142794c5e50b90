"""The package as its users have it: installed, with data frames of others."""

import copy
import csv
import dataclasses
import io
import json
import math
import multiprocessing
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import ijsberg
import pandas
import polars
import pyarrow
import pytest
from ijsberg._kept import Kept
from ijsberg._tables import Given, read
from ijsberg._words import ARGUMENTS, in_python

ROOT = Path(__file__).parents[3]
DUTCH = ROOT / "data/netherlands-2010-2015.csv"


def few(table, **settings):
    return ijsberg.estimate(table, replicates=20, **settings)


def test_the_same_numbers_as_the_program():
    program = os.environ.get("IJSBERG", str(ROOT / "target/debug/ijsberg"))
    said = subprocess.run(
        [program, "estimate", DUTCH, "--replicates", "20", "--json"], check=True, capture_output=True
    )
    found = few(str(DUTCH))
    assert found.raw["estimates"] == json.loads(said.stdout)["estimates"]
    assert found.verdict == "lower-bound-only"
    assert found["loglinear.independence"].n_hat == pytest.approx(52_823, abs=1)
    assert found["loglinear.best-bic"].lower < found["loglinear.best-bic"].n_hat < found["loglinear.best-bic"].upper
    with pytest.raises(KeyError):
        found["nothing"]


def test_every_kind_of_table_is_the_same_table():
    first = few(DUTCH).raw["estimates"]
    columns = {name: list(values) for name, values in pandas.read_csv(DUTCH).items()}
    for table in [
        DUTCH.read_bytes(),
        pandas.read_csv(DUTCH),
        polars.read_csv(DUTCH),
        pyarrow.table(columns),
        columns,
    ]:
        assert few(table).raw["estimates"] == first


def test_covariates_and_report():
    found = few(ROOT / "data/netherlands-synthetic.csv", by=["sex"])
    rows = list(csv.DictReader(io.StringIO(found.breakdown_csv())))
    assert len(rows) >= 3
    assert "<svg" in found.to_html() and found.to_html("nl").startswith('<!doctype html>\n<html lang="nl">')
    assert "<table>" in found._repr_html_()


def test_errors_say_what_is_wrong_and_repeat_no_value():
    with pytest.raises(ValueError, match="line 3"):
        few(b"A,B,count\n1,0,3\n1,0,secret\n")
    with pytest.raises(ValueError, match="nonsense"):
        few(DUTCH, methods=["nonsense"])
    with pytest.raises(ValueError, match="lengths"):
        few({"A": [1], "B": [1, 0]})
    with pytest.raises(TypeError):
        few(3)
    with pytest.raises(ValueError):
        few(DUTCH, language="fr")


def test_what_can_be_read_in_two_ways_is_asked_and_can_be_said():
    rows = ["regio,A,B,C,count"]
    for region in ("Noord", "Zuid"):
        for h in range(1, 8):
            name = region if h == 1 else ""
            rows.append(f"{name},{h & 1},{h >> 1 & 1},{h >> 2 & 1},{30 - 2 * h}")
    table = "\n".join(rows).encode()
    with pytest.raises(ValueError, match='blanks="above"'):
        few(table)
    assert few(table, blanks="above", by=["none"])["chao"].n_hat > 0
    with pytest.raises(ValueError, match="above"):
        few(table, blanks="below")
    with pytest.raises(ValueError, match="2023"):
        few(table, sheet="2023")


def test_lists_are_linked_and_the_doubt_goes_into_the_estimate(tmp_path):
    program = os.environ.get("IJSBERG", str(ROOT / "target/debug/ijsberg"))
    subprocess.run([program, "simulate", "lists", "--persons", "400", "--out", tmp_path], check=True)
    lists = {p.stem: pandas.read_csv(p, dtype=str) for p in sorted(tmp_path.glob("synthetic-*.csv"))}
    assert len(lists) >= 2
    told = []
    found = ijsberg.link(lists, draws=3, seed=7, progress=lambda *said: told.append(said))
    stage, done, of = told[-1]
    assert stage == "link" and 0 < done <= of
    assert found == ijsberg.link(lists, draws=3, seed=7)
    records = sum(len(table) for table in lists.values())
    assert len(found.linked_csv.splitlines()) == records + 1
    assert all(0 < n <= records for n in found.persons)
    assert found.estimate(replicates=5, methods=["chao"])["chao"].n_hat > 0
    frame = found.to_pandas()
    assert len(frame) == records and frame["list"].nunique() == len(lists) and frame["person"].dtype == "int64"
    assert found.to_polars().height == found.to_arrow().num_rows == records
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found
    assert f"records={records}" in repr(found) and len(repr(found)) < 100
    by_sex = ijsberg.link(lists, covariates=["sex"], draws=3, seed=7).estimate(replicates=5, methods=["loglinear.covariates"])
    assert {"f", "m"} <= {size["part"].get("sex") for size in by_sex.raw["covariates"]["sizes"]}
    with pytest.raises(ValueError, match="shows who somebody is"):
        ijsberg.link(lists, covariates=["surname"], draws=3)


def test_ctrl_c_stops_a_long_run_within_half_a_second():
    # Whoever starts a test in the background has its Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pressed = []

    def press():
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(1.0, press).start()
    with pytest.raises(KeyboardInterrupt):
        ijsberg.estimate(DUTCH, replicates=1_000_000)
    assert time.monotonic() - pressed[0] < 0.5


def test_a_run_says_how_far_it_is_and_an_exception_there_stops_it():
    enough = ValueError("--enough")
    told = []

    def hear(stage, done, of):
        told.append((time.monotonic(), stage, done, of))
        if stage == "bootstrap" and len(told) > 5:
            raise enough

    with pytest.raises(ValueError) as caught:
        ijsberg.estimate(DUTCH, replicates=1_000_000, progress=hear)
    assert caught.value is enough
    assert time.monotonic() - told[-1][0] < 0.5
    assert all(isinstance(stage, str) and (0 <= done <= of or of == 0) for _, stage, done, of in told)
    assert all(later[0] - sooner[0] > 0.09 for sooner, later in zip(told, told[1:]))
    short = []
    few(DUTCH, methods=["chao"], progress=lambda *said: short.append(said))
    assert short, "a short run says at least how it ended"
    with pytest.raises(TypeError, match="callable"):
        few(DUTCH, methods=["chao"], progress=3)


def test_an_analysis_is_a_mapping_from_methods_to_estimates():
    found = few(DUTCH, models=["[I,K,O,P,R,Z]", "[IK,O,P,R,Z]"])
    methods = list(found)
    assert len(methods) == len(set(methods)) == len(found) == len(found.keys())
    assert "chao" in found and "nothing" not in found and 0 not in found
    assert [e.method for e in found.values()] == methods == [method for method, _ in found.items()]
    assert found.get("chao") is found["chao"] and found.get("nothing") is None
    assert dict(found)["chao"].n_hat == found["chao"].n_hat
    given = [e for e in found.estimates if e.method == "loglinear.formula"]
    assert len(given) == 2 and found["loglinear.formula"] is given[0] and len(found.estimates) == len(found) + 1


def test_estimates_are_data_frames_of_others():
    found = few(DUTCH)
    names = [field.name for field in dataclasses.fields(ijsberg.Estimate)]
    frame = found.to_pandas()
    assert list(frame.columns) == names and list(frame["method"]) == [e.method for e in found.estimates]
    assert frame["n_observed"].dtype == "int64"
    for name in ("n_hat", "lower", "upper", "aic"):
        assert frame[name].dtype == "float64"
        for value, e in zip(frame[name], found.estimates):
            expected = getattr(e, name)
            assert value == expected or expected is None and math.isnan(value)
    rows = [dataclasses.asdict(e) | {"notes": list(e.notes)} for e in found.estimates]
    assert found.to_polars().to_dicts() == rows
    assert found.to_arrow().to_pylist() == rows


@pytest.mark.parametrize("package", ["pandas", "polars", "pyarrow"])
def test_what_is_not_installed_is_named(monkeypatch, package):
    found = few(DUTCH, methods=["chao"])
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"pip install {package}"):
        {"pandas": found.to_pandas, "polars": found.to_polars, "pyarrow": found.to_arrow}[package]()


def test_a_notebook_shows_results_and_no_markup_of_others():
    raw = few(DUTCH, methods=["chao"]).raw
    raw["estimates"][0]["method"] = raw["diagnostics"]["verdict"] = "<script>"
    shown = ijsberg.Analysis(Kept({"json": json.dumps(raw)}), 0.95)._repr_html_()
    linked = "file,line,list,record,person,probability,print\nf,2,<script>,,0,,\nf,3,<script>,7,1,0.975,\n"
    linkage = ijsberg.Linkage(linked, "", (2.0, 1.0))
    for page in (shown, linkage._repr_html_()):
        assert "<table>" in page and "&lt;script&gt;" in page and "<script>" not in page
    assert "1 to 2" in linkage._repr_html_()


def test_charts_are_drawn_without_another_package(tmp_path):
    found = few(DUTCH)
    assert {"forest", "iceberg", "overlaps", "multiverse"} <= set(ijsberg.CHARTS)
    chart = found.plot()
    assert chart.kind == "forest" and chart.title and chart.description
    assert chart._repr_svg_() == chart.svg and chart.svg.startswith("<svg") and "<svg" not in repr(chart)
    chart.save(tmp_path / "forest.svg")
    assert (tmp_path / "forest.svg").read_text(encoding="utf-8") == chart.svg
    assert found.plot("iceberg").svg != found.plot("iceberg", language="nl").svg
    with pytest.raises(ValueError, match="'iceberg'.* or 'levels'"):
        found.plot("pie")
    with pytest.raises(ValueError, match="nothing to show.*'trend'"):
        found.plot("trend")
    with pytest.raises(ValueError, match="svg"):
        chart.save(tmp_path / "forest.png")


def test_results_are_copied_and_pickled_whole():
    found = few(ROOT / "data/netherlands-synthetic.csv", by=["sex"])
    pickled = pickle.loads(pickle.dumps(found))
    for other in (copy.copy(found), copy.deepcopy(found), pickled, pickle.loads(pickle.dumps(pickled))):
        assert other == found and hash(other) == hash(found) and other is not found
        assert other.to_csv() == found.to_csv() and other.breakdown_csv() == found.breakdown_csv()
        assert other.to_html("nl") == found.to_html("nl") and other.plot("forest", "nl") == found.plot("forest", "nl")
        with pytest.raises(ValueError):
            other.to_html("fr")
    other = copy.deepcopy(found)
    other.raw["estimates"].clear()
    assert other != found


def chao(table):
    return few(table, methods=["chao"])


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
def test_a_process_that_forks_computes_in_its_children():
    here = chao(DUTCH)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        there = pool.map_async(chao, [DUTCH, DUTCH]).get(timeout=300)
    assert there == [here, here]


def test_booleans_nullable_columns_and_lazy_frames_are_the_same_table():
    frame = pandas.read_csv(DUTCH)
    first = few(frame, methods=["chao"]).raw["estimates"]
    names = [name for name in frame.columns if name != "count"]
    booleans = frame.astype(dict.fromkeys(names, "bool"))
    lazy = polars.scan_csv(DUTCH)
    for table in [
        booleans,
        booleans.astype({"count": "float64"}),
        frame.astype(dict.fromkeys(names, "boolean") | {"count": "Int64"}),
        booleans.astype(dict.fromkeys(names, "object")),
        lazy,
        lazy.with_columns(polars.col(names).cast(polars.Boolean), polars.col("count").cast(polars.Float64)),
        pyarrow.table({name: list(values) for name, values in booleans.items()}),
        {name: list(values) for name, values in booleans.items()},
    ]:
        assert few(table, methods=["chao"]).raw["estimates"] == first


def test_a_missing_value_is_named_by_its_cell():
    columns = {
        "A": [True, False, None, True],
        "B": [False, True, True, True],
        "place": ["on\ntwo lines", "a", "a", "on\ntwo lines"],
        "count": [5.0, 6.0, 7.0, 8.0],
    }
    frame = pandas.DataFrame(columns)
    numbers = {**columns, "A": [1.0, 0.0, math.nan, 1.0]}
    tables = [
        columns,
        numbers,
        frame,
        frame.astype({"A": "boolean"}),
        pandas.DataFrame(numbers),
        polars.DataFrame(columns),
        polars.DataFrame(numbers).lazy(),
        pyarrow.table(columns),
        pyarrow.table(numbers),
    ]
    for table in tables:
        with pytest.raises(ValueError, match=r'^row 2 \(counted from 0\), column "A": found a missing value'):
            few(table)
        with pytest.raises(ValueError, match=r'^rij 2 \(geteld vanaf 0\), kolom "A": een ontbrekende waarde'):
            few(table, language="nl")
    with pytest.raises(ValueError, match=r'^line 4, column "A": found ""'):
        few(b"A,B,count\n1,0,5\n0,1,6\n,1,7\n1,1,8\n")
    inhabitants = {"": Given(b""), "population": read({"sex": ["f", "m"], "population": [9, None]})}
    said = in_python('population: line 3: found "" as a population', inhabitants)
    assert said.startswith("population: row 1 (counted from 0): found a missing value")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_error_names_an_option_of_the_command_line(language):
    of_tables = "(?:read|covariate|population|model|schema)-error|link-covariate-|doubt-|reading-|argument-(?:level|method)"
    lines = (ROOT / f"crates/ijsberg-report/locales/{language}.ftl").read_text(encoding="utf-8").splitlines()
    said = [line.split(" = ", 1)[1] for line in lines if re.match(of_tables, line)]
    options = set(re.findall(r"--[a-z-]+", "\n".join(said)))
    assert {"--ignore", "--numeric"} <= options <= set(ARGUMENTS)
    assert not [text for text in said if "--" in in_python(text)]


@pytest.mark.parametrize(
    ("table", "settings", "expected"),
    [
        (b"A,B,female,count\n1,0,1,4\n0,1,0,5\n1,1,1,6\n", {}, ['covariates=["female"]', 'lists=["A", "B", "female"]']),
        (b"A,B,C,count\n1,0,0,5\n0,1,0,6\n0,0,1,*\n1,1,1,3\n", {}, ["hidden=(1, 4)", "hidden=(0, 0)"]),
        (b"A,B,count\n1,0,5\n0,2,6\n1,1,3\n", {"lists": ["A", "B"]}, ["line 3"]),
        (b"A,B,count\n1,0,5\n0,1,6\n1,1,3\n", {"lists": ["A"], "ignore": ["A"]}, ["`lists`, `count`, `covariates`"]),
        (DUTCH, {"methods": ["nonsense"]}, ['methods=["nonsense"]: ']),
        (DUTCH, {"level": 2.0}, ["level=2: "]),
        (DUTCH, {"models": ["[I"]}, ["[I"]),
        (DUTCH, {"by": ["nothing"]}, ["nothing"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_errors_are_in_the_words_of_python(table, settings, expected, language):
    with pytest.raises(ValueError) as why:
        few(table, language=language, **settings)
    said = str(why.value)
    assert "--" not in said
    expected = expected if language == "en" else [part.replace("line", "regel") for part in expected]
    assert all(part in said for part in expected), said
