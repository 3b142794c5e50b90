"""Linkage and simulation studies in parts on engines of others: the example, on processes of this machine.

Spark and the Java that it needs are large: `cargo xtask cluster` installs them and tests with them, and otherwise they are tested with
where they are.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "crates/ijsberg/examples/cluster"
PROGRAM = os.environ.get("IJSBERG", str(ROOT / "target/debug/ijsberg"))
MUST = os.environ.get("IJSBERG_CLUSTER") == "all"
NEAR = re.compile(r"^(.+): ([\d,]+) pairs, weights at most (\S+) apart$", re.MULTILINE)


def run(engine, work, *more):
    ran = subprocess.run(
        [sys.executable, EXAMPLE / f"on_{engine}.py", work, "--program", PROGRAM, "--parts", "5", "--study", "7", *more],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout, {what: (int(n.replace(",", "")), float(far)) for what, n, far in NEAR.findall(ran.stdout)}


def whole(said, near, compared):
    """Weights agree, and files of a linkage and of a study are those of one machine."""
    assert list(near) == compared, said
    assert all(n > 1000 and far <= 1e-9 for n, far in near.values()), near
    assert "merge and link: linked.csv, pairs.csv, histories.csv are the same, byte for byte" in said
    assert "study in parts and on one machine: rows.csv, scores.json are the same, byte for byte" in said


def test_dask_comes_to_the_same(tmp_path):
    said, near = run("dask", tmp_path / "work")
    whole(said, near, ["parts and one machine"])


@pytest.mark.skipif(
    not MUST and (importlib.util.find_spec("pyspark") is None or shutil.which("java") is None),
    reason="cargo xtask cluster installs Spark and Java",
)
def test_spark_comes_to_the_same(tmp_path):
    # More records than are compared in full, so that the pairs of the SQL are those of rules.
    said, near = run("spark", tmp_path / "work", "--sql")
    compared = ["parts and one machine", "parts and one machine, read by Spark", "SQL in Spark and the program"]
    whole(said, near, compared)
    assert near[compared[2]][0] > 10_000


def test_a_part_that_differs_is_not_passed_over(tmp_path):
    """What compares two runs tells other weights and other pairs, and an earlier run in the folder does not pass for this one."""
    script = f"""
import sys
sys.path.insert(0, {str(EXAMPLE)!r})
import argparse, pathlib, pyarrow, whole
one = pyarrow.table({{"a": [0, 1], "b": [1, 2], "weight": [1.5, 2.5]}})
off = one.set_column(2, "weight", [[1.5, 2.5 + 2e-9]])
assert whole.apart(one, one) == (2, 0.0)
for check in [
    lambda: whole.near("other weights", *whole.apart(one, off)),
    lambda: whole.near("no weight", 1, float("nan")),
    lambda: whole.apart(one, one.slice(1)),
    lambda: whole.made(argparse.Namespace(work=pathlib.Path({str(tmp_path)!r}))),
]:
    try:
        check()
    except (ValueError, FileExistsError):
        continue
    raise SystemExit("it passed")
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_what_it_takes_is_a_table_of_both_engines_and_of_what_is_too_large(tmp_path):
    """The rows are of every step that ran, and lists of more people than are made at once hold all of them below one header."""
    script = f"""
import sys
sys.path.insert(0, {str(EXAMPLE)!r})
import pathlib, takes, whole
step = lambda step, seconds, together=None: dict(step=step, seconds=seconds, processor=2 * seconds, memory=0.25, together=together)
dask = {{"pairs": 9_300_000, "steps": [step("plan", 4.2), step("score, 8 parts", 26.0, 0.7)]}}
spark = {{"pairs": 9_300_000, "steps": [step("plan", 9.1), step("score, 8 parts", 15.0, 1.1)]}}
assert list(takes.rows(100_458, {{"Dask": dask, "Spark": spark}})) == [
    "| 100,458; 9.3 million | plan | 4 to 9 | 8 to 18 | 0.2 |  |",
    "|  | score, 8 parts on Dask | 26 | 52 | 0.2 | 0.7 |",
    "|  | score, 8 parts on Spark | 15 | 30 | 0.2 | 1.1 |",
]
whole.MOST = 40
work = pathlib.Path({str(tmp_path)!r})
lists = whole.synthetic(work, {PROGRAM!r}, 100)
for path in lists:
    seeds = [(work / f"lists-{{run}}" / path.name).read_text().splitlines() for run in range(3)]
    assert path.read_text().splitlines() == [*seeds[0], *seeds[1][1:], *seeds[2][1:]]
    assert seeds[0] != seeds[1]
assert len(lists) == 6
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    command = [sys.executable, EXAMPLE / "takes.py", tmp_path / "work", "200", "210", "--engines", "dask", "--parts", "2"]
    ran = subprocess.run(
        [*command, "--compare-until", "200", "--program", PROGRAM], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in ran.stdout.splitlines()]
    assert {len(row) for row in cells} == {6}
    steps = [row[1] for row in cells[2:]]
    assert steps[:3] == ["plan", "score, 2 parts on Dask", "score on one machine"] and steps[-2:] == ["plan", "score, one of 2 parts"]
    assert all(float(row[4]) > 0 for row in cells[2:]) and ";" in cells[2][0] and ";" not in cells[-2][0]
