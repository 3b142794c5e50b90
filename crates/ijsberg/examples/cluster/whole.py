"""A linkage and a simulation study in parts on an engine, beside what one machine gives.

An engine is a function `spread(work, parts)`: it calls `work(part)` for every part, on some machine, and returns the results in the
order of the parts.
"""

import argparse
import functools
import json
import os
import pathlib
import shutil
import threading
import time

import psutil
import pyarrow
import pyarrow.compute
import pyarrow.parquet
from parts import STUDY, call, score, simulate

ROOT = pathlib.Path(__file__).resolve().parents[4]

# Weights of two runs may be this far apart.
NEAR = 1e-9

# As many people as the program makes at once.
MOST = 5_000_000

# What was told so far, for `takes.py`.
STEPS = []


class Peak:
    """The most memory that this process and all that it started had together, in GB, as seen ten times a second."""

    def __enter__(self):
        self.memory, self.over = 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def watch(self):
        me = psutil.Process()
        while not self.over.wait(0.1):
            together = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    together += process.memory_info().rss
                except psutil.Error:
                    continue
            self.memory = max(self.memory, together / 1e9)

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def told(step, clock, all_used, together=None):
    """One row of the table: seconds, processor seconds, the largest process, and where there is an engine, all with it."""
    processor, memory = sum(u.processor for u in all_used), max(u.memory for u in all_used)
    more = "" if together is None else f" each, {together:.2f} GB with the engine"
    print(f"{step:<24}{clock:8.1f} s {processor:8.1f} s of processor {memory:6.2f} GB{more}", flush=True)
    STEPS.append({"step": step, "seconds": clock, "processor": processor, "memory": memory, "together": together})


def all_parts(spread, name, work, parts):
    """Runs all parts on an engine, and prints what they used."""
    start = time.monotonic()
    with Peak() as peak:
        used = spread(work, list(range(1, parts + 1)))
    told(f"{name}, {parts} parts", time.monotonic() - start, used, peak.memory)


def one(name, arguments):
    used = call(*arguments)
    told(name, used.seconds, [used])


def edges(plan):
    """The pairs of all parts of a plan, sorted."""
    tables = [pyarrow.parquet.read_table(path) for path in sorted(pathlib.Path(plan).glob("edges-*.parquet"))]
    return pyarrow.concat_tables([t.replace_schema_metadata(None) for t in tables]).sort_by([("a", "ascending"), ("b", "ascending")])


def apart(one, other):
    """How many pairs two runs have, and how far their weights are apart at most; an error where they have other pairs."""
    if not one.select(["a", "b"]).equals(other.select(["a", "b"])):
        raise ValueError(f"other pairs: {one.num_rows} and {other.num_rows}")
    difference = pyarrow.compute.subtract(one["weight"], other["weight"])
    return one.num_rows, pyarrow.compute.max(pyarrow.compute.abs(difference)).as_py() or 0.0


def near(what, pairs, far):
    print(f"{what}: {pairs:,} pairs, weights at most {far:.1e} apart", flush=True)
    if not far <= NEAR:
        raise ValueError(f"{what}: weights are {far} apart")


def same_files(what, one, other, names):
    for name in names:
        if (one / name).read_bytes() != (other / name).read_bytes():
            raise ValueError(f"{what}: {name} is another file")
    print(f"{what}: {', '.join(names)} are the same, byte for byte", flush=True)


def synthetic(work, program, persons):
    """Lists of synthetic people; more than the program makes at once come from several seeds, one below the other."""
    runs = -(-persons // MOST)
    folders = [work / "lists"] if runs == 1 else [work / f"lists-{run}" for run in range(runs)]
    for run, folder in enumerate(folders):
        asked = ["--persons", str(persons // runs), "--seed", str(5 + run), "--out", str(folder)]
        call(program, None, ["simulate", "lists", *asked])
    names = sorted(path.name for path in folders[0].glob("synthetic-*.csv"))
    if runs > 1:
        (work / "lists").mkdir()
        for name in names:
            with open(work / "lists" / name, "wb") as all_of_them:
                for run, folder in enumerate(folders):
                    with open(folder / name, "rb") as one_of_them:
                        if run > 0:
                            one_of_them.readline()
                        shutil.copyfileobj(one_of_them, all_of_them)
    return [work / "lists" / name for name in names]


def kept(work, pairs):
    """Writes down what the steps took."""
    (work / "steps.json").write_text(json.dumps({"pairs": pairs, "steps": STEPS}))


def link(asked, spread):
    """Links in parts on an engine, and beside it in one part, as one machine does. Returns the lists and both plans; only one plan where
    nothing is compared."""
    work, program = asked.work, asked.program
    if not asked.lists:
        asked.lists = synthetic(work, program, asked.persons)
    files = [str(path.resolve()) for path in asked.lists]
    divided, whole = str(work / "plan"), str(work / "plan-of-one")
    one("plan", [program, None, ["link", "plan", *files, "--shards", str(asked.parts), "--out", divided]])
    work_on = functools.partial(score, program, asked.threads, files, divided, asked.parts)
    if asked.one_part:
        used = work_on(1)
        told(f"score, one of {asked.parts} parts", used.seconds, [used])
        kept(work, None)
        return files, divided, None
    all_parts(spread, "score", work_on, asked.parts)
    call(program, None, ["link", "plan", *files, "--shards", "1", "--out", whole])
    one("score on one machine", [program, None, ["link", "score", *files, "--plan", whole, "--shard", "1/1"]])
    pairs, far = apart(edges(whole), edges(divided))
    near("parts and one machine", pairs, far)
    if asked.merge:
        few = ["--draws", "4"]
        merged, linked = work / "merged", work / "linked"
        one("merge", [program, None, ["link", "merge", *files, "--plan", divided, "--out", str(merged), *few]])
        one("link on one machine", [program, None, ["link", *files, "--out", str(linked), *few]])
        same_files("merge and link", merged, linked, ["linked.csv", "pairs.csv", "histories.csv"])
    kept(work, pairs)
    return files, divided, whole


def study(asked, spread):
    """A simulation study in parts on an engine, and beside it as one machine does it."""
    folder, program = asked.work / "study", asked.program
    folder.mkdir(parents=True, exist_ok=True)
    work_on = functools.partial(simulate, program, asked.threads, asked.study, str(folder), asked.parts)
    all_parts(spread, "simulate", work_on, asked.parts)
    alone = folder / "alone.csv"
    whole = ["simulate", *STUDY, "--draws", str(asked.study), "--rows", str(alone)]
    one("simulate on one machine", [program, None, whole])
    rows = sorted(str(path) for path in folder.glob("rows-*.csv"))
    for name, of in [("merged", rows), ("one", [str(alone)])]:
        out = folder / name
        out.mkdir(exist_ok=True)
        call(program, None, ["simulate", "--merge", *of, "--rows", str(out / "rows.csv"), "--out", str(out)])
    same_files("study in parts and on one machine", folder / "merged", folder / "one", ["rows.csv", "scores.json"])


def arguments(engine, address):
    """What both programs are asked."""
    asked = argparse.ArgumentParser(description=f"Link lists and run a simulation study in parts on {engine}.")
    asked.add_argument("work", type=pathlib.Path, help="a folder that does not exist yet, which all machines see")
    asked.add_argument("lists", type=pathlib.Path, nargs="*", help="the lists [default: synthetic people]")
    asked.add_argument("--persons", type=int, default=2200, help="synthetic people")
    asked.add_argument("--parts", type=int, default=8)
    asked.add_argument("--workers", type=int, default=2, help="processes on this machine, where no cluster is named")
    asked.add_argument("--threads", type=int, default=1, help="threads of a part; 0 is every core")
    asked.add_argument("--study", type=int, default=20, help="draws of the simulation study; 0 is none")
    asked.add_argument("--merge", action=argparse.BooleanOptionalAction, default=True, help="draw who is who, on one machine")
    asked.add_argument("--one-part", action="store_true", help="only plan, and score the first part: for lists that are too large for more")
    asked.add_argument(address, dest="address", help="a cluster that runs already")
    asked.add_argument("--program", default=os.environ.get("IJSBERG", str(ROOT / "target/debug/ijsberg")))
    return asked


def made(asked):
    """A fresh folder: what an earlier run left would pass for what this one wrote."""
    asked.work = asked.work.resolve()
    asked.work.mkdir(parents=True)
    return asked
