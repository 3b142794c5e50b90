"""Multiple systems estimation (capture-recapture) and record linkage.

How many people are on no list? Supply a table of people by list, and read the verdict before the number::

    import ijsberg

    found = ijsberg.estimate("netherlands-2010-2015.csv")
    print(found.verdict, found.at_least)
    for e in found.estimates:
        print(e.method, e.n_hat, e.lower, e.upper)

A table can be a path, bytes, a pandas or polars data frame (a lazy one too), any object with the Arrow stream interface, or
a mapping from column names to values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from . import _ijsberg
from ._charts import CHARTS, Chart
from ._results import Analysis, Estimate, Linkage
from ._tables import Table, read
from ._words import in_python

__all__ = ["CHARTS", "METHODS", "Analysis", "Chart", "Estimate", "Linkage", "Progress", "Table", "estimate", "link"]
__version__: str = _ijsberg.__version__

#: Identifiers of all methods.
METHODS: tuple[str, ...] = tuple(_ijsberg.METHODS)

#: The seed of the command line, so that both give the same numbers.
SEED = 20_171_018

#: What hears how far a run is: the stage, such as ``"bootstrap"``, the steps done, and all steps, which are 0 where nobody knows.
Progress = Callable[[str, int, int], object]


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
    numeric: Sequence[str] = (),
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
    progress: Progress | None = None,
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
    :param numeric: covariates that are numbers, which the doubly robust methods take as they are.
    :param inactive: where a list did not operate, such as ``"K:year=2015"``.
    :param models: hierarchical models, such as ``"[PZ,PR,O]"``.
    :param over_coverage: smallest and largest share of the people on the lists who do not belong to the population.
    :param missed_links: share of the links between a person's entries that were missed; the lower bound takes it into account.
    :param population: inhabitants by covariates, for rates.
    :param progress: called with the stage, the steps done and all steps (0 where nobody knows), about ten times a second at most. An
        exception in it stops the run and is raised.
    :raises ValueError: with the line (of a data frame the row), the column and what was expected; if the columns can be read in two ways,
        with both readings.
    """
    given = read(table)
    tables = {"": given}
    if population is not None:
        tables["population"] = read(population)
    inner, refused = _ijsberg.estimate(
        given.content,
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
        list(numeric),
        list(inactive),
        list(methods),
        list(models),
        thorough,
        level,
        replicates,
        seed,
        over_coverage,
        missed_links,
        tables["population"].content if "population" in tables else None,
        progress,
        language,
    )
    if inner is None:
        raise ValueError(in_python(refused, tables))
    return Analysis(inner, level, [in_python(said, tables) for said in inner.warned()])


def link(
    lists: Mapping[str, Table] | Iterable[tuple[str, Table]],
    *,
    covariates: Sequence[str] = (),
    draws: int = 20,
    seed: int = 1,
    language: str = "en",
    progress: Progress | None = None,
) -> Linkage:
    """Determine who is on which list, from names, dates and places in any script.

    :param lists: tables of records by name of the list. The meaning of the columns is derived from their names.
    :param covariates: columns that the draws keep, so that estimates are broken down by them, such as ``["sex", "form", "year"]``.
    :param progress: as in :func:`estimate`.
    :raises ValueError: if a table cannot be read or no column identifies people.
    """
    pairs = lists.items() if isinstance(lists, Mapping) else lists
    given = [(name, read(table)) for name, table in pairs]
    contents = [(name, table.content) for name, table in given]
    found, refused = _ijsberg.link(contents, list(covariates), draws, seed, progress, language)
    if found is None:
        raise ValueError(in_python(refused, dict(given)))
    linked, histories, persons = found
    return Linkage(linked, histories, tuple(persons))
