"""Draws from the discrete mechanisms of OpenDP, which its developers audit, and counts the values.

    pip install opendp==0.16.0 && python make.py

OpenDP takes its random bits from the system and accepts no seed, so each run writes other counts: `draws.csv` stores one run. The
Gaussian draws have the variance of the Laplace draws with the same epsilon: a useful test must distinguish the two.
"""

import collections
import csv
import importlib.metadata
import math

import opendp.prelude as dp

dp.enable_features("contrib")

DRAWS = 200_000
# Scales (1 / epsilon) that floating point represents exactly.
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
