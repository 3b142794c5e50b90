"""Results as data frames of other packages, none of which has to be installed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class Column(NamedTuple):
    """A column of a result."""

    kind: str
    """``text``, ``texts`` for several in a cell, ``whole``, ``number`` or ``flag``."""
    values: Sequence[Any]
    """Its values; ``None`` where missing."""


Columns = Mapping[str, Column]


def needed(module: str) -> Any:
    """A module of another package, or an error that says how to get it."""
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ImportError as why:
        raise ImportError(f"{package} is not installed; install it with: pip install {package}", name=package) from why


def to_pandas(columns: Columns) -> pandas.DataFrame:
    """A data frame of pandas; a missing number is NaN."""
    made = needed("pandas")
    kinds = {"text": "string", "texts": "object", "whole": "int64", "number": "float64", "flag": "boolean"}
    return made.DataFrame({name: made.Series(list(c.values), dtype=kinds[c.kind]) for name, c in columns.items()})


def to_polars(columns: Columns) -> polars.DataFrame:
    """A data frame of polars."""
    made = needed("polars")
    kinds = {
        "text": made.String,
        "texts": made.List(made.String),
        "whole": made.Int64,
        "number": made.Float64,
        "flag": made.Boolean,
    }
    values = {name: [list(v) for v in c.values] if c.kind == "texts" else list(c.values) for name, c in columns.items()}
    return made.DataFrame(values, schema={name: kinds[c.kind] for name, c in columns.items()})


def to_arrow(columns: Columns) -> pyarrow.Table:
    """A table of pyarrow."""
    made = needed("pyarrow")
    kinds = {
        "text": made.string(),
        "texts": made.list_(made.string()),
        "whole": made.int64(),
        "number": made.float64(),
        "flag": made.bool_(),
    }
    return made.table({name: made.array(list(c.values), type=kinds[c.kind]) for name, c in columns.items()})
