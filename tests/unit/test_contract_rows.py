"""Every promise of the contract names a test that exists."""

import re

import pytest

from contract_rows import NOT_HERE, PAGE, functions, page, rows
from pluto.api.routes import ROUTES
from pluto.events.names import CLIENT_EVENTS, SERVER_EVENTS
from pluto.metrics.families import NAMED
from pluto.metrics.overview import NAMES
from pluto.settings import SETTINGS

CONTRACT_PATHS = ("devices", "presets", "dashboards", "metrics", "prometheus")


@pytest.mark.parametrize("row", rows())
def test_every_promise_is_kept_by_a_test_that_exists(row: str) -> None:
    under = rows()[row]
    assert under
    assert len(set(under)) == len(under)
    assert [name for name in under if name not in functions() and not name.startswith(NOT_HERE)] == []


def test_every_section_of_the_contract_has_as_many_rows_as_it_had() -> None:
    counts: dict[str, int] = {}
    for row in rows():
        section = row.split()[0]
        counts[section] = counts.get(section, 0) + 1
    assert counts == {
        "A.1": 12, "A.2": 12, "A.3": 11, "A.4": 3, "A.5": 5, "A.6": 10, "A.7": 8, "A.8": 19, "B": 18, "C": 13, "D": 1,
        "D.1": 24, "D.2": 6, "D.3": 12, "E": 22, "F.1": 13, "F.2": 10, "F.3": 1, "F.4": 1, "F.5": 12, "G.1": 5, "G.2": 7,
        "G.3": 5, "H": 9, "I": 25, "J": 17, "K": 13, "L": 46, "M": 7, "R": 11,
    }  # fmt: skip


def test_every_route_event_metric_and_fault_has_its_row() -> None:
    names = "\n".join(re.sub(r":(id|presetId)\b", r"{\1}", row) for row in rows())
    routes = [str(route) for route in ROUTES if route.path.split("/")[1] in CONTRACT_PATHS]
    faults = [f"L {number}" for number in range(1, 47)]
    words = [*routes, *SERVER_EVENTS, *CLIENT_EVENTS, *(family.suffix for family in NAMED), *NAMES, *faults]
    assert [word for word in words if word not in names] == []
    variables = [name for name in SETTINGS if not name.startswith("PLUTO_")]
    assert [name for name in variables if name not in names] == []


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == page()
