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
SECTIONS: Final[Mapping[str, str]] = {
    "A": "HTTP",
    "B": "Socket.IO",
    "C": "Database",
    "D": "Metrics",
    "E": "What is asked of a miner",
    "F": "Dashboards",
    "G": "Discovery service",
    "H": "Presets",
    "I": "Running it",
    "J": "Clockwork",
    "K": "Secrets",
    "L": "What goes wrong in Pluto 1.3.5, and what happens instead",
    "M": "Mock miners",
    "R": "Removal",
}


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
                name = node.name.removeprefix("test_")
                assert name not in found, f"two tests are called {name}: a row could not say which it means"
                found[name] = file.relative_to(TESTS).as_posix()
    return found


def page() -> str:
    """Return the page: a row a promise, with the tests that keep it."""
    lines = [
        "# What is promised, and which test keeps it",
        "",
        "Each row is a promise to whoever builds on Pluto: a web client, a script, Grafana, Prometheus, a data folder of 1.3.5.",
        "The tests beside it fail when it is broken. Made by `python tests/contract_rows.py`; a test fails when it is out of",
        "date or names a test that is not there.",
    ]
    for letter, title in SECTIONS.items():
        lines += ["", f"## {letter} {title}", "", "| Promise | Kept by |", "|---|---|"]
        lines += [f"| {row} | {'<br>'.join(map(_shown, under))} |" for row, under in rows().items() if row[0] == letter]
    return "\n".join(lines) + "\n"


def _shown(entry: str) -> str:
    if entry.startswith(NOT_HERE):
        return entry
    return f"`{functions().get(entry, '?')}` {entry.replace('_', ' ')}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
