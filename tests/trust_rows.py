"""Which test keeps which promise of trust: `python tests/trust_rows.py` writes `docs/trust-coverage.md`.

`trust_rows.txt` holds the promises, each a line; indented under it stand the tests that fail when it is broken, without
their `test_`, or why it is not a program's to keep, or what is open. `--run` runs them, or those of the lines
that are named after it, and shows the figures they saw.
"""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import click

from contract_rows import NOT_HERE, TESTS, functions

OPEN: Final = "open: "
ROOT: Final = TESTS.parent
PAGE: Final = ROOT / "docs" / "trust-coverage.md"
OUT: Final = ROOT / "out"
SECTIONS: Final[Mapping[str, str]] = {
    "1": "What we assume",
    "2": "Who may talk to us",
    "3": "Passwords, tokens, roles",
    "4": "Whom we talk to",
    "5": "How long and how much",
    "6": "Who is who",
    "7": "Names and texts from miners",
    "8": "Secrets",
    "9": "Answers to bad input",
    "10": "Limits on clients",
    "11": "Data survives",
    "12": "The process survives",
    "13": "Traces and supply",
}


@functools.cache
def trust_rows() -> Mapping[str, Sequence[str]]:
    """Return the promises with what stands under each."""
    found: dict[str, list[str]] = {}
    for line in (TESTS / "trust_rows.txt").read_text("utf-8").splitlines():
        if line.startswith(" "):
            found[next(reversed(found))].append(line.strip())
        else:
            assert line not in found, f"{line!r} stands there twice"
            found[line] = []
    return found


def kept_by(under: Sequence[str]) -> list[str]:
    """Return those entries that are names of tests."""
    return [entry for entry in under if not entry.startswith((NOT_HERE, OPEN))]


def trust_page() -> str:
    """Return the page: a row a promise, with the tests that keep it."""
    lines = [
        "# What Pluto withstands, and which test shows it",
        "",
        "Each row is a promise about hostile miners, pages and clients, about data, and about the process. The tests beside it",
        "fail when it is broken. `make trust` runs them and prints the figures they saw beside their limits.",
        "Made by `python tests/trust_rows.py`; a test fails when it is out of date or names a test that is not there.",
    ]
    for number, title in SECTIONS.items():
        lines += ["", f"## {number} {title}", "", "| Promise | Kept by |", "|---|---|"]
        lines += [
            f"| {row} | {'<br>'.join(map(_shown, under))} |" for row, under in trust_rows().items() if section_of(row) == number
        ]
    return "\n".join(lines) + "\n"


def number_of(row: str) -> str:
    """Return the number of a promise: `11.10`."""
    return row.split(maxsplit=1)[0]


def section_of(row: str) -> str:
    """Return its section: `11`."""
    return number_of(row).split(".")[0]


def run(numbers: Sequence[str]) -> int:
    """Run the tests of the promises *numbers*, or of all, and print promise, tests, figures; return the exit code."""
    chosen = {row: under for row, under in trust_rows().items() if not numbers or number_of(row) in numbers}
    OUT.mkdir(exist_ok=True)
    figures = OUT / "trust.jsonl"
    figures.unlink(missing_ok=True)
    names = sorted({name for under in chosen.values() for name in kept_by(under)})
    nodes = [f"tests/{functions()[name]}::test_{name}" for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", f"--junitxml={OUT / 'trust.xml'}", "--timeout=12000", *nodes]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PLUTO_FIGURES": str(figures)}, check=False)
    seen = [json.loads(line) for line in figures.read_text("utf-8").splitlines()] if figures.exists() else []
    return _print(chosen, _ended(OUT / "trust.xml"), seen)


def _ended(report: Path) -> Mapping[str, str]:
    """Return of each test whether it passed, by its name without `test_`; of one with parameters the worst counts."""
    ended: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("name", "").split("[")[0].removeprefix("test_")
        tags = {child.tag for child in case}
        outcome = "FAILED" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "ok"
        ended[name] = min(outcome, ended.get(name, "ok"), key=["FAILED", "skipped", "ok"].index)
    return ended


def _print(chosen: Mapping[str, Sequence[str]], ended: Mapping[str, str], figures: Sequence[Mapping[str, Any]]) -> int:
    worst = 0
    for row, under in chosen.items():
        click.echo(row)
        for entry in under:
            outcome = "-" if entry not in kept_by(under) else ended.get(entry, "FAILED")
            worst |= outcome == "FAILED"
            click.echo(f"    {outcome:<8} {entry.replace('_', ' ')}")
        for figure in figures:
            if figure["line"] == number_of(row):
                is_well, text = _compared(figure)
                worst |= not is_well
                click.echo(f"    {'ok' if is_well else 'OVER':<8} {text}")
    return int(worst)


def _compared(figure: Mapping[str, Any]) -> tuple[bool, str]:
    seen, limit = float(figure["seen"]), float(figure["limit"])
    is_well = seen >= -limit if limit < 0 else seen <= limit
    return is_well, f"{_number(seen)} {figure['unit']} (at {'least' if limit < 0 else 'most'} {_number(abs(limit))})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"


def _shown(entry: str) -> str:
    if entry.startswith((NOT_HERE, OPEN)):
        return entry
    return f"`{functions().get(entry, '?')}` {entry.replace('_', ' ')}"


if __name__ == "__main__":
    if "--run" in sys.argv:
        sys.exit(run(sys.argv[2:]))
    PAGE.write_text(trust_page(), encoding="utf-8")
