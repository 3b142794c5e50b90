"""Tables from wherever they are, as the bytes of a CSV file; what is bytes already stays as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Union

#: What is taken for a table.
Table = Union[str, "PathLike[str]", bytes, Mapping[str, Any], Any]


def to_bytes(table: Table) -> bytes:
    if isinstance(table, bytes | bytearray | memoryview):
        return bytes(table)
    if isinstance(table, str | PathLike):
        return Path(table).read_bytes()
    # polars has an Arrow stream too, but writes CSV itself, without another package.
    if hasattr(table, "write_csv"):
        return table.write_csv().encode()
    if hasattr(table, "to_csv"):
        return table.to_csv(index=False).encode()
    if hasattr(table, "__arrow_c_stream__"):
        import pyarrow
        import pyarrow.csv

        sink = io.BytesIO()
        pyarrow.csv.write_csv(pyarrow.table(table), sink)
        return sink.getvalue()
    if isinstance(table, Mapping):
        columns = {str(name): list(values) for name, values in table.items()}
        lengths = {len(values) for values in columns.values()}
        if len(lengths) > 1:
            raise ValueError("the columns have different lengths")
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        return out.getvalue().encode()
    raise TypeError("a table is a path, bytes, a data frame, an Arrow stream, or a mapping from column to values")
