"""Figures in time: a year before its late list is in, people over several years, and counts that are not complete yet."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from ._frames import Column
from ._results import _Framed, _number, _table

#: A row of a result.
Row = TypeVar("Row")

_INFINITE = float("inf")


@dataclass(frozen=True)
class Figure:
    """An estimate with its interval."""

    estimate: float
    """The estimate."""
    lower: float | None
    """Lower limit; ``None`` where there is no interval."""
    upper: float | None
    """Upper limit; ``None`` where there is no interval."""

    @classmethod
    def _of(cls, raw: Mapping[str, Any]) -> Figure:
        interval = raw["interval"] or {"lower": None, "upper": None}
        return cls(raw["estimate"], interval["lower"], interval["upper"])


@dataclass(frozen=True)
class Preliminary:
    """A year without its late list."""

    year: str
    """The year."""
    years_before: int
    """From how many of the years before it is estimated."""
    seen: int
    """People on the lists that are in."""
    preliminary: float | None
    """The figure without the late list; ``None`` where there is no estimate."""
    lower: float | None
    """Lower limit; of an earlier year ``None`` where no other year was replayed."""
    upper: float | None
    """Upper limit; infinite where unbounded."""
    final: float | None
    """The figure with all lists; ``None`` for the last year, whose late list is not in."""
    error: float | None
    """The preliminary figure over the final one, less 1."""
    covered: bool | None
    """Whether the interval contains the final figure."""

    @classmethod
    def _replayed(cls, raw: Mapping[str, Any]) -> Preliminary:
        upper = _INFINITE if raw["upper"] is None and raw["lower"] is not None else raw["upper"]
        figures = (raw["preliminary"], raw["lower"], upper, raw["final"], raw["error"], raw["covered"])
        return cls(raw["year"], raw["from"], raw["seen"], *figures)

    @classmethod
    def _present(cls, raw: Mapping[str, Any]) -> Preliminary:
        upper = _INFINITE if raw["upper"] is None else raw["upper"]
        figures = (raw["preliminary"], raw["lower"], upper, None, None, None)
        return cls(raw["year"], len(raw["from"]), raw["seen"], *figures)


@dataclass(frozen=True)
class OpenYear:
    """One year of a population that people enter and leave."""

    year: str
    """The year."""
    seen: int
    """People on a list."""
    new: int
    """Those of them who were on none in an earlier year."""
    lists: int
    """Lists with people on them."""
    people: Figure
    """People in the year, from all years together."""
    alone: Figure
    """The same from the lists of this year alone."""
    entered: Figure
    """People who entered in the year; in the first year everybody who was there."""
    coverage: Figure
    """The chance that a person of this year is on a list."""

    @classmethod
    def _of(cls, raw: Mapping[str, Any]) -> OpenYear:
        figures = {name: Figure._of(raw[name]) for name in ("people", "alone", "entered", "coverage")}
        return cls(raw["year"], raw["seen"], raw["new"], raw["lists"], **figures)


@dataclass(frozen=True)
class Step:
    """A step between two years."""

    before: str
    """The year before."""
    after: str
    """The year after."""
    returns: int
    """People on a list up to the first and again from the second."""
    staying: Figure
    """The chance that a person of the first year is still there in the second."""

    @classmethod
    def _of(cls, raw: Mapping[str, Any]) -> Step:
        return cls(raw["from"], raw["to"], raw["returns"], Figure._of(raw["staying"]))


@dataclass(frozen=True)
class Count:
    """The count of a month or a year."""

    when: str
    """The month, such as ``2016-05``, or the year."""
    final: bool
    """Whether no more registrations are expected."""
    registered: int
    """Registered so far."""
    expected: float | None
    """The final count that is expected; ``None`` where nothing is known of it."""
    lower: float | None
    """Lower limit of the final count."""
    upper: float | None
    """Upper limit; infinite where unbounded."""

    @classmethod
    def _of(cls, when: str, raw: Mapping[str, Any]) -> Count:
        upper = _INFINITE if raw["upper"] is None else raw["upper"]
        return cls(when, raw["final"], raw["registered"], raw["expected"], raw["lower"], upper)


class _Report(_Framed, Mapping[str, Row], Generic[Row]):
    """A mapping from years or months to figures, with the report as text. As a data frame it has a row for each of them."""

    _key: ClassVar[str]

    def __init__(self, content: str, texts: Mapping[str, str], warnings: Sequence[str] = ()) -> None:
        self._content = content
        self._texts = dict(texts)
        self.raw: dict[str, Any] = json.loads(content)
        """Everything, as the command line writes it with ``--json``."""
        self.warnings: tuple[str, ...] = tuple(warnings)
        """What was left out, and why."""
        self._rows: dict[str, Row] = self._read(self.raw[self._key])

    def _read(self, raw: Mapping[str, Any]) -> dict[str, Row]:
        raise NotImplementedError

    def _part(self, name: str) -> Any:
        return self.raw[self._key][name]

    def to_dict(self) -> dict[str, Any]:
        """Everything as a new dictionary, as the command line writes it with ``--json``."""
        return json.loads(self._content)

    def to_text(self, language: str = "en") -> str:
        """The report as the command line prints it, in ``en`` or ``nl``."""
        if language not in self._texts:
            raise ValueError("the language is 'en' or 'nl'")
        return self._texts[language]

    def __getitem__(self, when: str) -> Row:
        return self._rows[when]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.raw == other.raw and self.warnings == other.warnings

    def __hash__(self) -> int:
        return hash(self._content)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._content, self._texts, self.warnings)


class Nowcast(_Report[Preliminary]):
    """The last year before its late list is in.

    A mapping from years to figures: each earlier year as it would have been estimated then, and the last year. The figure of the last
    year is preliminary; `standing` says whether its error was measured.
    """

    _key = "nowcast"

    def _read(self, raw: Mapping[str, Any]) -> dict[str, Preliminary]:
        rows = [*map(Preliminary._replayed, raw["replayed"]), Preliminary._present(raw)]
        return {row.year: row for row in rows}

    @property
    def year(self) -> str:
        """The last year."""
        return self._part("year")

    @property
    def late(self) -> str:
        """The list that is not in."""
        return self._part("late")

    @property
    def preliminary(self) -> float:
        """The figure of the last year."""
        return self._part("preliminary")

    @property
    def lower(self) -> float:
        """Lower limit of its interval."""
        return self._part("lower")

    @property
    def upper(self) -> float:
        """Upper limit; infinite where unbounded."""
        upper = self._part("upper")
        return _INFINITE if upper is None else upper

    @property
    def standing(self) -> str:
        """``preliminary``, ``preliminary-few-years`` (error measured on fewer than four years) or ``preliminary-not-measured``."""
        return self._part("standing")

    @property
    def measured(self) -> dict[str, Any] | None:
        """How wrong such figures were in earlier years; ``None`` where no year could be replayed."""
        return self._part("measured")

    def _columns(self) -> Mapping[str, Column]:
        rows = list(self.values())
        kinds = {
            "year": "text",
            "years_before": "whole",
            "seen": "whole",
            **dict.fromkeys(("preliminary", "lower", "upper", "final", "error"), "number"),
            "covered": "flag",
        }
        return {name: Column(kind, [getattr(row, name) for row in rows]) for name, kind in kinds.items()}

    def _repr_html_(self) -> str:
        rows = [(row.year, _number(row.preliminary), _limits(row.lower, row.upper), _number(row.final)) for row in self.values()]
        said = f"{self.year}, before {self.late} is in: {self.standing}"
        return f"<p>{html.escape(said)}</p>{_table(('year', 'preliminary', 'interval', 'final'), rows)}"

    def __repr__(self) -> str:
        figures = f"preliminary={self.preliminary:.0f} standing={self.standing!r}"
        return f"<ijsberg.Nowcast year={self.year!r} {figures}>"


class OpenPopulation(_Report[OpenYear]):
    """How many people there are in each year, and how many different ones in all years.

    A mapping from years to figures. Check `agreement` first: where returns and the lists of a year conflict, the figures for all years
    together are wrong.
    """

    _key = "open"

    def _read(self, raw: Mapping[str, Any]) -> dict[str, OpenYear]:
        return {year["year"]: OpenYear._of(year) for year in raw["years"]}

    @property
    def people(self) -> Figure:
        """Different people in all years."""
        return Figure._of(self._part("people"))

    @property
    def person_years(self) -> Figure:
        """The people of all years added up: whoever is there in three years counts three times."""
        return Figure._of(self._part("person_years"))

    @property
    def years_each(self) -> Figure:
        """Years that a person is there, of those in the table."""
        return Figure._of(self._part("years_each"))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps between years, with the chance of staying."""
        return tuple(map(Step._of, self._part("steps")))

    @property
    def agreement(self) -> dict[str, Any]:
        """The test whether returns and the lists of each year agree: ``statistic``, ``degrees`` and ``p``."""
        return self._part("agreement")

    def _columns(self) -> Mapping[str, Column]:
        rows = list(self.values())
        columns = {"year": Column("text", [row.year for row in rows])}
        for name in ("seen", "new", "lists"):
            columns[name] = Column("whole", [getattr(row, name) for row in rows])
        for name in ("people", "alone", "entered", "coverage"):
            figures: list[Figure] = [getattr(row, name) for row in rows]
            columns[name] = Column("number", [figure.estimate for figure in figures])
            columns[f"{name}_lower"] = Column("number", [figure.lower for figure in figures])
            columns[f"{name}_upper"] = Column("number", [figure.upper for figure in figures])
        return columns

    def _repr_html_(self) -> str:
        rows = [
            (row.year, f"{row.seen:,}", _number(row.people.estimate), _limits(row.people.lower, row.people.upper), _number(row.entered.estimate))
            for row in self.values()
        ]
        said = f"different people: {_with_limits(self.people)}; person-years: {_with_limits(self.person_years)}"
        return f"<p>{html.escape(said)}</p>{_table(('year', 'on a list', 'people', 'interval', 'entered'), rows)}"

    def __repr__(self) -> str:
        figures = f"people={self.people.estimate:.0f} person_years={self.person_years.estimate:.0f}"
        return f"<ijsberg.OpenPopulation years={len(self)} {figures}>"


class Delays(_Report[Count]):
    """Counts by month, with the registrations that are still to come.

    A mapping from months to counts; `years` has their sums. A month is final once it is old enough.
    """

    _key = "delays"

    def _read(self, raw: Mapping[str, Any]) -> dict[str, Count]:
        return {month["month"]: Count._of(month["month"], month) for month in raw["months"]}

    @property
    def years(self) -> tuple[Count, ...]:
        """The counts of years, as far as their months are there."""
        return tuple(Count._of(str(year["year"]), year) for year in self._part("years"))

    @property
    def share(self) -> tuple[float, ...]:
        """The share of the final count that is registered after 0, 1, 2 and so on months."""
        return tuple(self._part("share"))

    @property
    def measured(self) -> dict[str, Any] | None:
        """How wrong such figures were in earlier months; ``None`` where no month could be replayed."""
        return self._part("measured")

    def _columns(self) -> Mapping[str, Column]:
        rows = list(self.values())
        raw = self._part("months")
        return {
            "month": Column("text", [row.when for row in rows]),
            "age": Column("whole", [month["age"] for month in raw]),
            "final": Column("flag", [row.final for row in rows]),
            "registered": Column("whole", [row.registered for row in rows]),
            "share": Column("number", [month["share"] for month in raw]),
            **{name: Column("number", [getattr(row, name) for row in rows]) for name in ("expected", "lower", "upper")},
        }

    def _repr_html_(self) -> str:
        rows = [
            (row.when, f"{row.registered:,}", _number(row.expected), _limits(row.lower, row.upper), "final" if row.final else "preliminary")
            for row in self.values()
            if not row.final
        ]
        said = f"months: {len(self)}, of which {len(rows)} preliminary"
        return f"<p>{html.escape(said)}</p>{_table(('month', 'registered', 'expected', 'interval', 'status'), rows)}"

    def __repr__(self) -> str:
        waiting = sum(not row.final for row in self.values())
        return f"<ijsberg.Delays months={len(self)} preliminary={waiting}>"


def _limits(lower: float | None, upper: float | None) -> str:
    return "" if lower is None and upper is None else f"{_number(lower)} – {_number(upper)}"


def _with_limits(figure: Figure) -> str:
    limits = _limits(figure.lower, figure.upper)
    return f"{_number(figure.estimate)} ({limits})" if limits else _number(figure.estimate)
