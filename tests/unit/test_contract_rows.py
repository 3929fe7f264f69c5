"""Every promise of the contract names a test that exists."""

import pytest

from contract_rows import NOT_HERE, PAGE, functions, page, rows


@pytest.mark.parametrize("row", rows())
def test_every_promise_is_kept_by_a_test_that_exists(row: str) -> None:
    under = rows()[row]
    assert under
    assert [name for name in under if name not in functions() and not name.startswith(NOT_HERE)] == []


def test_every_section_of_the_contract_and_every_known_fault_has_its_rows() -> None:
    sections = {row.split()[0] for row in rows()}
    expected = {f"A.{n}" for n in range(1, 9)} | set("BCEHIJKLMR") | {"D", "D.1", "D.2", "D.3", "G.1", "G.2", "G.3"}
    assert expected | {f"F.{n}" for n in range(1, 6)} <= sections
    assert {int(row.split()[1]) for row in rows() if row.startswith("L ")} == set(range(1, 47))


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == page()
