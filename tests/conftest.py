"""What every test may ask for: a place to write down a figure that was seen."""

import json
import os
from pathlib import Path

import pytest

from figures import Figure

FIGURES = Path(os.environ.get("PLUTO_FIGURES", Path(__file__).parents[1] / "out" / "trust.jsonl"))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Write figures down for `make trust`, which compares them: a test on a busy machine does not fail for being slow."""

    def write(line: str, seen: float, limit: float, unit: str) -> None:
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        test = request.node.name.split("[")[0].removeprefix("test_")
        with FIGURES.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"line": line, "test": test, "seen": seen, "limit": limit, "unit": unit}) + "\n")

    return write
