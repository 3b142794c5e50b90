"""Makes the vectors in this folder: codes as the Python package clkhash 0.18.3 makes them.

    pip install clkhash==0.18.3 && python make.py

All persons are invented. Each file holds a schema, the secret, rows, and what comes out (base64).
"""
import base64, json
from clkhash import clk, schema as s
from clkhash.serialization import serialize_bitarray

SALT = base64.b64encode(b"a salt of sixteen").decode()
ROWS = [
    ["1", "Olena", "Chevtchenko", "1990-07-04", "UA", "034"],
    ["2", "Nguyen Thi", "Hong", "2001-12-31", "VN", "+7"],
    ["3", "José", "García Márquez", "1978-02-28", "CO", "-12"],
    ["4", "", "X", "1985-01-01", "NL", " 120 "],
    ["5", "Олена", "Шевченко", "1990-04-07", "UA", "9"],
    # Blanks around a value are hashed with it.
    ["6", " Ann ", "de Vries  ", "1999-12-31", "NL", " 5"],
]


def feature(name, fmt, comparison, strategy, hash=None, missing=None):
    hashing = {"comparison": comparison, "strategy": strategy}
    if hash:
        hashing["hash"] = hash
    if missing:
        hashing["missingValue"] = missing
    return {"identifier": name, "format": fmt, "hashing": hashing}


def schema(l, fields, kdf=None, folds=None):
    config = {"l": l, "kdf": {"type": "HKDF", **(kdf or {})}}
    if folds is not None:
        config["xor_folds"] = folds
    return {"version": 3, "clkConfig": config, "features": fields}


IGNORED = {"identifier": "row", "ignored": True}
TEXT = {"type": "string", "encoding": "utf-8"}
BIGRAM = {"type": "ngram", "n": 2}
DATE = {"type": "date", "format": "%Y-%m-%d"}
VALUES = {"type": "enum", "values": ["UA", "VN", "CO", "NL"]}
NUMBER = {"type": "integer", "minimum": -20, "maximum": 200}

CASES = {
    "blake": schema(1024, [
        IGNORED,
        feature("given", TEXT, BIGRAM, {"bitsPerFeature": 200}),
        feature("family", TEXT, {"type": "ngram", "n": 3}, {"bitsPerToken": 40}),
        feature("birth", DATE, {"type": "ngram", "n": 1, "positional": True}, {"bitsPerFeature": 150}),
        feature("nationality", VALUES, {"type": "exact"}, {"bitsPerToken": 70}),
        feature("number", NUMBER, {"type": "numeric", "thresholdDistance": 8, "resolution": 3}, {"bitsPerToken": 9}),
    ], {"hash": "SHA256", "salt": SALT, "info": base64.b64encode(b"context").decode(), "keySize": 64}),
    "folded": schema(512, [
        IGNORED,
        feature("given", TEXT, BIGRAM, {"bitsPerToken": 11}, missing={"sentinel": "", "replaceWith": "nobody"}),
        feature("family", TEXT, {"type": "ngram", "n": 2, "positional": True}, {"bitsPerToken": 11}),
        IGNORED, IGNORED,
        feature("number", NUMBER, {"type": "numeric", "thresholdDistance": 2.5, "resolution": 2, "fractional_precision": 1}, {"bitsPerToken": 5}),
    ], {"hash": "SHA512", "keySize": 32}, folds=2),
    "double": schema(1000, [
        IGNORED,
        feature("given", TEXT, BIGRAM, {"bitsPerToken": 20}, {"type": "doubleHash"}),
        feature("family", TEXT, BIGRAM, {"bitsPerFeature": 301}, {"type": "doubleHash", "prevent_singularity": True}),
        feature("birth", DATE, {"type": "exact"}, {"bitsPerToken": 30}, {"type": "doubleHash"}),
        IGNORED, IGNORED,
    ], {"salt": SALT}),
    "tiny": schema(8, [
        IGNORED,
        feature("given", TEXT, BIGRAM, {"bitsPerToken": 3}, {"type": "doubleHash", "prevent_singularity": True}),
        feature("family", {"type": "string", "encoding": "utf-16"}, BIGRAM, {"bitsPerToken": 2}),
        IGNORED,
        feature("nationality", {"type": "string", "encoding": "utf-32"}, {"type": "exact"}, {"bitsPerToken": 2}),
        IGNORED,
    ]),
}

for name, case in CASES.items():
    secret = "a secret only for tests"
    codes = clk.generate_clks(ROWS, s.from_json_dict(json.loads(json.dumps(case))), secret, max_workers=1)
    out = {"clkhash": "0.18.3", "schema": case, "secret": secret, "rows": ROWS, "codes": [serialize_bitarray(c) for c in codes]}
    with open(name + ".json", "w") as f:
        json.dump(out, f, ensure_ascii=False, indent=1)
        f.write("\n")
