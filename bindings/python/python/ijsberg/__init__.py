"""Multiple systems estimation (capture-recapture) and record linkage.

How many people are on no list? Supply a table of people by list, and read the verdict before the number::

    import ijsberg

    found = ijsberg.estimate("netherlands-2010-2015.csv")
    print(found.verdict, found.at_least)
    for e in found.estimates:
        print(e.method, e.n_hat, e.lower, e.upper)

A table can be a path, bytes, a pandas or polars data frame (a lazy one too), any object with the Arrow stream interface, a mapping
from column names to values, or a list of mappings, one for each row. Data frames and Arrow streams are read from their buffers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import PurePath
from typing import Any

from . import _ijsberg
from ._charts import CHARTS, Chart
from ._evidence import elsewhere
from ._figures import Count, Delays, Figure, Nowcast, OpenPopulation, OpenYear, Preliminary, Step
from ._results import Analysis, Estimate, Linkage
from ._settings import as_json
from ._tables import Table, read
from ._words import in_python

__all__ = [
    "CHARTS",
    "METHODS",
    "Analysis",
    "Chart",
    "Count",
    "Delays",
    "Estimate",
    "Figure",
    "Linkage",
    "Nowcast",
    "OpenPopulation",
    "OpenYear",
    "Preliminary",
    "Progress",
    "Step",
    "Table",
    "delays",
    "estimate",
    "link",
    "nowcast",
    "open_population",
]
__version__: str = _ijsberg.__version__

#: Identifiers of all methods.
METHODS: tuple[str, ...] = tuple(_ijsberg.METHODS)

#: The seed of the command line, so that both give the same numbers.
SEED = 20_171_018

#: What hears how far a run is: the stage, such as ``"bootstrap"``, the steps done, and all steps, which are 0 where nobody knows.
Progress = Callable[[str, int, int], object]


def _input(table: Table) -> str:
    # Where a file lies is nobody's business who reads what came out.
    return PurePath(table).name if isinstance(table, str | PathLike) else "table"


#: Arguments of :func:`estimate` that are no settings.
_NO_SETTINGS = ("table", "population", "language", "progress")

#: Arguments of :func:`nowcast` on how a table is read.
_READING = ("lists", "count", "ignore", "covariates", "thousands", "hidden", "absent", "overlaps", "blanks", "sheet")


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
    threshold: float = 0.02,
    interval: str = "auto",
    reselect: str | None = None,
    over_coverage: tuple[float, float] | None = None,
    missed_links: float = 0.0,
    population: Table | None = None,
    small_groups: bool = False,
    identifying: Sequence[str] = (),
    learner: str | None = None,
    evidence: Iterable[Mapping[str, Any]] = (),
    polynomial: Mapping[str, int] | None = None,
    order: str = "two",
    criterion: str = "bic",
    average: bool = False,
    breakdown_replicates: int = 200,
    anchor: str | None = None,
    anchor_share: float | None = None,
    anchor_people: int | None = None,
    anchor_cleared: int | None = None,
    anchor_check: tuple[float, float] | None = None,
    anchor_trial: tuple[int, int, int, int] | None = None,
    language: str = "en",
    progress: Progress | None = None,
) -> Analysis:
    """Estimate the size of a population from who is on which lists.

    :param table: capture histories: columns of 0 and 1 for lists, a count, and covariates if there are any; or draws of a linkage.
    :param lists: columns that are lists; detected if none are given.
    :param count: the column with the number of people; detected if it is not given.
    :param ignore: columns to leave out.
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
    :param methods: methods to run, of :data:`METHODS`; those that apply if none are given.
    :param models: hierarchical models, such as ``"[PZ,PR,O]"``.
    :param thorough: whether to run slow methods as well.
    :param level: the confidence level of the intervals.
    :param replicates: bootstrap replicates; 1000, or fewer with more than eight lists, if it is not given.
    :param seed: the seed of every random draw; the default is that of the command line, so that both give the same numbers.
    :param threshold: p-value below which the stepwise rule adds an interaction.
    :param interval: how intervals of log-linear methods are made: ``"auto"`` (profile likelihood for given models, BCa with re-selection for
        chosen ones), ``"profile"``, ``"wald"``, ``"percentile"``, ``"bca"`` or ``"parametric"``.
    :param reselect: among which models a replicate selects again: ``"all"`` or ``"shortlist"``; all up to five lists if it is not given.
    :param over_coverage: smallest and largest share of the people on the lists who do not belong to the population.
    :param missed_links: share of the links between a person's entries that were missed; the lower bound takes it into account.
    :param population: inhabitants by covariates, for rates.
    :param small_groups: whether small groups are estimated too: each takes from the others as much as they are alike, and has a verdict of
        its own, in ``raw["covariates"]["small_groups"]``.
    :param identifying: lists, at least two, that have no interaction of all of them together among people with the same covariates who
        are on none of the other lists.
    :param learner: how the probabilities of these lists depend on covariates that are numbers: ``"logistic"`` (if it is not given) or
        ``"spline"``.
    :param evidence: estimates from elsewhere to put beside this one: mappings with ``name``, ``kind``, ``estimate`` and, where known,
        ``source``, ``year``, ``lower``, ``upper`` and ``level``. They are compared in ``raw["evidence"]``.
    :param polynomial: covariates that enter the models with covariates as polynomials, with their degrees from 1 to 8, such as ``{"year": 2}``.
    :param order: largest terms of these models: ``"two"`` (two lists, or a list and a covariate) or ``"three"`` (one list or covariate more).
    :param criterion: where the search among these models ends: at the best ``"bic"`` or, going on from there, at the best ``"aic"``.
    :param average: whether to average over the models near the chosen one.
    :param breakdown_replicates: bootstrap replicates that select again among these models.
    :param anchor: a list that was drawn at random from the whole population, which the table cannot show. The verdict then rests on it.
    :param anchor_share: the share of the population that was drawn for that list, if it is known.
    :param anchor_people: the number of people from whom that list was drawn, including those on other lists; with ``anchor_cleared``.
    :param anchor_cleared: how many of the people drawn are on no list and were found not to belong to the population.
    :param anchor_check: sensitivity and specificity of the check of who belongs to the population, such as ``(0.95, 0.99)``.
    :param anchor_trial: results of a trial of that check: people who belong, those of them found, people who do not belong, those of them
        cleared.
    :param language: the language of errors and warnings, ``"en"`` or ``"nl"``.
    :param progress: called with the stage, the steps done and all steps (0 where nobody knows), about ten times a second at most. An
        exception in it stops the run and is raised.
    :raises ValueError: with the line (of a data frame the row), the column and what was expected; if the columns can be read in two ways,
        with both readings.
    """
    asked = {**locals()}
    for name in _NO_SETTINGS:
        del asked[name]
    asked["evidence"] = elsewhere(evidence)
    given = read(table)
    tables = {"": given}
    if population is not None:
        tables["population"] = read(population)
    inner, refused = _ijsberg.estimate(
        given.content,
        _input(table),
        as_json(asked),
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


def nowcast(
    table: Table,
    *,
    late: str,
    year: str,
    window: int = 3,
    model: str | None = None,
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
    replicates: int = 200,
    level: float = 0.95,
    seed: int = SEED,
    language: str = "en",
    progress: Progress | None = None,
) -> Nowcast:
    """Estimate the last year before its late list is in, from how that list overlapped with the others in earlier years.

    Each earlier year is estimated without its late list as well, so that the result says how wrong such a figure was.

    :param table: as in :func:`estimate`, with a column for the year. The arguments on how it is read are those of :func:`estimate` too.
    :param late: the list that comes late. What the last year already has of it is not used.
    :param year: the column with the year.
    :param window: from how many of the years before a year it is estimated, 1 to 50.
    :param model: a hierarchical model, such as ``"[PZ,PR,O]"``; the best by BIC of all earlier years together if none is given.
    :param replicates: tables that are simulated for each year, 20 to 10,000.
    :param progress: as in :func:`estimate`.
    :raises ValueError: as :func:`estimate`, and where there is no earlier year to learn from.
    """
    asked = {**locals()}
    reading = {name: asked[name] for name in _READING}
    given = read(table)
    found, refused = _ijsberg.nowcast(
        given.content,
        _input(table),
        as_json(reading),
        late,
        year,
        model,
        window,
        replicates,
        level,
        seed,
        progress,
        language,
    )
    if found is None:
        raise ValueError(in_python(refused, {"": given}))
    content, english, dutch, warned = found
    return Nowcast(content, {"en": english, "nl": dutch}, [in_python(said, {"": given}) for said in warned])


def open_population(
    table: Table,
    *,
    staying: str = "by-year",
    model: str | None = None,
    replicates: int = 400,
    level: float = 0.95,
    seed: int = SEED,
    language: str = "en",
    progress: Progress | None = None,
) -> OpenPopulation:
    """Estimate how many people there are in each year and how many different ones in all years, from lists over three or more years.

    :param table: columns ``person``, ``list`` and ``year`` (or a date), a row for each notification; or a column of 0 and 1 for each list
        and year, such as ``K.2015``, and perhaps ``count``. The person is any pseudonym that is the same in all years.
    :param staying: whether the chance of staying differs between years (``"by-year"``) or not (``"same"``).
    :param model: a hierarchical model of the lists within a year, such as ``"[PZ,PR,O]"``; the best by BIC of all years if none is given.
    :param replicates: populations that are simulated for the intervals, 50 to 100,000; 0 for no intervals.
    :param progress: as in :func:`estimate`.
    :raises ValueError: as :func:`estimate`, and where there are too few years or too few people who return.
    """
    given = read(table)
    found, refused = _ijsberg.open_population(
        given.content, _input(table), staying, model, replicates, level, seed, progress, language
    )
    if found is None:
        raise ValueError(in_python(refused, {"": given}))
    content, english, dutch, warned = found
    return OpenPopulation(content, {"en": english, "nl": dutch}, [in_python(said, {"": given}) for said in warned])


def delays(
    table: Table,
    *,
    happened: str = "happened",
    registered: str = "registered",
    most: int = 12,
    since: str | None = None,
    until: str | None = None,
    replicates: int = 1000,
    level: float = 0.95,
    seed: int = SEED,
    language: str = "en",
    progress: Progress | None = None,
) -> Delays:
    """Complete counts by month with the registrations that are still to come, and measure the error of such figures on earlier months.

    :param table: a row for each registration with two dates (``2016-05-31`` or ``2016-05``), or counts in columns ``month``, ``delay`` (in
        months) and ``count``.
    :param happened: the column with the day something happened.
    :param registered: the column with the day it was registered.
    :param most: months after which a count is final, 1 to 60.
    :param since: the first month, such as ``"2014-01"``; that of the first registration if it is not given.
    :param until: the last month with all its registrations; that of the last registration if it is not given.
    :param replicates: tables that are simulated, 100 to 100,000.
    :param progress: as in :func:`estimate`.
    :raises ValueError: as :func:`estimate`, and where there are too few months.
    """
    given = read(table)
    found, refused = _ijsberg.delays(
        given.content, _input(table), happened, registered, most, since, until, replicates, level, seed, progress, language
    )
    if found is None:
        raise ValueError(in_python(refused, {"": given}))
    content, english, dutch, warned = found
    return Delays(content, {"en": english, "nl": dutch}, [in_python(said, {"": given}) for said in warned])
