"""Does the interval for N contain the truth when the judge at the terminal makes errors? study.py PROGRAM SEEDS [PERSONS [DAMAGE [ERRORS]]].

For each seed synthetic lists are made, and the program itself asks: `link review` which pairs are one person, `link resolve` who belongs to
the groups that it draws. The judge sees what the terminal shows and nothing else, knows from `truth.csv` who everybody is, and errs: in so
many of 1,000 judgements the answer is the other one, of so many of 1,000 records of a person in a resolved group it is overlooked that they are theirs,
and a tenth as many records of others are taken for theirs. In two of three cases the judge also searches all lists by family name. Then the lists are linked and
N is estimated by independence of the lists, as they were made: once from draws with the resolved sample, once without it.

Example: python3 crates/ijsberg/examples/judge/study.py target/release/ijsberg 100 6414 1 30
"""

import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile

LISTS = ["police", "border", "labour", "regional", "ngo", "other"]
REVIEWED = 150
RESOLVED = 150
DRAWS = 40

# What ends a question, in whatever command.
ENDS = ("[q]uit: ", "[q]uit): ")


def people(folder):
    """The person and the family name of each record, by how the terminal shows it; none where two people look alike."""
    rows = {name: list(csv.reader(open(folder / f"synthetic-{name}.csv", encoding="utf-8"))) for name in LISTS}
    known = {}
    for row in csv.DictReader(open(folder / "truth.csv", encoding="utf-8")):
        cells = rows[row["list"]][int(row["line"]) - 1]
        shown = " | ".join([f"synthetic-{row['list']}"] + [" ".join(c.split()) for c in cells if c.strip()])
        person = row["person"]
        if shown in known and known[shown][0] != person:
            person = None
        known[shown] = (person, cells[1])
    return known


def converse(command, answer):
    """Answers until the program asks no more."""
    child = subprocess.Popen(
        command + ["--lang", "en"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=False
    )
    page = b""
    while byte := child.stdout.read(1):
        page += byte
        if page.endswith(tuple(e.encode() for e in ENDS)):
            child.stdin.write((answer(page.decode("utf-8")) + "\n").encode())
            child.stdin.flush()
            page = b""
    child.stdin.close()
    if child.wait() != 0:
        raise SystemExit(child.stderr.read().decode())


class Judge:
    def __init__(self, known, errors, seed):
        self.known, self.errors, self.random = known, errors / 1000, random.Random(seed)
        self.shown, self.taken, self.searched = {}, set(), None
        self.judged = self.wrong = self.overlooked = self.looked_up = self.strange = 0

    def errs(self, share=1.0):
        return self.random.random() < self.errors * share

    def review(self, page):
        """One person or two, by two columns of cells."""
        sides = [[], []]
        for line in page.splitlines():
            if not line.startswith("  ") or "[q]uit" in line:
                continue
            for side, cell in zip(sides, (line[24:54], line[54:])):
                if cell.strip():
                    side.append(cell.strip())
        one, other = (self.known.get(" | ".join(side), (None, ""))[0] for side in sides)
        if one is None or other is None:
            self.strange += 1
            return "?"
        self.judged += 1
        wrong = self.errs()
        self.wrong += wrong
        return "y" if (one == other) != wrong else "n"

    def resolve(self, page):
        """All records of the person of a record, by their numbers."""
        for line in page.splitlines():
            if line.startswith("Group "):
                self.shown, self.taken, self.searched = {}, set(), None
            number, _, cells = line.strip().partition("  ")
            if number.isdigit():
                self.shown[int(number)] = cells
        first = int(page.rsplit("as record ", 1)[1].split("?")[0])
        person, family = self.known.get(self.shown[first], (None, ""))
        if self.searched is None or self.searched[0] != first:
            self.searched = (first, self.random.random() < 2 / 3)
            if self.searched[1] and family.strip():
                self.looked_up += 1
                return "/" + family
        chosen = [first]
        for number, cells in sorted(self.shown.items()):
            if number == first or number in self.taken:
                continue
            same = person is not None and self.known.get(cells, (None, ""))[0] == person
            if same and self.errs():
                self.overlooked += 1
            elif same or self.errs(0.1):
                chosen.append(number)
        self.taken.update(chosen)
        return " ".join(map(str, chosen))


def interval(program, folder):
    command = [program, "estimate", str(folder / "histories.csv"), "--methods", "mt", "--json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["estimates"][0]
    return found["n_hat"], found["lower"], found["upper"]


def once(program, seed, persons, damage, errors, work):
    lists = work / "lists"
    run = lambda *more: subprocess.run([program, *map(str, more)], check=True, capture_output=True)
    run("simulate", "lists", "--persons", persons, "--seed", seed, "--damage", damage, "--out", lists)
    files = [str(lists / f"synthetic-{name}.csv") for name in LISTS]
    judge = Judge(people(lists), errors, seed)
    judged, sample, linked, final = (work / name for name in ["judged.csv", "sample.json", "linked", "final"])
    review = [program, "link", "review", *files, "--judgements", str(judged), "--count", str(REVIEWED)]
    converse(review, judge.review)
    draws = ["--draws", str(DRAWS)]
    run("link", *files, "--judgements", judged, "--out", linked, *draws)
    resolve = [program, "link", "resolve", *files, "--linked", str(linked / "linked.csv"), "--resolved", str(sample)]
    converse(resolve + ["--count", str(RESOLVED)], judge.resolve)
    run("link", *files, "--judgements", judged, "--resolved", sample, "--out", final, *draws)
    return {"resolved": interval(program, final), "averaged": interval(program, linked)}, judge


def main():
    program, seeds = sys.argv[1], int(sys.argv[2])
    given = sys.argv[3:] + [None] * 3
    persons, damage, errors = int(given[0] or 6414), given[1] or "1", float(given[2] or 30)
    found, told = {}, [0] * 5
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as work:
            answers, judge = once(program, seed, persons, damage, errors, pathlib.Path(work))
        counts = [judge.judged, judge.wrong, judge.looked_up, judge.overlooked, judge.strange]
        told = [a + b for a, b in zip(told, counts)]
        for kind, of in answers.items():
            found.setdefault(kind, []).append([x / persons for x in of])
        print(f"# seed {seed}: " + "; ".join(f"{k} {a[0]:.0f} ({a[1]:.0f} to {a[2]:.0f})" for k, a in answers.items()), flush=True)
    print("method,seeds,bias,coverage,width")
    for kind, of in found.items():
        mean = lambda value: sum(map(value, of)) / len(of)
        covered = mean(lambda x: x[1] <= 1 <= x[2])
        print(f"{kind},{len(of)},{mean(lambda x: x[0] - 1):.4f},{covered:.3f},{mean(lambda x: x[2] - x[1]):.4f}")
    names = ["judged", "wrongly", "searched for", "records overlooked", "not told apart"]
    print("# " + ", ".join(f"{name} {n}" for name, n in zip(names, told)))


if __name__ == "__main__":
    main()
