"""The types that the package declares: they fit together, and those of the library are what the library has."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

from ijsberg import _ijsberg

PACKAGE = Path(__file__).parents[1]
SOURCE = PACKAGE / "python/ijsberg"


def mypy(place, *files):
    environment = {name: value for name, value in os.environ.items() if name != "MYPYPATH"}
    asked = ["--config-file", PACKAGE / "pyproject.toml", "--cache-dir", place / "cache", *files]
    return subprocess.run(
        [sys.executable, "-m", "mypy", *asked], cwd=place, env=environment, capture_output=True, text=True, timeout=300
    )


def test_everything_has_a_type_and_they_fit_together(tmp_path):
    checked = mypy(tmp_path, SOURCE)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (SOURCE / "py.typed").exists()


#: What somebody may write, and what is wrong with it; nothing where it is right.
WRITTEN = [
    ("import ijsberg", ""),
    ("found = ijsberg.estimate({'A': [1, 0], 'B': [0, 1], 'count': [3, 4]}, level=0.9)", ""),
    ("print(found['chao'].method.upper(), [float(e.n_hat or 0) for e in found.values()], found.plot().svg)", ""),
    ("found.at_least + 1", 'Unsupported operand types for + ("None" and "int")'),
    ("ijsberg.estimate('table.csv', level='0.9')", 'Argument "level" to "estimate" has incompatible type "str"'),
    ("ijsberg.nowcast('table.csv', year='year')", 'Missing named argument "late"'),
    ("ijsberg.link({'a': 'a.csv'}).person", 'has no attribute "person"'),
    ("ijsberg.delays('table.csv').values.sum()", 'has no attribute "sum"'),
]


def test_who_uses_the_package_is_told_by_the_types(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("".join(f"{line}\n" for line, _ in WRITTEN), encoding="utf-8")
    (tmp_path / "ijsberg").symlink_to(SOURCE)
    told = mypy(tmp_path, script).stdout.splitlines()
    for number, (line, why) in enumerate(WRITTEN, 1):
        of_line = [said for said in told if said.startswith(f"script.py:{number}: error")]
        assert len(of_line) == bool(why) and all(why in said for said in of_line), (line, told)


def parameters(function):
    return list(inspect.signature(function).parameters)


def public(of):
    return {name: value for name, value in vars(of).items() if not name.startswith("_")}


def test_the_library_is_as_it_is_declared():
    declared = ast.parse((SOURCE / "_ijsberg.pyi").read_text(encoding="utf-8")).body
    functions = lambda body: {part.name: [a.arg for a in part.args.args] for part in body if isinstance(part, ast.FunctionDef)}
    there = public(_ijsberg)
    kinds = {part.name: functions(part.body) for part in declared if isinstance(part, ast.ClassDef)}
    assert set(kinds) == {name for name, of in there.items() if isinstance(of, type)}
    for name, methods in kinds.items():
        assert {method: parameters(of) for method, of in public(there[name]).items()} == methods
    called = {name: parameters(of) for name, of in there.items() if callable(of) and not isinstance(of, type)}
    assert called == functions(declared) and {"estimate", "link"} <= set(called)
    values = {part.target.id for part in declared if isinstance(part, ast.AnnAssign)}
    assert values == {name for name, of in there.items() if not callable(of)} | {"__version__"}
