"""Which test keeps which promise of the contract: `python tests/contract_rows.py` writes `docs/contract-coverage.md`.

`contract_rows.txt` holds the promises, each a line; indented under it stand the tests that fail when it is broken, without
their `test_`, or why it is not this program's to keep.
"""

import ast
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
PAGE: Final = TESTS.parent / "docs" / "contract-coverage.md"
NOT_HERE: Final = "not here: "


@functools.cache
def rows() -> Mapping[str, Sequence[str]]:
    """Return the promises with what stands under each."""
    found: dict[str, list[str]] = {}
    for line in (TESTS / "contract_rows.txt").read_text("utf-8").splitlines():
        if line.startswith(" "):
            found[next(reversed(found))].append(line.strip())
        else:
            found[line] = []
    return found


@functools.cache
def functions() -> Mapping[str, str]:
    """Return every test function under `tests/`, without `test_`, and the file it stands in."""
    found: dict[str, str] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
                found[node.name.removeprefix("test_")] = file.relative_to(TESTS).as_posix()
    return found


def page() -> str:
    """Return the page: a row a promise, with the tests that keep it."""
    lines = [
        "# What is promised, and which test keeps it",
        "",
        "Made by `python tests/contract_rows.py`; a test fails when it is out of date or names a test that is not there.",
        "",
        "| Promise | Kept by |",
        "|---|---|",
    ]
    lines += [f"| {row} | {'<br>'.join(map(_shown, under))} |" for row, under in rows().items()]
    return "\n".join(lines) + "\n"


def _shown(entry: str) -> str:
    if entry.startswith(NOT_HERE):
        return entry
    return f"`{functions().get(entry, '?')}` {entry.replace('_', ' ')}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
