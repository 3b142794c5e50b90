"""Charts: drawings that a notebook shows and a file keeps. No other package draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from . import _ijsberg

#: The charts that can be drawn of an analysis.
CHARTS: tuple[str, ...] = tuple(_ijsberg.CHARTS)


@dataclass(frozen=True)
class Chart:
    """A chart as SVG. A notebook shows it."""

    kind: str
    """Its name, one of :data:`CHARTS`."""
    title: str
    """Its title."""
    description: str
    """What it shows in words, for readers who do not see it."""
    svg: str = field(repr=False)
    """The drawing; the title and the description are in it."""

    def save(self, path: str | PathLike[str]) -> None:
        """Write the drawing to a file whose name ends in ``.svg``."""
        file = Path(path)
        if file.suffix.lower() != ".svg":
            raise ValueError(f"path: a chart is an SVG, so the name of its file ends in .svg; found {file.name!r}")
        file.write_text(self.svg, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg


def kind_of_chart(kind: str) -> str:
    """The name of a chart, or an error that says which there are."""
    if kind not in CHARTS:
        known = ", ".join(map(repr, CHARTS[:-1]))
        raise ValueError(f"kind: {known} or {CHARTS[-1]!r}")
    return kind
