"""Draws from the discrete mechanisms of OpenDP, which its makers audit, and counts what comes.

    pip install opendp==0.16.0 && python make.py

OpenDP takes its random bits from the system and cannot be given a seed, so each run writes other counts: `draws.csv` is one run of it,
kept. The Gaussian draws have the variance of the Laplace draws of the same epsilon: a test that cannot tell the two apart is none.
"""

import collections
import csv
import importlib.metadata
import math

import opendp.prelude as dp

dp.enable_features("contrib")

DRAWS = 200_000
# Scales that floating point holds exactly: 1 / epsilon.
EPSILONS = (2.0, 1.0, 0.25)

INTEGERS = dp.vector_domain(dp.atom_domain(T=int))


def laplace(epsilon):
    return dp.m.make_laplace(INTEGERS, dp.l1_distance(T=int), scale=1.0 / epsilon)


def gaussian(epsilon):
    a = math.exp(-epsilon)
    deviation = math.sqrt(2.0 * a) / (1.0 - a)
    return dp.m.make_gaussian(INTEGERS, dp.l2_distance(T=float), scale=deviation)


version = importlib.metadata.version("opendp")
with open("draws.csv", "w", newline="", encoding="utf-8") as file:
    file.write(f"# opendp {version}, {DRAWS} draws each\n")
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["mechanism", "epsilon", "value", "count"])
    for name, mechanism in (("laplace", laplace), ("gaussian", gaussian)):
        for epsilon in EPSILONS:
            counts = collections.Counter(mechanism(epsilon)([0] * DRAWS))
            for value, count in sorted(counts.items()):
                out.writerow([name, epsilon, value, count])
