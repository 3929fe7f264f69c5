import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metric_miners import ALICE, BOB, CAROL
from pluto.metrics.exposition import OUR_NAMESPACES
from pluto.metrics.families import SUFFIXES
from pluto.metrics.overview import NAMES
from pluto.model.miner import MacAddress, Miner
from pluto.model.names import NameBook, dashboard_name, log_files, metric_prefixes, sanitised

PREFIXES = metric_prefixes(SUFFIXES, NAMES, OUR_NAMESPACES)


@pytest.fixture
def book() -> NameBook:
    return NameBook(PREFIXES)


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("bitaxe", "bitaxe"),
        ("dash-bravo.x", "dash__bravo__x"),
        ("Under_Score9", "Under_Score9"),
        ("../../x", "____________x"),
        ("höhle", "h__hle"),
    ],
)
def test_every_character_that_is_no_letter_digit_or_underscore_becomes_two_underscores(hostname: str, expected: str) -> None:
    assert sanitised(hostname) == expected


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("dash-bravo.x", "dash__bravo__x"),
        ("1axe", "_1axe"),
        ("", "miner_020000aaaaaa"),
        (None, "miner_020000aaaaaa"),
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 64 + "_aaaaaa"),
        ("-" * 40, "_" * 64 + "_aaaaaa"),
        ("total", "total_aaaaaa"),
        ("hardware", "hardware_aaaaaa"),
        ("online", "online_aaaaaa"),
        ("pluto", "pluto_aaaaaa"),
        ("pluto-miner", "pluto__miner_aaaaaa"),
        ("process", "process_aaaaaa"),
        ("plutonium", "plutonium"),
        ("average", "average"),
        ("overview", "overview"),
    ],
)
def test_the_prefix_of_a_lone_miner(book: NameBook, hostname: str | None, expected: str) -> None:
    assert book.claim(ALICE, hostname) == [ALICE.mac]
    assert book.name(ALICE.mac) == expected


@pytest.mark.parametrize("order", [(ALICE, BOB), (BOB, ALICE)])
def test_of_two_with_one_name_the_miner_registered_first_has_it_short(book: NameBook, order: tuple[Miner, Miner]) -> None:
    for miner in order:
        book.claim(miner, "bitaxe")
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == ("bitaxe", "bitaxe_bbbbbb")


def test_names_that_sanitise_alike_are_one_name(book: NameBook) -> None:
    book.claim(ALICE, "rig-1")
    book.claim(BOB, "rig.1")
    assert book.name(BOB.mac) == "rig__1_bbbbbb"


@pytest.mark.parametrize(("first", "second"), [("x", "x_core"), ("x_core", "x"), ("x", "x_vr"), ("x_vr", "x")])
def test_prefixes_exclude_each_other_when_one_metric_name_would_be_both(book: NameBook, first: str, second: str) -> None:
    book.claim(ALICE, first)
    book.claim(BOB, second)
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == (first, f"{second}_bbbbbb")


def test_prefixes_that_only_begin_alike_live_together(book: NameBook) -> None:
    book.claim(ALICE, "pre")
    book.claim(BOB, "pre_two")
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == ("pre", "pre_two")


def test_a_renamed_miner_frees_its_old_name_and_only_it_moves(book: NameBook) -> None:
    book.claim(ALICE, "x")
    book.claim(BOB, "x")
    assert book.claim(ALICE, "y") == [ALICE.mac]
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == ("y", "x_bbbbbb")
    book.claim(CAROL, "x")
    assert book.name(CAROL.mac) == "x"


def test_a_miner_registered_later_gives_its_short_name_to_one_registered_before(book: NameBook) -> None:
    book.claim(BOB, "x")
    book.claim(ALICE, "y")
    assert set(book.claim(ALICE, "x")) == {ALICE.mac, BOB.mac}
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == ("x", "x_bbbbbb")


def test_the_others_keep_their_names_when_a_miner_is_forgotten(book: NameBook) -> None:
    book.claim(ALICE, "x")
    book.claim(BOB, "x")
    book.forget(ALICE.mac)
    assert book.name(ALICE.mac) is None
    assert book.name(BOB.mac) == "x_bbbbbb"


def test_a_kept_name_gives_way_to_a_watched_miner_and_comes_back_with_its_own(book: NameBook) -> None:
    book.claim(ALICE, "x")
    book.keep(ALICE.mac)
    assert book.name(ALICE.mac) == "x"
    book.claim(BOB, "x")
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == ("x_aaaaaa", "x")
    book.claim(ALICE, "x")
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == ("x", "x_bbbbbb")


def test_a_name_chosen_to_be_the_suffixed_name_of_another_is_no_obstacle(book: NameBook) -> None:
    book.claim(ALICE, "x_bbbbbb")
    book.claim(BOB, "pluto")
    book.claim(BOB, "x")
    book.claim(CAROL, "x")
    twin = Miner(MacAddress("04:00:00:bb:bb:bb"), None, 9)
    book.claim(twin, "x")
    assert book.name(twin.mac) == "x_040000bbbbbb"


def test_ten_thousand_of_one_name_cost_a_step_or_two_each(book: NameBook) -> None:
    moved = 0
    for order in reversed(range(10_000)):
        mac = MacAddress(f"02:00:00:{order >> 16:02x}:{order >> 8 & 255:02x}:{order & 255:02x}")
        moved += len(book.claim(Miner(mac, None, order), "bitaxe"))
    assert moved < 20_000


HOSTNAMES = st.sampled_from(
    ["x", "x_core", "x-", "x_vr", "x_core_vr", "total", "pluto", "", "9", "x_000001", "x_core_000001", "x" * 80]
)
STEPS = st.lists(st.tuples(st.sampled_from(["claim", "keep", "forget"]), st.integers(0, 5), HOSTNAMES), max_size=40)


@given(STEPS)
def test_whatever_happens_no_metric_name_has_two_owners(steps: list[tuple[str, int, str]]) -> None:
    book = NameBook(PREFIXES)
    # The last two end in the same six digits.
    miners = [Miner(MacAddress(f"{order // 5:02x}:00:00:00:00:{order % 5:02x}"), None, order) for order in range(6)]
    for step, place, hostname in steps:
        before = {miner.mac: book.name(miner.mac) for miner in miners}
        mac = miners[place].mac
        moved = book.claim(miners[place], hostname) if step == "claim" else [mac]
        if step == "keep":
            book.keep(mac)
        elif step == "forget":
            book.forget(mac)
        after = {miner.mac: book.name(miner.mac) for miner in miners}
        assert {mac for mac in before if before[mac] != after[mac]} <= set(moved)
        names = [f"{prefix}_{suffix}" for prefix in after.values() if prefix for suffix in SUFFIXES]
        assert len(names) == len(set(names))
        assert not set(names) & set(NAMES)
        assert all(re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name) for name in names)


@given(st.permutations(range(6)), st.lists(st.sampled_from(["x", "y", "x_core", ""]), min_size=6, max_size=6))
def test_at_the_start_the_order_of_watching_does_not_matter(order: list[int], hostnames: list[str]) -> None:
    miners = [Miner(MacAddress(f"02:00:00:00:00:{place:02x}"), None, place) for place in range(6)]
    one, other = NameBook(PREFIXES), NameBook(PREFIXES)
    for place in range(6):
        one.claim(miners[place], hostnames[place])
        other.claim(miners[order[place]], hostnames[order[place]])
    assert [one.name(miner.mac) for miner in miners] == [other.name(miner.mac) for miner in miners]


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("log-dash-01", "log-dash-01"),
        ("../../x", "___.._x"),
        ("a/b\\c", "a_b_c"),
        ("...", "___"),
        ("bell\x07\x1b[2J", "bell__[2J"),
        ("line\u2028end\u202e", "line_end_"),
        ("", "miner_020000aaaaaa"),
        (None, "miner_020000aaaaaa"),
        ("combined", "combined_aaaaaa"),
        ("h" * 64, "h" * 64),
        ("h" * 65, "h" * 64 + "_aaaaaa"),
    ],
)
def test_a_log_file_has_the_host_name_as_it_is_unless_it_would_leave_the_folder(hostname: str | None, expected: str) -> None:
    book = NameBook(log_files())
    book.claim(ALICE, hostname)
    assert book.name(ALICE.mac) == expected


def test_the_second_miner_of_a_name_has_a_log_file_of_its_own() -> None:
    book = NameBook(log_files())
    book.claim(ALICE, "bitaxe")
    book.claim(BOB, "bitaxe")
    assert (book.name(ALICE.mac), book.name(BOB.mac)) == ("bitaxe", "bitaxe_bbbbbb")


@given(st.text())
def test_a_log_file_is_always_inside_its_folder_and_short_enough_for_any_disk(hostname: str) -> None:
    book = NameBook(log_files())
    book.claim(ALICE, hostname)
    name = book.name(ALICE.mac)
    assert name is not None
    assert not re.search(r"[/\\\x00-\x1f\x7f-\x9f]", name)
    assert not name.startswith(".")
    assert len(f"{name}.log.99".encode()) <= 255


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        ("garage", "garage"),
        ("dash-bravo.x", "dash__bravo__x"),
        ("../../x", "____________x"),
        ("1axe", "1axe"),
        ("overview", "overview_aaaaaa"),
        ("total", "total_aaaaaa"),
        (None, "miner_020000aaaaaa"),
    ],
)
def test_a_dashboard_is_called_like_the_sanitised_host(book: NameBook, hostname: str | None, expected: str) -> None:
    book.claim(ALICE, hostname)
    prefix = book.name(ALICE.mac)
    assert prefix is not None
    assert dashboard_name(prefix, hostname, ALICE.mac) == expected
