"""Figures that tests see: written down for `make trust`, which compares them; no test fails for being slow."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

FIGURES: Final = Path(os.environ.get("PLUTO_FIGURES", Path(__file__).parents[1] / "out" / "trust.jsonl"))

Figure = Callable[[str, float, float, str], None]
"""Called with the line of `trust_rows.txt`, what was seen, the limit and the unit; a negative limit is the least it may be."""


def figures_of(test: str) -> Figure:
    """Return what writes down the figures of *test*."""

    def write(line: str, seen: float, limit: float, unit: str) -> None:
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        with FIGURES.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"line": line, "test": test, "seen": seen, "limit": limit, "unit": unit}) + "\n")

    return write
