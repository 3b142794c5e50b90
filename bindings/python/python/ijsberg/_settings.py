"""Settings as the library reads them: JSON by their names."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Iterable, Mapping
from typing import Any


def as_json(settings: Mapping[str, Any]) -> str:
    """Settings as JSON; what does not fit is for the library to say."""
    return json.dumps(_plain(settings))


def _plain(value: Any) -> Any:
    """A value without types of other packages: numbers, texts, lists and mappings."""
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        # A number of numpy.
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        # JSON has no such numbers; as text they are refused with the name of the setting.
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, Iterable):
        return [_plain(part) for part in value]
    try:
        return operator.index(value)
    except TypeError:
        pass
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)
