"""The package as its users have it: installed, with data frames of others."""

import copy
import csv
import dataclasses
import inspect
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
import numpy
import pandas
import polars
import pyarrow
import pytest
from ijsberg import _ijsberg
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


def test_everything_is_as_the_program_writes_it_and_no_folder_is_told():
    chosen = {"threshold": 0.2, "interval": "percentile", "reselect": "shortlist", "level": 0.9, "seed": 7}
    options = [part for name, value in chosen.items() for part in (f"--{name}", value)]
    said = of_the_program("estimate", DUTCH, "--replicates", 20, "--methods", "loglinear.stepwise,loglinear.best-bic", *options)
    for table in (DUTCH, str(DUTCH)):
        assert few(table, methods=["loglinear.stepwise", "loglinear.best-bic"], **chosen).raw == said
    assert said["provenance"]["input"] == DUTCH.name
    bare = few(DUTCH.read_bytes(), methods=["chao"]).raw["provenance"]
    assert bare["input"] == "table" and bare["sha256"] == said["provenance"]["sha256"]
    for name, value in (("interval", "wide"), ("reselect", "some")):
        with pytest.raises(ValueError, match=f'^{name}="{value}": .*bca|shortlist'):
            few(DUTCH, methods=["chao"], **{name: value})


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


def test_the_report_in_words_has_every_method_and_no_option_of_the_command_line():
    program = os.environ.get("IJSBERG", str(ROOT / "target/debug/ijsberg"))
    asked = [program, "estimate", DUTCH, "--replicates", "20", "--all", "--lang"]
    found = few(DUTCH)
    times = few(b"nbcap,freq\n1,1645\n2,183\n3,37\n4,13\n")
    for language in ("en", "nl"):
        said = subprocess.run([*asked, language], check=True, capture_output=True, encoding="utf-8").stdout
        verdict = said.split("\n\n")[1]
        assert len(verdict.splitlines()) > 3 and verdict in found.to_text(language)
        for text in (found.to_text(language), times.to_text(language)):
            assert len(text.splitlines()) > 10 and not re.search(r"(?<![\w-])--[a-z]", text), text
    assert found.to_text() != found.to_text("nl")
    with pytest.raises(ValueError):
        found.to_text("fr")


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
    with pytest.raises(ValueError, match="'iceberg'.* or 'evidence'"):
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
        assert other.to_text() == found.to_text() and other.to_text("nl") == found.to_text("nl")
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
    of_tables = "(?:read|covariate|population|model|schema)-error|link-covariate-|doubt-|reading-|argument-(?:level|method|threshold|reselect)"
    of_figures = "argument-(?:identifying|small|nowcast|open|delays)|delays-(?:no-column|cell|nothing|too)|evidence-counts|argument-evidence-"
    locales = ROOT / "crates/ijsberg-report/locales"
    files = [locales / f"{part}{language}.ftl" for part in ("", "late.", "open.", "delays.")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    said = [line.split(" = ", 1)[1] for line in lines if re.match(f"{of_tables}|{of_figures}", line)]
    # Files of evidence are those of the command line; a month is that of either argument.
    said = [text.replace("{ $flag }", "since") for text in said if not text.startswith("--evidence { $path }")]
    options = set(re.findall(r"--[a-z-]+", "\n".join(said)))
    assert {"--ignore", "--numeric", "--identifying", "--window", "--staying", "--since"} <= options <= set(ARGUMENTS)
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
        (DUTCH, {"threshold": 2.0}, ["threshold=2: "]),
        (ROOT / "data/new-orleans-2016.csv", {"reselect": "all"}, ['reselect="all" ']),
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


SYNTHETIC = ROOT / "data/netherlands-synthetic.csv"
OPEN = ROOT / "data/open-synthetic.csv"
THREE = {"ignore": ["I", "O", "R"]}


def late(**settings):
    return ijsberg.nowcast(SYNTHETIC, late="Z", year="year", **THREE | {"replicates": 40} | settings)


def counts():
    """30 months from January 2014 with delays of up to two months, as far as they are registered at the end of June 2016."""
    rows = [
        (f"{2014 + i // 12}-{1 + i % 12:02}", delay, n + (i * 7 + delay * 3) % 4)
        for i in range(30)
        for delay, n in enumerate([30, 15, 5])
        if i + delay < 30
    ]
    return {name: [row[place] for row in rows] for place, name in enumerate(("month", "delay", "count"))}


def of_the_program(*arguments):
    program = os.environ.get("IJSBERG", str(ROOT / "target/debug/ijsberg"))
    said = subprocess.run([program, *map(str, arguments), "--json"], check=True, capture_output=True)
    return json.loads(said.stdout)


def test_estimate_takes_every_setting_and_no_other():
    known = json.loads(_ijsberg.SETTINGS)
    taken = inspect.signature(ijsberg.estimate).parameters
    assert {*taken} - {"table", "language", "progress"} == {setting["name"] for setting in known} and len(known) > 35
    for setting in known:
        name, default = setting["name"], taken[setting["name"]].default
        assert default == setting["default"] or setting["default"] is None and default in ((), None), name
        assert ARGUMENTS[f"--{setting['flag']}"][0] == name
    assert all(f":param {name}:" in ijsberg.estimate.__doc__ for name in taken)


def test_settings_of_models_with_covariates_are_those_of_the_program():
    asked = {"by": ["sex", "year"], "methods": ["loglinear.covariates"], "order": "three", "criterion": "aic", "average": True}
    asked |= {"polynomial": {"year": 1}, "breakdown_replicates": 2} | THREE
    options = ["--by", "sex,year", "--methods", "loglinear.covariates", "--order", "three", "--criterion", "aic", "--average"]
    options += ["--polynomial", "year=1", "--breakdown-replicates", 2, "--ignore", ",".join(THREE["ignore"])]
    said = of_the_program("estimate", SYNTHETIC, "--replicates", 20, *options)
    assert few(SYNTHETIC, **asked).raw == said
    assert few(SYNTHETIC, **asked | {"polynomial": ["year=1"], "breakdown_replicates": numpy.int64(2)}).raw == said


#: S is a random sample of 200 of 2,000.
SAMPLED = b"A,B,S,count\n1,0,0,225\n0,1,0,90\n1,1,0,135\n1,0,1,25\n0,1,1,10\n1,1,1,15\n0,0,1,150\n"


def test_a_random_sample_is_stated():
    headline = few(SAMPLED, anchor="S").raw["diagnostics"]["headline"]
    assert headline["by_design"]["method"] == "anchor.chapman"
    assert headline["n_hat"] == pytest.approx(501 * 201 / 51 - 1)
    assert few(SAMPLED, anchor="S", anchor_share=0.1).raw["diagnostics"]["headline"]["n_hat"] == 2000
    people = {"anchor": "S", "anchor_people": 10_000, "anchor_cleared": 800}
    for checked, drawn in [
        ({"anchor_check": (0.9, 0.99)}, {"sensitivity": 0.9, "specificity": 0.99}),
        ({"anchor_trial": [100, 90, 200, 198]}, {"belonging": 100, "found": 90, "others": 200, "cleared": 198}),
    ]:
        stated = few(SAMPLED, **people, **checked).raw["provenance"]["settings"]["anchor"]["drawn"]
        assert stated == {"from": "people", "people": 10_000, "cleared": 800, "check": drawn}
    for wrong, part in [
        ({"anchor": "Q"}, 'anchor="Q": '),
        ({"anchor_share": 0.1}, "anchor_share=0.1: only together with `anchor`"),
        ({"anchor": "S", "anchor_share": 1.5}, "anchor_share=1.5: "),
        ({"anchor": "S", "anchor_people": 9_999}, "anchor_people=9999: only together with `anchor_cleared`"),
        (people | {"anchor_check": (0.4, 0.5)}, "anchor_check=(0.4, 0.5): "),
        (people | {"anchor_share": math.nan}, "anchor_share=nan: "),
        ({"polynomial": {"year": 9}}, 'polynomial=["year=9"]: '),
        ({"over_coverage": (0.1, 2)}, "over_coverage=(0.1, 2): "),
        ({"seed": -1}, "seed=-1: "),
    ]:
        with pytest.raises(ValueError) as why:
            few(SAMPLED, **wrong)
        assert part in str(why.value) and "--" not in str(why.value), str(why.value)


def test_small_groups_take_from_one_another():
    settings = {"by": ["sex"], "methods": ["chao"], **THREE}
    found = few(SYNTHETIC, small_groups=True, **settings)
    groups = found.raw["covariates"]["small_groups"]["groups"]
    assert {"female", "male"} <= {group["part"].get("sex") for group in groups}
    assert all(group["n_hat"] is None or group["n_hat"] >= group["observed"] for group in groups)
    without = few(SYNTHETIC, **settings)
    assert not (without.raw["covariates"] or {}).get("small_groups")


def test_identifying_lists_are_chosen_with_a_learner():
    def of(**settings):
        return few(SYNTHETIC, by=["none"], methods=["chao"], **THREE, **settings)

    found = of(identifying=["K", "P"])
    assert found["doubly-robust.chosen"].model == "K·P | Z=0"
    assert "doubly-robust.chosen" not in of()
    assert of(identifying=["K", "P"], learner="spline").raw["provenance"]["settings"]["identifying"]["learner"] == "spline"
    for settings, part in [
        ({"identifying": ["K", "Q"]}, 'identifying=["Q"]: '),
        ({"identifying": ["K"]}, "`identifying`: "),
        ({"learner": "spline"}, 'learner="spline": only together with `identifying`'),
        ({"identifying": ["K", "P"], "learner": "forest"}, 'learner="forest": '),
    ]:
        with pytest.raises(ValueError) as why:
            of(**settings)
        assert part in str(why.value) and "--" not in str(why.value)


def test_estimates_from_elsewhere_are_put_beside():
    survey = {"name": "Survey", "kind": "survey", "year": 2019, "estimate": 20000, "lower": 15000, "upper": 27000}
    bare = {"name": "Elsewhere", "kind": "other", "estimate": 40000.0, "source": None}
    found = few(DUTCH, methods=["loglinear.best-bic"], evidence=[survey, bare])
    beside = found.raw["evidence"]["estimates"][-2:]
    assert [(e["name"], e["year"], e["limits"]) for e in beside] == [("Survey", "2019", [15000, 27000]), ("Elsewhere", "", None)]
    assert few(DUTCH, methods=["chao"]).raw["evidence"] is None
    for wrong, part in [
        (survey | {"kind": "guess"}, "evidence: estimate 2: .*guess.*network-scale-up"),
        (survey | {"upper": None}, "evidence: estimate 2: one limit"),
        (survey | {"estimate": -1}, "evidence: estimate 2: "),
        (survey | {"level": 95}, "evidence: estimate 2: .*0.5"),
        (survey | {"lower": "some"}, "estimate 2: 'lower' is no number"),
        (survey | {"low": 1}, "estimate 2: there is no 'low'"),
        ({"name": "Survey", "kind": "survey"}, "estimate 2: 'estimate' is missing"),
    ]:
        with pytest.raises(ValueError, match=part):
            few(DUTCH, evidence=[bare, wrong])
    for wrong in (survey, ["Survey"]):
        with pytest.raises(TypeError, match="mapping"):
            few(DUTCH, evidence=wrong)
    times = few(b"nbcap,freq\n1,1645\n2,183\n3,37\n4,13\n", evidence=[survey])
    assert any("`evidence`" in said for said in times.warnings)


def test_the_last_year_is_estimated_before_its_late_list_is_in():
    told = []
    found = late(progress=lambda *said: told.append(said))
    said = of_the_program(
        "nowcast", SYNTHETIC, "--ignore", "I,O,R", "--late", "Z", "--year", "year", "--replicates", "40"
    )
    assert found.to_dict()["nowcast"] == said["nowcast"] and told[-1][0] == "nowcast"
    assert list(found)[-1] == found.year == "2015" and found.late == "Z" and len(found) == len(found.raw["nowcast"]["replayed"]) + 1
    last = found["2015"]
    assert (last.preliminary, last.lower, last.upper) == (found.preliminary, found.lower, found.upper)
    assert last.final is None and last.error is None and last.lower < last.preliminary < last.upper
    assert found.standing.startswith("preliminary") and found.measured["years"] >= 1
    with pytest.raises(KeyError):
        found["1990"]
    assert "Z" in found.to_text() and found.to_text("nl") != found.to_text()
    assert late(language="nl") == found


def test_people_over_years_are_estimated():
    found = ijsberg.open_population(OPEN, replicates=50)
    said = of_the_program("open", OPEN, "--replicates", "50")
    assert found.to_dict()["open"] == said["open"]
    assert list(found) == [year.year for year in found.values()] and len(found.steps) == len(found) - 1
    assert found.people.lower < found.people.estimate < found.people.upper < found.person_years.estimate
    assert all(0 < step.staying.estimate <= 1 and step.before in found and step.after in found for step in found.steps)
    assert 0 <= found.agreement["p"] <= 1 and found.years_each.estimate > 1
    assert ijsberg.open_population(pandas.read_csv(OPEN, comment="#"), replicates=50).raw["open"] == found.raw["open"]
    without = ijsberg.open_population(OPEN, staying="same", replicates=0)
    assert without.people.lower is None and without.raw["open"]["staying"] == "same"


def test_counts_are_completed_whether_by_month_or_by_dates(tmp_path):
    table = counts()
    found = ijsberg.delays(table, most=2, replicates=300)
    file = tmp_path / "counts.csv"
    pandas.DataFrame(table).to_csv(file, index=False)
    said = of_the_program("delays", file, "--most", "2", "--replicates", "300")
    assert found.to_dict()["delays"] == said["delays"]
    assert found["2014-01"].final and not found["2016-06"].final and len(found) == 30
    assert found["2016-06"].registered < found["2016-06"].expected < found["2016-06"].upper
    assert [year.when for year in found.years] == ["2014", "2015", "2016"] and len(found.share) == 3
    dates = {"day": [], "entered": []}
    for month, delay, n in zip(*table.values()):
        at = 12 * int(month[:4]) + int(month[5:]) - 1 + delay
        dates["day"] += [f"{month}-03"] * n
        dates["entered"] += [f"{at // 12}-{at % 12 + 1:02}-09"] * n
    by_date = ijsberg.delays(polars.DataFrame(dates), happened="day", registered="entered", most=2, replicates=300)
    assert by_date.raw["delays"] == found.raw["delays"]
    cut = ijsberg.delays(table, most=2, replicates=300, since="2014-06", until="2016-05")
    assert list(cut)[0] == "2014-06" and list(cut)[-1] == "2016-05"


@pytest.mark.parametrize("make", [late, lambda: ijsberg.open_population(OPEN, replicates=50), lambda: ijsberg.delays(counts(), most=2, replicates=100)])
def test_figures_in_time_are_mappings_frames_and_pictures_of_themselves(make):
    found = make()
    frame = found.to_pandas()
    assert len(frame) == len(found) == found.to_polars().height == found.to_arrow().num_rows
    assert list(frame.columns) == found.to_polars().columns == found.to_arrow().column_names
    assert list(frame.iloc[:, 0]) == list(found) == [key for key, _ in found.items()]
    for other in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert other == found and hash(other) == hash(found) and other is not found
        assert other.to_text("nl") == found.to_text("nl") and list(other.values()) == list(found.values())
    other = copy.copy(found)
    other.raw.clear()
    assert other != found and found.to_dict() == found.raw and found.to_dict() is not found.raw
    assert "<table>" in found._repr_html_() and "None" not in found._repr_html_()
    assert repr(found).startswith(f"<ijsberg.{type(found).__name__} ") and len(repr(found)) < 100
    with pytest.raises(ValueError):
        found.to_text("fr")


def test_ctrl_c_stops_a_figure_in_time_as_well():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pressed = []

    def press():
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(1.0, press).start()
    with pytest.raises(KeyboardInterrupt):
        ijsberg.open_population(OPEN, replicates=100_000)
    assert time.monotonic() - pressed[0] < 0.5


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (lambda **how: ijsberg.nowcast(SYNTHETIC, late="Q", year="year", **THREE, **how), 'late="Q": '),
        (lambda **how: ijsberg.nowcast(SYNTHETIC, late="Z", year="nothing", **THREE, **how), "nothing"),
        (lambda **how: late(window=0, **how), "window=0: "),
        (lambda **how: late(replicates=3, **how), "replicates=3: "),
        (lambda **how: late(level=2.0, **how), "level=2: "),
        (lambda **how: late(model="[K", **how), "[K"),
        (lambda **how: ijsberg.open_population(OPEN, replicates=3, **how), "replicates=3: "),
        (lambda **how: ijsberg.open_population({"person": ["a", "b"], "list": ["K", "K"], "year": [2015, "May"]}, **how), "1 ("),
        (lambda **how: ijsberg.open_population({"A": [1], "year": [2015]}, **how), "`ijsberg.estimate`"),
        (lambda **how: ijsberg.delays(counts(), most=99, **how), "most=99: "),
        (lambda **how: ijsberg.delays(counts(), since="May", **how), 'since="May": '),
        (lambda **how: ijsberg.delays(counts(), happened="day", most=29, **how), "`most`"),
        (lambda **how: ijsberg.delays({"a": ["2016-01"], "b": ["2016-01"]}, **how), "`happened`"),
        (lambda **how: ijsberg.delays({"month": ["2016-01", "x"], "delay": [0, 0], "count": [1, 1]}, **how), "1 ("),
    ],
)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_errors_of_figures_in_time_are_in_the_words_of_python(run, expected, language):
    with pytest.raises(ValueError) as why:
        run(language=language)
    assert expected in str(why.value) and "--" not in str(why.value), str(why.value)
