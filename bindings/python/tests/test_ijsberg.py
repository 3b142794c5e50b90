"""The package as its users have it: installed, with data frames of others."""

import csv
import io
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import ijsberg
import pandas
import polars
import pyarrow
import pytest

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
    with pytest.raises(ValueError, match="--blanks above"):
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
    found = ijsberg.link(lists, draws=3, seed=7)
    assert found == ijsberg.link(lists, draws=3, seed=7)
    records = sum(len(table) for table in lists.values())
    assert len(found.linked_csv.splitlines()) == records + 1
    assert all(0 < n <= records for n in found.persons)
    assert found.estimate(replicates=5, methods=["chao"])["chao"].n_hat > 0
    by_sex = ijsberg.link(lists, covariates=["sex"], draws=3, seed=7).estimate(replicates=5, methods=["loglinear.covariates"])
    assert {"f", "m"} <= {size["part"].get("sex") for size in by_sex.raw["covariates"]["sizes"]}
    with pytest.raises(ValueError, match="shows who somebody is"):
        ijsberg.link(lists, covariates=["surname"], draws=3)


def test_ctrl_c_stops_a_long_run():
    # Whoever starts a test in the background has its Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ijsberg.estimate(DUTCH, replicates=1_000_000)
    assert time.monotonic() - begun < 30
