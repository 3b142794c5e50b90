"""A linkage and a simulation study in parts on Spark, and the model as SQL of Spark: on_spark.py WORK [LISTS] [--master ADDRESS].

Without an address Spark runs on this machine, in one JVM with a Python process for each part that is running.
"""

import os
import pathlib
import sys
import time

import spark_sql
import whole
from pyspark.sql import SparkSession


def session(asked):
    builder = SparkSession.builder.master(asked.address or f"local[{asked.workers}]").appName("ijsberg")
    settings = {
        "driver.memory": asked.memory,
        "ui.enabled": "false",
        "ui.showConsoleProgress": "false",
        "local.dir": asked.work / "spark",
        "sql.warehouse.dir": asked.work / "warehouse",
        "sql.shuffle.partitions": 4 * asked.workers,
    }
    if not asked.address:
        # Nobody outside this machine is to reach it, and its Python processes have the packages of this one.
        os.environ["SPARK_LOCAL_IP"] = settings["driver.host"] = "127.0.0.1"
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name, value in settings.items():
        builder = builder.config(f"spark.{name}", str(value))
    return builder.getOrCreate()


def compared(spark, plan_of_one, divided):
    """Parts and one machine, read and compared by Spark itself."""
    read = lambda plan: spark.read.parquet(f"{plan}/edges-*.parquet")
    read(plan_of_one).createOrReplaceTempView("whole")
    read(divided).createOrReplaceTempView("divided")
    row = spark.sql(
        "SELECT count(*) AS pairs, count_if(w.a IS NULL OR d.a IS NULL) AS alone, max(abs(w.weight - d.weight)) AS far "
        "FROM whole w FULL OUTER JOIN divided d ON w.a = d.a AND w.b = d.b"
    ).first()
    if row.alone:
        raise ValueError(f"{row.alone} pairs are in one run only")
    whole.near("parts and one machine, read by Spark", row.pairs, row.far)


def by_sql(spark, asked, files, plan):
    """The weights of all pairs of the rules, by the SQL that the program writes, in Spark's dialect."""
    sql = asked.work / "sql"
    whole.one("sql", [asked.program, None, ["link", "sql", *files, "--plan", plan, "--out", str(sql)]])
    start = time.monotonic()
    with whole.Peak() as peak:
        pairs, far = spark_sql.weigh(spark, sql)
    print(f"{'SQL in Spark':<24}{time.monotonic() - start:8.1f} s, {peak.memory:.2f} GB with the engine", flush=True)
    whole.near("SQL in Spark and the program", pairs, far)


def main():
    asked = whole.arguments("Spark", "--master")
    asked.add_argument("--memory", default="2g", help="memory of the JVM")
    asked.add_argument("--sql", action="store_true", help="also weigh all pairs by SQL")
    asked = whole.made(asked.parse_args())
    spark = session(asked)
    spark.sparkContext.setLogLevel("ERROR")
    here = pathlib.Path(__file__).parent
    for module in ["parts.py", "spark_sql.py"]:
        spark.sparkContext.addPyFile(str(here / module))

    def spread(work, numbers):
        return spark.sparkContext.parallelize(numbers, len(numbers)).map(work).collect()

    try:
        files, divided, plan_of_one = whole.link(asked, spread)
        if plan_of_one:
            compared(spark, plan_of_one, divided)
        if asked.sql:
            by_sql(spark, asked, files, divided)
        if asked.study:
            whole.study(asked, spread)
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
