"""The table as a page for a user, and where the tests that it names stand."""

import ast
from functools import cache
from pathlib import Path
from typing import Final

from promises import SECTIONS
from promises.promise import Promise

TESTS: Final = Path(__file__).parents[1]
PAGE: Final = TESTS.parent / "docs" / "contract-coverage.md"
HEAD: Final = """# What Pluto promises, and the test that keeps it

Each row is a promise to whoever builds on Pluto: a web client, a script, Grafana, Prometheus, a data folder of Pluto 1.3.5. The
tests named beside it fail when it is broken. The letters are the sections of the contract; [contract](contract.md) is the
reference of the routes and events themselves. This page is made from `tests/promises` by `PYTHONPATH=tests python -m promises`.
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for letter, title, promises in SECTIONS:
        parts.append(f"\n## {letter} {title}\n\n| Row | Promise | Kept by |\n|---|---|---|\n")
        parts += [f"| {row.name} | {row.text} | {_kept(row)} |\n" for row in promises]
    return "".join(parts)


def _kept(row: Promise) -> str:
    return row.elsewhere or "<br>".join(f"`{where(test)}`" for test in row.kept_by)


def where(test: str) -> str:
    """Return `test_file::function` with the folder of the file; raises KeyError where there is no such test."""
    return _places()[test]


@cache
def _places() -> dict[str, str]:
    """Return every test of ours; files are parsed, not imported."""
    places: dict[str, str] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                name = f"{file.stem}::{node.name}"
                assert name not in places, f"two tests are called {name}"
                places[name] = f"{file.parent.name}/{file.name}::{node.name}"
    return places
