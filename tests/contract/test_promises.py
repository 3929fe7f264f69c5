"""The table of promises is whole: every row has a test that exists, every section its rows, the page says the same."""

import re
from itertools import chain

import pytest

from pluto.api.routes import ROUTES
from pluto.events.names import CLIENT_EVENTS, SERVER_EVENTS
from pluto.metrics.families import NAMED
from pluto.metrics.overview import NAMES
from promises import SECTIONS
from promises.page import PAGE, page, where
from promises.promise import Promise

ALL = list(chain.from_iterable(promises for _, _, promises in SECTIONS))
ROWS = {
    "A": 80, "B": 18, "C": 13, "D": 43, "E": 22, "F": 37, "G": 17, "H": 9, "I": 25, "J": 17, "K": 13, "L": 46, "M": 7, "R": 11,
}  # fmt: skip
"""How many rows each section has: one that gets lost is noticed."""


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_each_promise_is_kept_by_a_test_that_exists_or_says_who_keeps_it(row: Promise) -> None:
    assert row.text.endswith(".")
    assert bool(row.kept_by) is not bool(row.elsewhere)
    assert len(set(row.kept_by)) == len(row.kept_by)
    for test in row.kept_by:
        assert where(test)


def test_no_promise_is_lost_or_made_twice() -> None:
    assert {letter: len(promises) for letter, _, promises in SECTIONS} == ROWS
    names = [row.name for row in ALL]
    assert len(set(names)) == len(names)
    for letter, _, promises in SECTIONS:
        assert all(re.match(rf"{letter}(\.\d)? ", row.name) for row in promises), letter


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: PYTHONPATH=tests python -m promises"


def test_every_route_event_metric_and_fault_has_a_row() -> None:
    names = " ".join(row.name.replace(":id", "{id}").replace(":presetId", "{presetId}") for row in ALL)
    contract_routes = [route for route in ROUTES if route.path.split("/")[1] in ("devices", "presets", "dashboards", "metrics")]
    for word in (
        *(f"{route.method} {route.path}" for route in contract_routes),
        *SERVER_EVENTS, *CLIENT_EVENTS, *(family.suffix for family in NAMED), *NAMES, *(f"L {number}" for number in range(1, 47)),
    ):  # fmt: skip
        assert word in names, word
