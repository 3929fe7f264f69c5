"""Every promise of trust names a test that exists."""

import pytest

from contract_rows import NOT_HERE, functions
from trust_rows import OPEN, PAGE, kept_by, number_of, section_of, trust_page, trust_rows

LAST = {"1": 3, "2": 11, "3": 8, "4": 7, "5": 15, "6": 5, "7": 6, "8": 5, "9": 4, "10": 5, "11": 12, "12": 9, "13": 5}
"""The last line of each section: none between is missing."""
ANSWERS = 12
"""Kinds of bad input in section 9, which have no number of their own."""


@pytest.mark.parametrize("row", trust_rows())
def test_every_line_of_trust_is_kept_by_a_test_that_exists(row: str) -> None:
    under = trust_rows()[row]
    assert under
    assert len(set(under)) == len(under)
    assert [name for name in kept_by(under) if name not in functions()] == []
    assert all(len(entry) > len(NOT_HERE) for entry in under)


def test_no_line_of_trust_is_missing() -> None:
    numbers = [number_of(row) for row in trust_rows()]
    assert numbers.count("9") == ANSWERS
    wanted = {f"{section}.{line}" for section, last in LAST.items() for line in range(1, last + 1)} | {"2.4a", "9"}
    assert set(numbers) == wanted
    assert [number for number in numbers if number != "9" and numbers.count(number) > 1] == []
    assert {section_of(row) for row in trust_rows()} == set(LAST)


def test_what_is_open_is_named_in_the_page_of_trust() -> None:
    assert PAGE.read_text("utf-8").count(OPEN) == sum(
        entry.startswith(OPEN) for under in trust_rows().values() for entry in under
    )


def test_the_page_of_trust_is_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == trust_page()
