"""One part of a linkage or of a simulation study: what every machine of a cluster runs, with nothing but Python's own library.

Every machine has the program and the same folder under the same path. A part that runs twice writes the same bytes, so an engine may
repeat whatever failed.
"""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass

# What a simulation study tries here.
STUDY = ["--designs", "sim1,sim4", "--methods", "loglinear.independence,loglinear.best-bic,chao", "--replicates", "20"]


@dataclass
class Used:
    """What processes used: seconds on the clock and of the processor, and the memory of the largest in GB."""

    seconds: float
    processor: float
    memory: float


def call(program, threads, arguments):
    """Runs the program, and says what it used; an error has its words."""
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    if threads:
        environment["RAYON_NUM_THREADS"] = str(threads)
    start = time.monotonic()
    with tempfile.TemporaryFile() as wrong:
        child = subprocess.Popen(
            [program, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=wrong
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            wrong.seek(0)
            said = wrong.read().decode(errors="replace")
            raise RuntimeError(f"{program} {' '.join(arguments[:2])} ended with {child.returncode}: {said}")
    # Linux counts in units of 1,024 bytes.
    return Used(time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e9)


def score(program, threads, files, plan, of, part):
    return call(program, threads, ["link", "score", *files, "--plan", plan, "--shard", f"{part}/{of}"])


def simulate(program, threads, draws, folder, of, part):
    rows = os.path.join(folder, f"rows-{part:05}.csv")
    divided = ["--draws", str(draws), "--shard", f"{part}/{of}", "--rows", rows]
    return call(program, threads, ["simulate", *STUDY, *divided])
