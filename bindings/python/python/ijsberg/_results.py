"""What an estimate and a linkage give."""

from __future__ import annotations

import csv
import html
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ._charts import Chart, kind_of_chart
from ._frames import Column, to_arrow, to_pandas, to_polars
from ._kept import Inner, pack, unpack
from ._words import in_python

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


@dataclass(frozen=True)
class Estimate:
    """One estimate of the total number of people, on a list or on none."""

    method: str
    """Stable identifier, such as ``loglinear.best-bic``."""
    n_observed: int
    """People on at least one list."""
    n_hat: float | None
    """Estimated total; ``None`` where no estimate exists, and `outcome` gives the reason."""
    lower: float | None
    """Lower limit of the interval."""
    upper: float | None
    """Upper limit; infinite where unbounded."""
    level: float | None
    """Confidence level of the interval."""
    interval: str | None
    """The kind of interval, such as ``profile`` or ``bca``."""
    outcome: str
    """``exists``, ``not-identifiable``, ``infinite`` and so on."""
    model: str | None
    """The model in names of lists, for log-linear methods."""
    aic: float | None
    bic: float | None
    notes: tuple[str, ...]
    """Reservations about this estimate."""

    @classmethod
    def _of(cls, raw: Mapping[str, Any]) -> Estimate:
        return cls(
            method=raw["method"],
            n_observed=raw["n_observed"],
            n_hat=raw["n_hat"],
            lower=raw["lower"],
            upper=float("inf") if raw["unbounded"] else raw["upper"],
            level=raw["level"],
            interval=raw["interval"],
            outcome=raw["outcome"],
            model=raw["model"],
            aic=raw["aic"],
            bic=raw["bic"],
            notes=tuple(raw["notes"]),
        )


#: Columns of estimates that are not text.
_KINDS = {
    "n_observed": "whole",
    **dict.fromkeys(("n_hat", "lower", "upper", "level", "aic", "bic"), "number"),
    "notes": "texts",
}


class _Framed:
    """What can be had as a data frame."""

    def _columns(self) -> Mapping[str, Column]:
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of pandas, a row each; a missing number is NaN."""
        return to_pandas(self._columns())

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars, a row each."""
        return to_polars(self._columns())

    def to_arrow(self) -> pyarrow.Table:
        """A table of pyarrow, a row each."""
        return to_arrow(self._columns())


class Analysis(_Framed, Mapping[str, Estimate]):
    """The analysis of a table: the verdict and its reasons first, then all estimates side by side.

    A mapping from identifiers of methods to estimates. Where several models were given by formula, `estimates` has them all and the
    mapping the first. As a data frame, it is the table of all estimates.
    """

    def __init__(self, inner: Inner, level: float, warnings: Sequence[str] = ()) -> None:
        self._inner = inner
        self._level = level
        self.raw: dict[str, Any] = json.loads(inner.json())
        """Everything, as the command line writes it with ``--json``."""
        self.estimates: tuple[Estimate, ...] = tuple(Estimate._of(e) for e in self.raw["estimates"])
        self.warnings: tuple[str, ...] = tuple(warnings)
        """What was left out, and why."""
        self._by_method: dict[str, Estimate] = {}
        for e in self.estimates:
            self._by_method.setdefault(e.method, e)

    @property
    def diagnostics(self) -> dict[str, Any]:
        """What to check before using an estimate; empty for tables without lists."""
        return self.raw.get("diagnostics") or {}

    @property
    def verdict(self) -> str | None:
        """``fit-to-publish``, ``range-only``, ``lower-bound-only`` or ``no-estimate``."""
        return self.diagnostics.get("verdict")

    @property
    def at_least(self) -> float | None:
        """The lower bound of the headline."""
        return self.diagnostics.get("at_least")

    @property
    def at_most(self) -> float | None:
        """The upper limit of the headline interval; ``None`` if it is unbounded."""
        return self.diagnostics.get("at_most")

    def __getitem__(self, method: str) -> Estimate:
        return self._by_method[method]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_method)

    def __len__(self) -> int:
        return len(self._by_method)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Analysis):
            return NotImplemented
        return self.raw == other.raw and self.warnings == other.warnings

    def __hash__(self) -> int:
        return hash(self.estimates)

    def __copy__(self) -> Analysis:
        return Analysis(self._inner, self._level, self.warnings)

    def __deepcopy__(self, memo: dict[int, Any]) -> Analysis:
        # The library's own part cannot change.
        return Analysis(self._inner, self._level, self.warnings)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (pack(self._inner, self._level), self._level, self.warnings)

    def _columns(self) -> Mapping[str, Column]:
        names = [field.name for field in fields(Estimate)]
        return {
            name: Column(_KINDS.get(name, "text"), [getattr(e, name) for e in self.estimates]) for name in names
        }

    def to_csv(self) -> str:
        """The estimates as CSV."""
        return self._inner.csv()

    def breakdown_csv(self) -> str:
        """Sizes by covariate as CSV; empty without covariates."""
        return self._inner.breakdown()

    def to_html(self, language: str = "en") -> str:
        """The report as one page, in ``en`` or ``nl``."""
        return self._inner.html(language, self._level)

    def to_text(self, language: str = "en") -> str:
        """The report in words with every method, in ``en`` or ``nl``."""
        return in_python(self._inner.text(language, self._level))

    def plot(self, kind: str = "forest", language: str = "en") -> Chart:
        """A chart of the report, as SVG.

        :param kind: one of :data:`ijsberg.CHARTS`: ``"forest"`` has all estimates with their intervals, ``"iceberg"`` the people on
            lists and on none, ``"overlaps"`` who is on which lists, ``"multiverse"`` all models near the best, ``"influence"`` what one
            person or one list changes, ``"sensitivity"`` what an interaction of all lists would change, ``"trend"`` and ``"levels"``
            the breakdown by year and by covariate.
        :raises ValueError: if there is no such chart, or nothing to show in it.
        """
        found = self._inner.chart(kind_of_chart(kind), language)
        if found is None:
            raise ValueError(f"kind: this analysis has nothing to show in the chart {kind!r}")
        return Chart(kind, *found)

    def _repr_html_(self) -> str:
        rows = [(e.method, _number(e.n_hat), _limits(e)) for e in self.estimates]
        said = f"verdict: {self.verdict}"
        return f"<p>{html.escape(said)}</p>{_table(('method', 'estimate', 'interval'), rows)}"

    def __repr__(self) -> str:
        return f"<ijsberg.Analysis verdict={self.verdict!r} at_least={self.at_least} estimates={len(self.estimates)}>"


def _unpickled(content: bytes, level: float, warnings: Sequence[str]) -> Analysis:
    return Analysis(unpack(content), level, warnings)


#: Columns of who belongs together that are not text.
_LINKED_KINDS = {"line": "whole", "person": "whole", "probability": "number"}
_READ = {"text": str, "whole": int, "number": float}


@dataclass(frozen=True, repr=False)
class Linkage(_Framed):
    """Who is on which list, with the uncertainty of the linkage. As a data frame, it is the table of records with their persons."""

    linked_csv: str
    """For each record its list, line, person and how certain that is. The first row of a data frame is line 2."""
    draws_csv: str
    """Draws of capture histories, as input for :func:`estimate`."""
    persons: tuple[float, ...]
    """The number of people in each draw."""

    def estimate(self, **settings: Any) -> Analysis:
        """Estimate, averaged over the draws."""
        from . import estimate

        return estimate(self.draws_csv.encode(), **settings)

    def _columns(self) -> Mapping[str, Column]:
        header, *rows = csv.reader(io.StringIO(self.linked_csv, newline=""))
        columns = {}
        for place, name in enumerate(header):
            kind = _LINKED_KINDS.get(name, "text")
            columns[name] = Column(kind, [_READ[kind](row[place]) if row[place] else None for row in rows])
        return columns

    def _people(self) -> str:
        least, most = min(self.persons, default=0), max(self.persons, default=0)
        return f"{least:,.0f}" if least == most else f"{least:,.0f} to {most:,.0f}"

    def _repr_html_(self) -> str:
        records = Counter(self._columns()["list"].values)
        said = f"people: {self._people()}, on {len(records)} lists"
        rows = [(name, f"{n:,}") for name, n in records.items()]
        return f"<p>{html.escape(said)}</p>{_table(('list', 'records'), rows)}"

    def __repr__(self) -> str:
        records = len(self._columns()["list"].values)
        return f"<ijsberg.Linkage records={records} people={self._people()!r}>"


def _number(x: float | None) -> str:
    if x is None:
        return ""
    return "unbounded" if x == float("inf") else f"{x:,.0f}"


def _limits(e: Estimate) -> str:
    return "" if e.lower is None and e.upper is None else f"{_number(e.lower)} – {_number(e.upper)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return f"<table>{row(head, 'th')}{''.join(row(cells, 'td') for cells in rows)}</table>"
