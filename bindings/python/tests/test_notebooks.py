"""Notebooks as their readers run them: from top to bottom, in the folder of the repository."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "bindings/python/notebooks").glob("*.ipynb"))


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch, tmp_path):
    for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))


def run(book):
    """Runs every cell, and says what each shows, by the kind of what is shown; a cell that fails is an error."""
    client = NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    shown = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    printed = "".join(output.text for output in shown if output.output_type == "stream")
    return printed, [output.data for output in shown if output.output_type == "execute_result"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_in_the_tree_holds_no_results(notebook):
    book = nbformat.read(notebook, as_version=4)
    nbformat.validate(book)
    assert all(not cell.outputs and cell.execution_count is None for cell in book.cells if cell.cell_type == "code")


def test_the_first_notebook_shows_a_verdict_tables_and_a_chart():
    printed, results = run(nbformat.read(ROOT / "bindings/python/notebooks/first.ipynb", as_version=4))
    # The numbers of the guide, which is run as well.
    guide = (ROOT / "docs/book/src/guides/python-en.md").read_text(encoding="utf-8")
    verdict, error = re.findall(r"```text\n((?:range-only|row 1).*\n)```", guide)
    assert printed == verdict + error
    analysis, chart, frame, linkage = results
    assert "verdict: range-only" in analysis["text/html"] and "<table>" in analysis["text/html"]
    assert chart["image/svg+xml"].startswith("<svg") and chart["text/plain"].startswith("Chart(kind='iceberg'")
    assert "loglinear.best-bic" in frame["text/html"] and "police" in linkage["text/html"]


def test_a_cell_that_fails_is_an_error():
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)"), nbformat.v4.new_code_cell("1 / 0")])
    with pytest.raises(Exception, match="ZeroDivisionError"):
        run(book)
