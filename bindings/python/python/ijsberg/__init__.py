"""Multiple systems estimation (capture-recapture) and record linkage.

How many people are on no list? Supply a table of people by list, and read the verdict before the number::

    import ijsberg

    found = ijsberg.estimate("netherlands-2010-2015.csv")
    print(found.verdict, found.at_least)
    for e in found.estimates:
        print(e.method, e.n_hat, e.lower, e.upper)

A table can be a path, bytes, a pandas or polars data frame, any object with the Arrow stream interface, or a mapping
from column names to values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import _ijsberg
from ._tables import Table, to_bytes

__all__ = ["METHODS", "Analysis", "Estimate", "Linkage", "Table", "estimate", "link"]
__version__: str = _ijsberg.__version__

#: Identifiers of all methods.
METHODS: tuple[str, ...] = tuple(_ijsberg.METHODS)

#: The seed of the command line, so that both give the same numbers.
SEED = 20_171_018


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


class Analysis:
    """The analysis of a table: the verdict and its reasons first, then all estimates side by side."""

    def __init__(self, inner: _ijsberg.Analysis, level: float) -> None:
        self._inner = inner
        self._level = level
        self.raw: dict[str, Any] = json.loads(inner.json())
        """Everything, as the command line writes it with ``--json``."""
        self.estimates: tuple[Estimate, ...] = tuple(Estimate._of(e) for e in self.raw["estimates"])
        self.warnings: tuple[str, ...] = tuple(inner.warned())
        """What was left out, and why."""

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
        for e in self.estimates:
            if e.method == method:
                return e
        raise KeyError(method)

    def to_csv(self) -> str:
        """The estimates as CSV."""
        return self._inner.csv()

    def breakdown_csv(self) -> str:
        """Sizes by covariate as CSV; empty without covariates."""
        return self._inner.breakdown()

    def to_html(self, language: str = "en") -> str:
        """The report as one page, in ``en`` or ``nl``."""
        return self._inner.html(language, self._level)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{e.method}</td><td>{_number(e.n_hat)}</td><td>{_number(e.lower)} – {_number(e.upper)}</td></tr>"
            for e in self.estimates
        )
        head = "<tr><th>method</th><th>estimate</th><th>interval</th></tr>"
        return f"<p>verdict: {self.verdict}</p><table>{head}{rows}</table>"

    def __repr__(self) -> str:
        return f"<ijsberg.Analysis verdict={self.verdict!r} at_least={self.at_least} estimates={len(self.estimates)}>"


def _number(x: float | None) -> str:
    return "" if x is None else f"{x:,.0f}"


def estimate(
    table: Table,
    *,
    lists: Sequence[str] = (),
    count: str | None = None,
    ignore: Sequence[str] = (),
    covariates: Sequence[str] = (),
    thousands: str | None = None,
    hidden: tuple[int, int] | None = None,
    absent: tuple[int, int] | None = None,
    overlaps: str | None = None,
    blanks: str | None = None,
    sheet: str | None = None,
    by: Sequence[str] = (),
    inactive: Sequence[str] = (),
    methods: Sequence[str] = (),
    models: Sequence[str] = (),
    thorough: bool = False,
    level: float = 0.95,
    replicates: int | None = None,
    seed: int = SEED,
    over_coverage: tuple[float, float] | None = None,
    missed_links: float = 0.0,
    population: Table | None = None,
    language: str = "en",
) -> Analysis:
    """Estimate the size of a population from who is on which lists.

    :param table: capture histories: columns of 0 and 1 for lists, a count, and covariates if there are any; or draws of a linkage.
    :param lists: columns that are lists; detected if none are given.
    :param covariates: columns that are covariates, although they look like lists or counts.
    :param thousands: the thousands separator, ``"point"`` or ``"comma"``; detected if it is not given.
    :param hidden: the range of counts that are suppressed by a mark such as ``*``.
    :param absent: the range of counts of combinations of lists that are not in a table of counts: ``(0, 0)`` if nobody is on them.
    :param overlaps: whether a number for a combination of lists counts the people on these lists only (``"exact"``) or also those on more (``"nested"``).
    :param blanks: what blank cells below a value mean: the value above them (``"above"``) or a missing one (``"missing"``).
    :param sheet: the sheet of a workbook, where several contain a table.
    :param by: covariates to break the estimate down by; all if none are given, ``["none"]`` for no breakdown.
    :param inactive: where a list did not operate, such as ``"K:year=2015"``.
    :param models: hierarchical models, such as ``"[PZ,PR,O]"``.
    :param over_coverage: smallest and largest share of the people on the lists who do not belong to the population.
    :param missed_links: share of the links between a person's entries that were missed; the lower bound takes it into account.
    :param population: inhabitants by covariates, for rates.
    :raises ValueError: with the line, the column and what was expected; if the columns can be read in two ways, with both readings.
    """
    inner = _ijsberg.estimate(
        to_bytes(table),
        table if isinstance(table, str) else "table",
        list(lists),
        count,
        list(ignore),
        list(covariates),
        thousands,
        hidden,
        absent,
        overlaps,
        blanks,
        sheet,
        list(by),
        list(inactive),
        list(methods),
        list(models),
        thorough,
        level,
        replicates,
        seed,
        over_coverage,
        missed_links,
        None if population is None else to_bytes(population),
        language,
    )
    return Analysis(inner, level)


@dataclass(frozen=True)
class Linkage:
    """Who is on which list, with the uncertainty of the linkage."""

    linked_csv: str
    """For each record its list, line, person and how certain that is."""
    draws_csv: str
    """Draws of capture histories, as input for :func:`estimate`."""
    persons: tuple[float, ...]
    """The number of people in each draw."""

    def estimate(self, **settings: Any) -> Analysis:
        """Estimate, averaged over the draws."""
        return estimate(self.draws_csv.encode(), **settings)


def link(
    lists: Mapping[str, Table] | Iterable[tuple[str, Table]],
    *,
    covariates: Sequence[str] = (),
    draws: int = 20,
    seed: int = 1,
    language: str = "en",
) -> Linkage:
    """Determine who is on which list, from names, dates and places in any script.

    :param lists: tables of records by name of the list. The meaning of the columns is derived from their names.
    :param covariates: columns that the draws keep, so that estimates are broken down by them, such as ``["sex", "form", "year"]``.
    :raises ValueError: if a table cannot be read or no column identifies people.
    """
    pairs = lists.items() if isinstance(lists, Mapping) else lists
    given = [(name, to_bytes(table)) for name, table in pairs]
    linked, histories, persons = _ijsberg.link(given, list(covariates), draws, seed, language)
    return Linkage(linked, histories, tuple(persons))
