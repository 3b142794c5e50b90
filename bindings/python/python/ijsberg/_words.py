"""Errors in the words of Python: arguments in place of options of the command line, rows in place of lines of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ._tables import Given


def _text(value: str) -> str:
    return f'"{value}"'


def _texts(value: str) -> str:
    return "[" + ", ".join(map(_text, value.split(","))) + "]"


def _range(value: str) -> str:
    return f"({value.replace('-', ', ')})"


def _numbers(value: str) -> str:
    return f"({', '.join(value.split(','))})"


#: The options that the library names, each with the argument that it is here and how a value of it is written.
ARGUMENTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "--absent": ("absent", _range),
    "--anchor": ("anchor", _text),
    "--anchor-check": ("anchor_check", _numbers),
    "--anchor-cleared": ("anchor_cleared", str),
    "--anchor-people": ("anchor_people", str),
    "--anchor-share": ("anchor_share", str),
    "--anchor-trial": ("anchor_trial", _numbers),
    "--average": ("average", str),
    "--blanks": ("blanks", _text),
    "--breakdown-replicates": ("breakdown_replicates", str),
    "--by": ("by", _texts),
    "--count": ("count", _text),
    "--covariates": ("covariates", _texts),
    "--criterion": ("criterion", _text),
    "--draws": ("draws", str),
    "--evidence": ("evidence", _text),
    "--happened": ("happened", _text),
    "--hidden": ("hidden", _range),
    "--identifying": ("identifying", _texts),
    "--ignore": ("ignore", _texts),
    "--inactive": ("inactive", _texts),
    "--interval": ("interval", _text),
    "--late": ("late", _text),
    "--learner": ("learner", _text),
    "--level": ("level", str),
    "--lists": ("lists", _texts),
    "--methods": ("methods", _texts),
    "--missed-links": ("missed_links", str),
    "--model": ("models", _texts),
    "--most": ("most", str),
    "--numeric": ("numeric", _texts),
    "--order": ("order", _text),
    "--over-coverage": ("over_coverage", _range),
    "--overlaps": ("overlaps", _text),
    "--polynomial": ("polynomial", _texts),
    "--population": ("population", _text),
    "--registered": ("registered", _text),
    "--replicates": ("replicates", str),
    "--reselect": ("reselect", _text),
    "--seed": ("seed", str),
    "--sheet": ("sheet", _text),
    "--since": ("since", _text),
    "--small-groups": ("small_groups", str),
    "--staying": ("staying", _text),
    "--thorough": ("thorough", str),
    "--thousands": ("thousands", _text),
    "--threshold": ("threshold", str),
    "--until": ("until", _text),
    "--window": ("window", str),
}

_OPTION = r"(?<![\w-])(--[a-z]+(?:-[a-z]+)*)"
# One of two readings of a table ends in what chooses it: options with their values, as one writes them in a command.
_READING = re.compile(r"^(  [12]\. .*? )(--[a-z].*)$", re.MULTILINE)
_CHOICE = re.compile(_OPTION + r' (?:"([^"\n]*)"|(\S+))')
# An error about an argument begins with it and its value; estimates from elsewhere have none.
_BLAMED = re.compile("^(?!--evidence )" + _OPTION + r" (.+?)(?=: )")
# Elsewhere only these are values; what else follows is the rest of a sentence.
_VALUE = re.compile(_OPTION + r" (above|all|missing|exact|nested|point|comma|same|\d+-\d+)(?![\w-])")
_ALONE = re.compile(_OPTION + r"(?![\w-])")

# Lines of a file, in English and in Dutch, with the words for rows and for what is missing.
_LINES = re.compile(r"\b(line|regel)(\(s\))? (\d+(?:, \d+)*)")
_ROWS = {"line": ("row", "counted from 0"), "regel": ("rij", "geteld vanaf 0")}
_HEADER = {"line": "names of the columns", "regel": "namen van de kolommen"}
_BLANK = re.compile(r'(?<![\w\\"])""(?![\w"])')
_MISSING = {"line": "a missing value (NaN or None)", "regel": "een ontbrekende waarde (NaN of None)"}


def in_python(said: str, tables: Mapping[str, Given] | None = None) -> str:
    """What the library says, in the words of Python.

    :param tables: the tables by what an error about them begins with; the one that needs no name is called ``""``.
    """
    said = _READING.sub(lambda found: found[1] + _CHOICE.sub(_valued, found[2]), said)
    said = _ALONE.sub(_alone, _VALUE.sub(_valued, _BLAMED.sub(_valued, said)))
    said = said.replace("(ijsberg estimate)", "(`ijsberg.estimate`)")
    named = [name for name in tables or {} if name and said.startswith((f"{name}:", f"{name},"))]
    table = (tables or {}).get(max(named, key=len) if named else "")
    return _by_row(said, table) if table is not None and table.has_rows else said


def _argument(option: str) -> tuple[str, Callable[[str], str]]:
    # An option that no error names so far is an argument of the same name.
    return ARGUMENTS.get(option, (option.strip("-").replace("-", "_"), _text))


def _valued(found: re.Match[str]) -> str:
    name, write = _argument(found[1])
    return f"{name}={write(next(value for value in found.groups()[1:] if value is not None))}"


def _alone(found: re.Match[str]) -> str:
    return f"`{_argument(found[1])[0]}`"


def _by_row(said: str, table: Given) -> str:
    """Rows by their places, as a data frame has no lines; a value that is missing is called so."""
    first = _LINES.search(said)
    if first is None:
        return said
    explained = False

    def row(found: re.Match[str]) -> str:
        nonlocal explained
        rows = [table.row(int(line)) for line in found[3].split(", ")]
        if None in rows:
            return _HEADER[found[1]] if found[3] == "1" else found[0]
        word, counted = _ROWS[found[1]]
        places = ", ".join(map(str, rows))
        explanation, explained = ("" if explained else f" ({counted})"), True
        return f"{word}{found[2] or ''} {places}{explanation}"

    return _BLANK.sub(_MISSING[first[1]], _LINES.sub(row, said))
