"""Tables from wherever they are, as the bytes of a CSV file; what is bytes already stays as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, Union

from ._frames import needed

#: What is taken for a table.
Table = Union[str, "PathLike[str]", bytes, Mapping[str, Any], Any]

#: Whole numbers up to here are the same as floating-point numbers.
EXACT = 2**53


class Given(NamedTuple):
    """A table as it was given."""

    content: bytes
    """The bytes of a file."""
    has_rows: bool = False
    """Whether it was a data frame or a mapping: its rows are known by their places and not by lines of a file."""

    def row(self, line: int) -> int | None:
        """The row on a line of the file, counted from 0; ``None`` for the names of the columns and where there is none."""
        begins = 1
        # As the file is read: a value that holds the end of a line makes its row longer than a line.
        reader = csv.reader(io.StringIO(self.content.decode("utf-8"), newline=""))
        try:
            for number, _ in enumerate(reader):
                if begins == line:
                    return number - 1 if number > 0 else None
                begins = reader.line_num + 1
        except csv.Error:
            pass
        return None


def read(table: Table) -> Given:
    """The bytes of a table, with whole numbers and 0 and 1 wherever a data frame has them in another shape."""
    if isinstance(table, bytes | bytearray | memoryview):
        return Given(bytes(table))
    if isinstance(table, str | PathLike):
        return Given(Path(table).read_bytes())
    if hasattr(table, "collect") and hasattr(table, "with_columns"):
        table = table.collect()
    # polars has an Arrow stream too, but writes CSV itself, without another package.
    if _is_of(table, "polars") and hasattr(table, "get_columns"):
        return Given(_of_polars(table), True)
    if _is_of(table, "pandas") and hasattr(table, "isetitem"):
        return Given(_of_pandas(table), True)
    if hasattr(table, "__arrow_c_stream__"):
        return Given(_of_arrow(table), True)
    if hasattr(table, "to_csv") and hasattr(table, "columns"):
        return Given(table.to_csv(index=False).encode(), True)
    if isinstance(table, Mapping) and all(isinstance(values, Iterable) for values in table.values()):
        return Given(_of_mapping(table), True)
    raise TypeError("a table is a path, bytes, a data frame, an Arrow stream, or a mapping from column to values")


def _is_of(table: Any, package: str) -> bool:
    return any(kind.__module__.partition(".")[0] == package for kind in type(table).__mro__)


def _of_polars(frame: Any) -> bytes:
    import polars

    changed = []
    for column in frame.get_columns():
        if column.dtype == polars.Boolean:
            changed.append(column.cast(polars.Int8))
        elif column.dtype in (polars.Float32, polars.Float64):
            column = column.fill_nan(None)
            values = column.drop_nulls()
            if (values % 1 == 0).all() and (values.abs() <= EXACT).all():
                column = column.cast(polars.Int64)
            changed.append(column)
    return frame.with_columns(changed).write_csv().encode()


def _of_pandas(frame: Any) -> bytes:
    # A missing value makes pandas turn whole numbers into floating-point ones and booleans into objects; this turns them back.
    frame = frame.convert_dtypes()
    for place, kind in enumerate(frame.dtypes):
        if getattr(kind, "kind", None) == "b":
            frame.isetitem(place, frame.iloc[:, place].astype("Int64"))
    return frame.to_csv(index=False).encode()


def _of_arrow(table: Any) -> bytes:
    pyarrow, write, compute = needed("pyarrow"), needed("pyarrow.csv"), needed("pyarrow.compute")
    table = pyarrow.table(table)
    columns = []
    for column in table.columns:
        if pyarrow.types.is_boolean(column.type):
            column = column.cast(pyarrow.int8())
        elif pyarrow.types.is_floating(column.type):
            column = compute.if_else(compute.is_nan(column), pyarrow.scalar(None, column.type), column)
            try:
                column = column.cast(pyarrow.int64())
            except pyarrow.ArrowInvalid:
                pass  # Not all of them are whole.
        columns.append(column)
    sink = io.BytesIO()
    write.write_csv(pyarrow.table(columns, names=table.column_names), sink)
    return sink.getvalue()


def _of_mapping(table: Mapping[str, Any]) -> bytes:
    columns = {str(name): [_cell(value) for value in values] for name, values in table.items()}
    if len({len(values) for values in columns.values()}) > 1:
        raise ValueError("the columns have different lengths")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    """A value as it stands in a file; nothing where it is missing."""
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, float) and value != value:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        return str(int(value))
    # The missing values of pandas have types of their own.
    return "" if type(value).__name__ in ("NAType", "NaTType") else str(value)
