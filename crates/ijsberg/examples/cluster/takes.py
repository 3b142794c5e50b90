"""What linking in parts takes, as a table in Markdown: takes.py WORK [PERSONS ...] [--engines dask spark].

For each number of synthetic people it makes their lists, and runs every engine on them beside one machine. Beyond a number of people
nobody is linked, and beyond another only the plan and one part are made. What the engines themselves say of a run goes to standard error.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from whole import ROOT, synthetic

HEAD = ["records, pairs compared", "step", "seconds", "processor seconds", "GB", "GB in all"]


def row(cells):
    return f"| {' | '.join(cells)} |"


def span(values, digits):
    """The least and the most of some numbers; one where they are the same as they are written."""
    least, most = (f"{of(values):,.{digits}f}" for of in (min, max))
    return least if least == most else f"{least} to {most}"


def rows(records, runs):
    """The rows of one number of people; `runs` are what every engine wrote down. What does not run on an engine ran beside each of them."""
    steps = {}
    for engine, run in runs.items():
        for step in run["steps"]:
            name = step["step"] if step["together"] is None else f"{step['step']} on {engine}"
            steps.setdefault(name, []).append(step)
    pairs = next((run["pairs"] for run in runs.values() if run["pairs"] is not None), None)
    first = "; ".join([f"{records:,}", *([] if pairs is None else [f"{pairs / 1e6:.1f} million" if pairs >= 1e6 else f"{pairs:,}"])])
    for name, all_of_it in steps.items():
        together = [step["together"] for step in all_of_it if step["together"] is not None]
        numbers = [span([step[of] for step in all_of_it], digits) for of, digits in [("seconds", 0), ("processor", 0), ("memory", 1)]]
        yield row([first, name, *numbers, span(together, 1) if together else ""])
        first = ""


def main():
    asked = argparse.ArgumentParser(description="Measure what linking in parts takes.")
    asked.add_argument("work", type=pathlib.Path, help="a folder that does not exist yet")
    asked.add_argument("persons", type=int, nargs="*", default=[63_000, 630_000], help="synthetic people; each has 1.6 records")
    asked.add_argument("--engines", nargs="+", choices=["dask", "spark"], default=["dask", "spark"])
    asked.add_argument("--parts", type=int, default=8)
    asked.add_argument("--merge-until", type=int, default=100_000, metavar="PERSONS", help="who is who is drawn up to here")
    asked.add_argument("--compare-until", type=int, default=1_000_000, metavar="PERSONS", help="all parts are scored up to here")
    asked.add_argument("--program", default=os.environ.get("IJSBERG", str(ROOT / "target/debug/ijsberg")))
    asked = asked.parse_args()
    asked.work.mkdir(parents=True)
    print(row(HEAD), row(["---"] * len(HEAD)), sep="\n", flush=True)
    for persons in asked.persons:
        work = asked.work.resolve() / str(persons)
        work.mkdir()
        lists = synthetic(work, asked.program, persons)
        whole = persons <= asked.compare_until
        how = [] if whole else ["--one-part"]
        if persons > asked.merge_until:
            how.append("--no-merge")
        runs = {}
        for engine in asked.engines if whole else asked.engines[:1]:
            script = pathlib.Path(__file__).with_name(f"on_{engine}.py")
            command = [sys.executable, script, work / engine, *lists, "--study", "0", "--parts", str(asked.parts), *how]
            subprocess.run([*command, "--program", asked.program], stdout=sys.stderr, check=True)
            runs[engine.capitalize()] = json.loads((work / engine / "steps.json").read_text())
        records = sum(path.read_bytes().count(b"\n") - 1 for path in lists)
        print(*rows(records, runs), sep="\n", flush=True)


if __name__ == "__main__":
    main()
