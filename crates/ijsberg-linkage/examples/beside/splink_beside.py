"""Splink on the data of data.py, at the threshold that the truth says is best: splink_beside.py DATA [NAME...].

Comparisons, rules and training are those of Splink's own examples for such columns. F1 counts pairs of records. Of every threshold
from .01 to .999 both the pairs above it and the clusters that they make are tried; the best of all is printed, which can be chosen
only with the truth. For comparison, F1 at the thresholds .5 and .95.
"""

import pathlib
import sys
import time

import pandas
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]

NAMES = [cl.NameComparison("given"), cl.NameComparison("family")]


def birth():
    return cl.DateOfBirthComparison("birth", input_is_string=True)


def exact(column):
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


def spelt(column):
    return cl.LevenshteinAtThresholds(column, [1, 2]).configure(term_frequency_adjustments=True)


KINDS = {
    "rldata500": NAMES + [birth()],
    "rldata10000": NAMES + [birth()],
    "fake_1000": NAMES + [birth(), exact("city"), cl.EmailComparison("email")],
    "historical_50k": NAMES + [birth(), spelt("postcode"), exact("place"), exact("gender"), exact("occupation")],
    "febrl": NAMES + [birth(), spelt("street_number"), spelt("address_1"), spelt("suburb"), spelt("postcode")],
}


def read(folder, name):
    files = [f"{name}a", f"{name}b"] if name == "febrl4" else [name]
    frame = pandas.concat([pandas.read_csv(folder / f"{f}.csv", dtype=str) for f in files], ignore_index=True)
    frame = frame.apply(lambda c: c.str.strip())
    frame = frame.rename(
        columns={
            "given_name": "given",
            "first_name": "given",
            "given name": "given",
            "surname": "family",
            "dob": "birth",
            "date_of_birth": "birth",
        }
    )
    if "family name" in frame:
        frame = frame.rename(columns={"family": "second"}).rename(columns={"family name": "family"})
    if "birth year" in frame:
        part = lambda c, n: frame[c].str.zfill(n)
        frame["birth"] = part("birth year", 4) + "-" + part("birth month", 2) + "-" + part("birth day", 2)
    if name.startswith("febrl"):
        b = frame["birth"]
        frame["birth"] = (b.str[:4] + "-" + b.str[4:6] + "-" + b.str[6:8]).where(b.str.len() == 8)
    for column in ["given", "family"]:
        frame[column] = frame[column].str.lower()
    frame = frame.replace("", None)
    frame["unique_id"] = range(len(frame))
    return frame


def f1(both, found, true):
    return 2 * both / max(found + true, 1)


def pairs_of(groups):
    sizes = pandas.Series(groups).value_counts()
    return int((sizes * (sizes - 1) // 2).sum())


def run(folder, name):
    frame = read(folder, name)
    person = frame["person"].tolist()
    true = pairs_of(person)
    kind = "febrl" if name.startswith("febrl") else name
    rules = [
        block_on("given", "family"),
        block_on("birth"),
        block_on("family", "substr(birth, 1, 4)"),
        block_on("given", "substr(birth, 1, 4)"),
        block_on("substr(family, 1, 3)", "substr(given, 1, 3)"),
    ]
    rules += {
        "febrl": [block_on("postcode", "street_number"), block_on("address_1")],
        "historical_50k": [block_on("postcode", "given"), block_on("postcode", "family"), block_on("place", "substr(birth, 1, 4)")],
        "fake_1000": [block_on("email"), block_on("given"), block_on("family")],
    }.get(kind, [block_on("given", "substr(birth, 6, 5)"), block_on("family", "substr(birth, 6, 5)")])
    start = time.time()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=KINDS[kind],
        blocking_rules_to_generate_predictions=rules,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    database = DuckDBAPI()
    linker = Linker(database.register(frame.drop(columns=["person"])), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("given", "family", "birth"), block_on("family", "birth")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in [block_on("given", "family"), block_on("birth"), block_on("family")]:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
        except Exception as why:  # noqa: BLE001 - Splink gives up on few pairs; the other rules train it then
            print(f"# {name}: training by {rule.blocking_rule_sql if hasattr(rule, 'blocking_rule_sql') else 'a rule'} left out: {type(why).__name__}")
    predictions = linker.inference.predict(threshold_match_probability=0.005)
    found = predictions.as_pandas_dataframe()[["unique_id_l", "unique_id_r", "match_probability"]]
    seconds = time.time() - start
    same = [person[i] == person[j] for i, j in zip(found["unique_id_l"], found["unique_id_r"])]
    found["same"] = same
    scores = {}
    for t in THRESHOLDS:
        above = found[found["match_probability"] >= t]
        of_pairs = f1(int(above["same"].sum()), len(above), true)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=t)
        clusters = clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]]
        clusters["person"] = [person[i] for i in clusters["unique_id"]]
        both = pairs_of(list(zip(clusters["cluster_id"], clusters["person"])))
        scores[t] = max((of_pairs, "pairs"), (f1(both, pairs_of(clusters["cluster_id"].tolist()), true), "clusters"))
    best = max(scores, key=lambda t: scores[t][0])
    print(
        f"{name},{len(frame)},{scores[best][0]:.4f},{best},{scores[best][1]},{scores[0.5][0]:.4f},{scores[0.95][0]:.4f},{seconds:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    import logging

    logging.getLogger("splink").setLevel(logging.ERROR)
    folder = pathlib.Path(sys.argv[1])
    names = sys.argv[2:] or ["rldata500", "rldata10000", "febrl1", "febrl2", "febrl3", "febrl4", "fake_1000", "historical_50k"]
    print("data,records,best_f1,threshold,of,f1_at_0.5,f1_at_0.95,seconds")
    for name in names:
        run(folder, name)
