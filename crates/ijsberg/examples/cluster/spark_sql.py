"""The SQL of `ijsberg link sql`, which is DuckDB's, in the dialect of Spark 4.

Spark has no temporary tables: each step is a table of Parquet files in the warehouse of the session. (Of views, even cached ones, the
plan of each would hold those of all before it, and grow beyond all memory.) Its Jaro-Winkler similarity is another: it counts
what both texts begin with below 0.7 too, and half a transposition as half. The one of DuckDB and of the program is a function in Python.
"""

import re

import pyarrow
from pyspark.sql.functions import arrow_udf
from pyspark.sql.types import DoubleType

# What DuckDB writes otherwise than Spark, and how often at least it must be there: a script that changed is not passed on half translated.
DIALECT = [
    (r"CREATE OR REPLACE (TEMP )?TABLE (\w+) AS", r"CREATE TABLE \2 USING parquet AS", 10),
    (
        r"CREATE OR REPLACE MACRO (\w+)\((\w+), (\w+)\) AS",
        r"CREATE OR REPLACE TEMPORARY FUNCTION \1(\2 DOUBLE, \3 DOUBLE) RETURNS DOUBLE RETURN",
        1,
    ),
    (r"\barg_max\(", "max_by(", 1),
    (r"\bunnest\(\[([^\]]*)\]\)", r"explode(array(\1))", 2),
    (r"\bFILTER \(", "FILTER (WHERE ", 1),
    (r" // ", " div ", 1),
    (r"\bjaro_winkler_similarity\(", "alike_as_in_duckdb(", 2),
]

KINDS = {"VARCHAR": "STRING", "BOOLEAN": "BOOLEAN", "DOUBLE": "DOUBLE", "INTEGER": "INT"}


def translated(script):
    """The statements of a script, for Spark."""
    for pattern, instead, least in DIALECT:
        script, found = re.subn(pattern, instead, script)
        if found < least:
            raise ValueError(f"the SQL has no {pattern}")
    return [statement for statement in (part.strip() for part in script.split(";\n")) if statement]


def tables(load):
    """The tables of a script that loads them into DuckDB, with their columns as Spark reads them."""
    for name, columns in re.findall(r"CREATE OR REPLACE TABLE (\w+) AS .*columns = \{(.*)\}\);", load):
        yield name, ", ".join(f"`{column}` {KINDS[kind]}" for column, kind in re.findall(r"'(\w+)': '(\w+)'", columns))


def jaro_winkler(one, other):
    """The similarity of two texts, as DuckDB has it: above 0.7, up to four letters that both begin with count extra."""
    if one == other:
        return 1.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken, of_one = [False] * len(other), []
    for i, letter in enumerate(one):
        for j in range(max(i - reach, 0), min(i + reach + 1, len(other))):
            if not taken[j] and other[j] == letter:
                taken[j] = True
                of_one.append(letter)
                break
    both = len(of_one)
    if both == 0:
        return 0.0
    of_other = [letter for letter, is_taken in zip(other, taken) if is_taken]
    moved = sum(a != b for a, b in zip(of_one, of_other)) // 2
    alike = (both / len(one) + both / len(other) + (both - moved) / both) / 3
    if alike <= 0.7:
        return alike
    begin = 0
    while begin < min(4, len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    return alike + 0.1 * begin * (1 - alike)


def all_alike(ones: pyarrow.Array, others: pyarrow.Array) -> pyarrow.Array:
    return pyarrow.array([jaro_winkler(a or "", b or "") for a, b in zip(ones.to_pylist(), others.to_pylist())], pyarrow.float64())


def weigh(spark, folder):
    """Runs the script in a folder that `ijsberg link sql` wrote: how many pairs, and how far weights are from the program's."""
    spark.udf.register("alike_as_in_duckdb", arrow_udf(all_alike, DoubleType()))
    for name, columns in tables((folder / "load.sql").read_text()):
        table = spark.read.csv(str(folder / f"{name}.csv"), header=True, schema=columns)
        if name == "pairs":
            table = table.withColumnRenamed("weight", "expected")
        table.write.saveAsTable(name, format="parquet")
    for statement in translated((folder / "weights.sql").read_text()):
        spark.sql(statement)
    row = spark.sql(
        "SELECT count(*) AS pairs, count(w.weight) AS weighed, max(abs(w.weight - p.expected)) AS far "
        "FROM pairs p LEFT JOIN weights w ON w.a = p.a AND w.b = p.b"
    ).first()
    if row.weighed != row.pairs:
        raise ValueError(f"{row.weighed} of {row.pairs} pairs have a weight")
    return row.pairs, row.far
