"""Data frames of others are read from their buffers: the same cells whatever holds them, and no object of Python for a cell."""

import datetime
import decimal
import hashlib
import tracemalloc
from pathlib import Path

import duckdb
import ijsberg
import pandas
import polars
import pyarrow.csv
import pytest
from ijsberg import _ijsberg
from ijsberg._tables import read

ROOT = Path(__file__).parents[3]
DUTCH = ROOT / "data/netherlands-2010-2015.csv"


def chao(table, **settings):
    return ijsberg.estimate(table, methods=["chao"], by=["none"], replicates=20, **settings).raw


def hashed(table, **settings):
    """The hash of all cells as they were read, of a table that is read from its buffers."""
    assert isinstance(read(table).content, _ijsberg.Frame)
    return chao(table, **settings)["provenance"]["sha256"]


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def dutch():
    """One table in many hands, some of which can be read only once."""
    frame, table = polars.read_csv(DUTCH), pyarrow.csv.read_csv(DUTCH)
    lists = [name for name in frame.columns if name != "count"]
    cast = lambda **kinds: table.cast(pyarrow.schema([(n, kinds.get(n, table.schema.field(n).type)) for n in table.column_names]))
    known = pandas.read_csv(DUTCH)
    twice = pandas.concat([known, known])
    twice["kept"] = [False] * len(known) + [True] * len(known)
    return {
        "polars": frame,
        "polars, lazy": polars.scan_csv(DUTCH),
        "polars, in pieces": polars.concat([frame[:9], frame[9:]], rechunk=False),
        "polars, booleans and floats": frame.with_columns(polars.col(lists).cast(polars.Boolean), polars.col("count").cast(polars.Float32)),
        "pandas": known,
        "pandas, nullable": known.astype(dict.fromkeys(lists, "boolean") | {"count": "Int16"}),
        "pandas, of Arrow": known.astype(dict.fromkeys(lists, "bool[pyarrow]") | {"count": "double[pyarrow]"}),
        "pandas, categories": known.astype(dict.fromkeys(lists, "category")),
        "pandas, some rows": twice[twice["kept"]].drop(columns="kept"),
        "pandas, named rows": known.set_index(pandas.Index([f"row {i}" for i in range(len(known))], name="which")),
        "pyarrow": table,
        "pyarrow, in pieces": pyarrow.concat_tables([table.slice(0, 9), table.slice(9)]),
        "pyarrow, from a place on": pyarrow.concat_tables([table.slice(3, 5), table]).combine_chunks().slice(5),
        "pyarrow, other widths": cast(I=pyarrow.int8(), K=pyarrow.uint8(), O=pyarrow.uint64(), P=pyarrow.bool_(), count=pyarrow.uint16()),
        "pyarrow, batch by batch": pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=7)),
        "pyarrow, a batch": table.combine_chunks().to_batches()[0],
        "duckdb": duckdb.from_arrow(table),
    }


def test_every_frame_is_the_same_table_to_the_last_cell():
    first, expected = chao(DUTCH), sha256(polars.read_csv(DUTCH).write_csv())
    tables = dutch()
    for name, table in tables.items():
        # What can be read only once is not looked at before.
        assert isinstance(table, pyarrow.RecordBatchReader) or isinstance(read(table).content, _ijsberg.Frame), name
        found = chao(table)
        assert found["estimates"] == first["estimates"], name
        assert found["provenance"]["sha256"] == expected, name
    rows = tables["polars"].to_dicts()
    for table in (rows, tuple(rows), tables["polars"].to_dict(as_series=False)):
        assert chao(table)["estimates"] == first["estimates"]


def test_text_is_the_same_however_it_is_kept():
    def hash_of(table):
        return hashed(table, absent=(0, 0))

    names = ["a", "b", "a", None, "a", "c", "b"]
    numbers = {"A": [1, 0, 1, 0, 1, 0, 1], "B": [0, 1, 1, 0, 0, 1, 1], "C": [0, 0, 0, 1, 1, 1, 1], "count": [9, 8, 7, 6, 5, 4, 3]}
    rows = zip(*numbers.values(), names, strict=True)
    expected = sha256("A,B,C,count,place\n" + "".join(",".join("" if v is None else str(v) for v in row) + "\n" for row in rows))
    texts = pyarrow.array(names)
    plain = pyarrow.table(numbers)
    for kind in [
        pyarrow.string(),
        pyarrow.large_string(),
        pyarrow.string_view(),
        pyarrow.dictionary(pyarrow.int8(), pyarrow.string()),
        pyarrow.dictionary(pyarrow.uint32(), pyarrow.large_string()),
    ]:
        assert hash_of(plain.append_column("place", texts.cast(kind))) == expected, kind
    # The value of a category can be missing as well as its number.
    indices = pyarrow.array([0, 1, 0, 2, 0, 3, 1], pyarrow.int16())
    within = pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(["a", "b", None, "c"]))
    assert hash_of(plain.append_column("place", within)) == expected
    unused = pyarrow.table({**numbers, "place": pyarrow.array([None] * 7, pyarrow.dictionary(pyarrow.int8(), pyarrow.string()))})
    assert isinstance(read(unused).content, _ijsberg.Frame)
    for kind in (polars.String, polars.Categorical, polars.Enum(["c", "b", "a"])):
        assert hash_of(polars.DataFrame(numbers).with_columns(place=polars.Series(names).cast(kind))) == expected, kind
    for kind in ("object", "str", "category", "string[pyarrow]"):
        assert hash_of(pandas.DataFrame({**numbers, "place": pandas.Series(names, dtype="object").astype(kind)})) == expected, kind


def test_cells_of_every_kind():
    day, moment = datetime.date(2020, 1, 31), datetime.datetime(2020, 1, 1)
    odd = {
        "small": pyarrow.array([-1, None, 127], pyarrow.int8()),
        "large": pyarrow.array([2**64 - 1, None, 0], pyarrow.uint64()),
        "half": pyarrow.array([0.1, float("nan"), 3.0], pyarrow.float32()),
        "whole": pyarrow.array([0.1, float("nan"), 2.0**53], pyarrow.float64()),
        "decimal": pyarrow.array([decimal.Decimal("1.50"), None, decimal.Decimal("100.00")]),
        "sum": pyarrow.array([decimal.Decimal(10), None, decimal.Decimal(0)], pyarrow.decimal128(38, 0)),
        "day": pyarrow.array([day, None, day.replace(year=1899)]),
        "since": pyarrow.array([day, None, day], pyarrow.date64()),
        "moment": pyarrow.array([moment, None, moment.replace(hour=10, minute=30)], pyarrow.timestamp("us")),
        "second": pyarrow.array([moment, None, moment], pyarrow.timestamp("s")),
        "text": pyarrow.array([" a ", None, 'x,"y"\nz']),
        "nothing": pyarrow.nulls(3),
    }
    table = pyarrow.table({"A": [True, False, True], "B": [0, 1, 1], "count": [5, 6, 7], **odd})
    expected = (
        "A,B,count,small,large,half,whole,decimal,sum,day,since,moment,second,text,nothing\n"
        "1,0,5,-1,18446744073709551615,0.1,0.1,1.5,10,2020-01-31,2020-01-31,2020-01-01,2020-01-01,a,\n"
        "0,1,6,,,,,,,,,,,,\n"
        "1,1,7,127,0,3,9007199254740992,100,0,1899-01-31,2020-01-31,2020-01-01T10:30:00,2020-01-01,"
        '"x,""y""\nz",\n'
    )
    for made in (table, polars.from_arrow(table).lazy()):
        assert hashed(made, ignore=list(odd)) == sha256(expected)


def test_what_is_not_read_from_buffers_is_read_as_before(monkeypatch):
    known = pandas.read_csv(DUTCH)
    first = chao(DUTCH)["estimates"]
    months = known.assign(month=pandas.period_range("2015-01", periods=len(known), freq="M"))
    times = polars.from_pandas(known).with_columns(time=polars.lit(datetime.time(10, 30)))
    zoned = pyarrow.Table.from_pandas(known).append_column(
        "at", pyarrow.array([datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)] * len(known))
    )
    for table, name, said in [(months, "month", b"2015-01"), (times, "time", b"10:30"), (zoned, "at", b"2020-01-01")]:
        content = read(table).content
        assert isinstance(content, bytes) and said in content
        assert chao(table, ignore=[name])["estimates"] == first
    mixed = known.assign(what=[1, "x"] * (len(known) // 2) + [None] * (len(known) % 2))
    assert isinstance(read(mixed).content, bytes) and chao(mixed, ignore=["what"])["estimates"] == first
    with pytest.raises(ValueError, match="count"):
        chao(pandas.concat([known, known[["count"]]], axis="columns"))

    def without_pyarrow(frame):
        raise ImportError("pyarrow")

    monkeypatch.setattr(pandas.DataFrame, "__arrow_c_stream__", without_pyarrow)
    assert isinstance(read(known).content, bytes) and chao(known)["estimates"] == first


def test_a_stream_that_is_there_once_is_read_on_where_it_was_looked_at():
    table = pyarrow.csv.read_csv(DUTCH)
    at = pyarrow.array([datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)] * table.num_rows)
    zoned = table.append_column("at", at)

    def once():
        return pyarrow.RecordBatchReader.from_batches(zoned.schema, zoned.to_batches(max_chunksize=7))

    content = read(once()).content
    assert isinstance(content, bytes) and content.count(b"2020-01-01") == table.num_rows
    assert chao(once(), ignore=["at"])["estimates"] == chao(DUTCH)["estimates"]


def test_a_moment_that_has_no_day_is_named_and_not_missing():
    def table(seconds):
        return pyarrow.table({"A": [1, 0, 1], "B": [0, 1, 1], "count": [5, 6, 7], "since": pyarrow.array(seconds, pyarrow.timestamp("s"))})

    assert isinstance(read(table([0, None, 1])).content, _ijsberg.Frame)
    far = table([0, 2**62, None])
    for given, row in [(far, 1), (pyarrow.concat_tables([table([0, 0, 0]), far]), 4)]:
        with pytest.raises(ValueError, match=rf'^row {row} \(counted from 0\), column "since": the moment'):
            read(given)


def test_a_row_is_named_by_its_place_also_below_one_of_two_lines():
    columns = {"A": [1, 0, 1], "B": [0, 1, 1], "place": ["on\ntwo lines", None, "a"], "count": [5, 6, 3]}
    for wrong, said in [({"count": ["5", "6", "many"]}, "row 2 "), ({"A": [1.0, float("nan"), 1.0]}, "row 1 .*missing value")]:
        for table in (pandas.DataFrame(columns | wrong), polars.DataFrame(columns | wrong), pyarrow.table(columns | wrong)):
            with pytest.raises(ValueError, match=said):
                chao(table)
    # A row of nothing is passed over and counted.
    table = pyarrow.table({"A": [1, None, 0, 1], "B": [0, None, 1, 1], "count": ["5", None, "6", "many"]})
    with pytest.raises(ValueError, match="row 3 "):
        chao(table)
    with pytest.raises(ValueError, match="row 1 .*missing value"):
        chao([{"A": 1, "B": 0, "count": 5}, {"A": 1, "count": 6}, {"A": 1, "B": 1, "count": 3}])


@pytest.mark.parametrize("kind", [pandas.DataFrame, polars.DataFrame])
def test_inhabitants_and_lists_are_read_from_buffers_too(kind):
    table = ROOT / "data/netherlands-synthetic.csv"
    asked = {"methods": ["chao"], "by": ["sex"], "ignore": ["I", "O", "R"], "replicates": 20}
    inhabitants = {"sex": ["female", "male"], "population": [8_500_000, 8_400_000]}
    as_text = "sex,population\nfemale,8500000\nmale,8400000\n".encode()
    by_file, by_frame = (ijsberg.estimate(table, population=given, **asked) for given in (as_text, kind(inhabitants)))
    assert by_frame.raw["covariates"] == by_file.raw["covariates"] and "rate" in str(by_frame.raw["covariates"])
    with pytest.raises(ValueError, match=r"^population: row 1 \(counted from 0\): found a missing value"):
        ijsberg.estimate(table, population=kind(inhabitants | {"population": [9.0, None]}), **asked)
    names = ["Anna", "Bram", "Carla", "Daan", "Elif", "Femke", "Gijs", "Hanna"]
    records = {
        "given_name": names,
        "family_name": ["de Vries", "Jansen", "Bakker", "Visser", "Yilmaz", "Smit", "Mulder", "Bos"],
        "birth_date": [datetime.date(1980 + i, 1 + i, 3 + i) for i in range(8)],
    }
    others = {name: values[:5] for name, values in records.items()}
    as_text = lambda list: polars.DataFrame(list).write_csv().encode()
    by_frame = ijsberg.link({"one": kind(records), "other": kind(others)}, draws=3)
    assert by_frame == ijsberg.link({"one": as_text(records), "other": as_text(others)}, draws=3)


def test_a_stream_that_cannot_be_read_is_an_error():
    class Stream:
        def __init__(self, capsule):
            self.__arrow_c_stream__ = lambda: capsule

    with pytest.raises(ValueError, match="name"):
        read(Stream(pyarrow.schema([]).__arrow_c_schema__()))
    with pytest.raises(TypeError):
        read(Stream("no capsule"))
    table = pyarrow.table({"A": [1, 0, 1], "B": [0, 1, 1]})
    capsule = table.__arrow_c_stream__()
    assert isinstance(_ijsberg.frame(capsule), _ijsberg.Frame)
    assert _ijsberg.frame(capsule) is None, "it is empty now"

    def batches():
        yield from table.to_batches()
        raise RuntimeError("the line is broken")

    with pytest.raises(ValueError, match="the line is broken"):
        read(pyarrow.RecordBatchReader.from_batches(table.schema, batches()))
    # Text that is none, and a category that there is not: whoever says so is not believed.
    torn = pyarrow.StringArray.from_buffers(3, *pyarrow.array(["a", "b", "c"]).buffers()[1:2], pyarrow.py_buffer(b"\xff\xfe\xfd"))
    far = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, 1, 9], pyarrow.int8()), pyarrow.array(["a", "b"]), safe=False)
    for column in (torn, far):
        with pytest.raises(ValueError):
            read(table.append_column("place", column))


@pytest.mark.parametrize("package", ["pandas", "polars", "pyarrow"])
def test_no_object_of_python_is_made_for_a_cell(package):
    rows = 1_000_000

    def made(rows):
        counted = polars.int_range(rows, eager=True)
        frame = polars.DataFrame({"A": counted % 2 == 0, "B": counted % 3})
        return {"pandas": frame.to_pandas, "polars": lambda: frame, "pyarrow": frame.to_arrow}[package]()

    # What is loaded for the first frame is not made for a cell.
    read(made(3))
    frame = made(rows)
    tracemalloc.start()
    try:
        content = read(frame).content
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(content, _ijsberg.Frame)
    # To point at an object alone takes eight bytes, and to write `1,0` four.
    assert peak < 2 * rows, peak
