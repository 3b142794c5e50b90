"""Estimates from elsewhere, as they are handed over to the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: One estimate by the names of its parts.
Elsewhere = dict[str, str | float | None]

_NEEDED = ("name", "kind", "estimate")
_KNOWN = ("name", "kind", "source", "year", "estimate", "lower", "upper", "level")


def elsewhere(evidence: Iterable[Mapping[str, Any]]) -> list[Elsewhere]:
    """Estimates by the names of their parts, or an error that names the part that does not fit."""
    if isinstance(evidence, Mapping | str):
        raise TypeError("evidence: a list of mappings, one for each estimate")
    return [_one(place, given) for place, given in enumerate(evidence, 1)]


def _one(place: int, given: Mapping[str, Any]) -> Elsewhere:
    if not isinstance(given, Mapping):
        raise TypeError(f"evidence: estimate {place} is no mapping from {', '.join(_KNOWN)} to values")
    unknown = [str(name) for name in given if name not in _KNOWN]
    if unknown:
        raise ValueError(f"evidence: estimate {place}: there is no {unknown[0]!r}; expected {', '.join(_KNOWN)}")
    missing = [name for name in _NEEDED if given.get(name) is None]
    if missing:
        raise ValueError(f"evidence: estimate {place}: {missing[0]!r} is missing")

    def number(name: str) -> float | None:
        value = given.get(name)
        try:
            return None if value is None else float(value)
        except (TypeError, ValueError):
            raise ValueError(f"evidence: estimate {place}: {name!r} is no number") from None

    def text(name: str) -> str:
        value = given.get(name)
        return "" if value is None else str(value)

    texts = {name: text(name) for name in ("name", "kind", "source", "year")}
    return texts | {name: number(name) for name in ("estimate", "lower", "upper", "level")}
