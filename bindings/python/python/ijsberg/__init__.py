"""Multiple systems estimation (capture-recapture) and record linkage.

How many did nobody see? Give a table of persons by list and read the verdict before the number::

    import ijsberg

    found = ijsberg.estimate("netherlands-2010-2015.csv")
    print(found.verdict, found.at_least)
    for e in found.estimates:
        print(e.method, e.n_hat, e.lower, e.upper)

Tables come as a path, as bytes, as a data frame of pandas or polars, as anything with the Arrow stream interface, or as a mapping
from column to values.
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

#: The seed that the command line uses too, so that both give the same numbers.
SEED = 20_171_018


@dataclass(frozen=True)
class Estimate:
    """One estimate of how many persons there are, seen and unseen."""

    method: str
    """Stable identifier, such as ``loglinear.best-bic``."""
    n_observed: int
    """Persons seen."""
    n_hat: float | None
    """Estimated persons; ``None`` where no estimate exists, and `outcome` says why."""
    lower: float | None
    """Lower limit of the interval."""
    upper: float | None
    """Upper limit; infinite where unbounded."""
    level: float | None
    """Confidence level of the interval."""
    interval: str | None
    """How the interval was made, such as ``profile`` or ``bca``."""
    outcome: str
    """``exists``, ``not-identifiable``, ``infinite`` and so on."""
    model: str | None
    """The model in names of lists, for log-linear methods."""
    aic: float | None
    bic: float | None
    notes: tuple[str, ...]
    """What a reader must know."""

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
    """What came out of a table: the verdict and its reasons first, then all estimates side by side."""

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
        """What to know before believing an estimate; empty for tables without lists."""
        return self.raw.get("diagnostics") or {}

    @property
    def verdict(self) -> str | None:
        """``fit-to-publish``, ``range-only``, ``lower-bound-only`` or ``no-estimate``."""
        return self.diagnostics.get("verdict")

    @property
    def at_least(self) -> float | None:
        """The least that the log-linear methods together say."""
        return self.diagnostics.get("at_least")

    @property
    def at_most(self) -> float | None:
        """The most that they say."""
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
    overlaps: str | None = None,
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
    :param lists: columns that are lists; found where none are given.
    :param covariates: columns that hold something known of each person, though they look like lists or counts.
    :param thousands: the mark between thousands, ``"point"`` or ``"comma"``; found where it is not given.
    :param hidden: between which numbers counts lie that are hidden by a mark such as ``*``.
    :param overlaps: whether a number for a combination of lists counts the persons on these lists only (``"exact"``) or also those on more (``"nested"``).
    :param by: covariates to break the estimate down by; all where none are given, ``["none"]`` for no breakdown.
    :param inactive: where a list did not operate, such as ``"K:year=2015"``.
    :param models: hierarchical models, such as ``"[PZ,PR,O]"``.
    :param over_coverage: least and greatest share of the persons seen who do not belong to the population.
    :param missed_links: share of the links between a person's entries that were missed; the lower bound allows for it.
    :param population: inhabitants by covariates, for rates.
    :raises ValueError: with the line, the column and what was expected; where the columns can be understood in two ways, with both.
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
        overlaps,
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
    """Who is on which list, with the doubt of it."""

    linked_csv: str
    """For each record its list, line, person and how sure that is."""
    draws_csv: str
    """Draws of capture histories, to be given to :func:`estimate`."""
    persons: tuple[float, ...]
    """How many persons each draw has."""

    def estimate(self, **settings: Any) -> Analysis:
        """Estimate, averaged over the draws."""
        return estimate(self.draws_csv.encode(), **settings)


def link(
    lists: Mapping[str, Table] | Iterable[tuple[str, Table]],
    *,
    draws: int = 20,
    seed: int = 1,
    language: str = "en",
) -> Linkage:
    """Find out who is on which list, from names, dates and places in any script.

    :param lists: tables of records by name of the list. What the columns are is read from their names.
    :raises ValueError: if a table cannot be read or no column says who somebody is.
    """
    pairs = lists.items() if isinstance(lists, Mapping) else lists
    given = [(name, to_bytes(table)) for name, table in pairs]
    linked, histories, persons = _ijsberg.link(given, draws, seed, language)
    return Linkage(linked, histories, tuple(persons))
