"""An analysis as text: what of it is pickled, and what stands in for it afterwards."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any, Union

from . import _ijsberg
from ._charts import CHARTS

LANGUAGES = ("en", "nl")


@dataclass(frozen=True)
class Kept:
    """All that an analysis says, in both languages, without the table and the models that it came from."""

    texts: dict[str, Any]

    def json(self) -> str:
        return self.texts["json"]

    def csv(self) -> str:
        return self.texts["csv"]

    def breakdown(self) -> str:
        return self.texts["breakdown"]

    def html(self, language: str, level: float) -> str:
        return self.texts["html"][_known(language)]

    def text(self, language: str, level: float) -> str:
        return self.texts["text"][_known(language)]

    def chart(self, name: str, language: str) -> tuple[str, str, str] | None:
        found = self.texts["charts"][_known(language)].get(name)
        if found is None:
            return None
        title, description, svg = found
        return title, description, svg


#: An analysis in the library, or one that was pickled.
Inner = Union[_ijsberg.Analysis, Kept]


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError("the language is 'en' or 'nl'")
    return language


def pack(inner: Inner, level: float) -> bytes:
    """An analysis as bytes."""
    if isinstance(inner, Kept):
        texts = inner.texts
    else:
        texts = {
            "json": inner.json(),
            "csv": inner.csv(),
            "breakdown": inner.breakdown(),
            "html": {language: inner.html(language, level) for language in LANGUAGES},
            "text": {language: inner.text(language, level) for language in LANGUAGES},
            "charts": {
                language: {name: inner.chart(name, language) for name in CHARTS} for language in LANGUAGES
            },
        }
    return zlib.compress(json.dumps(texts).encode())


def unpack(content: bytes) -> Kept:
    """The analysis that :func:`pack` made bytes of."""
    return Kept(json.loads(zlib.decompress(content)))
