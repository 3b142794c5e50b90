"""Tables from wherever they are: files as their bytes, data frames by their buffers, and the rest as the bytes of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, Union, cast

from . import _ijsberg
from ._frames import needed

#: What is taken for a table.
Table = Union[str, "PathLike[str]", bytes, Mapping[str, Any], Any]

#: Whole numbers up to here are the same as floating-point numbers.
EXACT = 2**53


class Given(NamedTuple):
    """A table as it was given."""

    content: bytes | _ijsberg.Frame
    """The bytes of a file, or a data frame that was read from its buffers."""
    has_rows: bool = False
    """Whether it was a data frame or a mapping: its rows are known by their places and not by lines of a file."""

    def row(self, line: int) -> int | None:
        """The row on a line of the file, counted from 0; ``None`` for the names of the columns and where there is none."""
        if isinstance(self.content, _ijsberg.Frame):
            return line - 2 if line > 1 else None
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
    read = _of_buffers(table)
    if isinstance(read, _ijsberg.Frame):
        return Given(read, True)
    if _is_of(table, "polars") and hasattr(table, "get_columns"):
        return Given(_of_polars(table), True)
    if _is_of(table, "pandas") and hasattr(table, "isetitem"):
        return Given(_of_pandas(table), True)
    if hasattr(table, "__arrow_c_stream__"):
        # Whoever made a stream may have it only once: what was looked at is read on.
        return Given(_of_arrow(read or table), True)
    if hasattr(table, "to_csv") and hasattr(table, "columns"):
        return Given(table.to_csv(index=False).encode(), True)
    if isinstance(table, Mapping) and all(isinstance(values, Iterable) for values in table.values()):
        return Given(_of_mapping(table), True)
    if isinstance(table, Sequence) and table and all(isinstance(row, Mapping) for row in table):
        rows = cast("Sequence[Mapping[str, Any]]", table)
        names = dict.fromkeys(name for row in rows for name in row)
        return Given(_of_mapping({name: [row.get(name) for row in rows] for name in names}), True)
    raise TypeError("a table is a path, bytes, a data frame, an Arrow stream, a mapping from column to values, or a list of rows as mappings")


def _is_of(table: Any, package: str) -> bool:
    return any(kind.__module__.partition(".")[0] == package for kind in type(table).__mro__)


class _Stream:
    """A stream of which only the columns were looked at."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule


def _of_buffers(table: Any) -> _ijsberg.Frame | _Stream | None:
    """A data frame by the PyCapsule interface of Arrow; ``None`` where it has none, and its stream where that has a column that is not read so."""
    if not hasattr(table, "__arrow_c_stream__"):
        return None
    if _is_of(table, "pandas") and hasattr(table, "isetitem"):
        if getattr(table.columns, "nlevels", 1) > 1:
            return None
        # An index that is no range would be a column.
        if type(table.index).__name__ != "RangeIndex":
            table = table.reset_index(drop=True)
    if _is_of(table, "polars") and hasattr(table, "get_columns"):
        import polars

        # Its column of nothing has a buffer, which Arrow's has not.
        table = table.cast({polars.Null: polars.String})
    try:
        stream = table.__arrow_c_stream__()
    except Exception:
        # It can still be written: pandas needs pyarrow for a stream, and has columns of which that makes none.
        return None
    read = _ijsberg.frame(stream)
    return read if read is None or isinstance(read, _ijsberg.Frame) else _Stream(read)


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
