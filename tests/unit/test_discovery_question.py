"""The query words of the discovery service: what its client writes is what its server reads."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pluto.discovery.question import discover_words, discovered_words, read_discover, read_discovered
from pluto.errors import BadRequest
from pluto.model.match import WAYS, Query

entries = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1).filter(lambda text: text == text.strip())
)
ways = st.sampled_from(sorted(WAYS))


def test_a_list_is_sent_only_when_it_has_entries_and_the_ways_always() -> None:
    assert discovered_words(Query()) == "partialMacs=both&partialIps=both&partialHostnames=both"
    words = discovered_words(Query(macs=["02:aa", "03:bb"], hostnames=["a&b+c/d%e f", "ü"], partial_ips="none"))
    assert words == (
        "macs=02:aa,03:bb&hostnames=a%26b%2Bc%2Fd%25e%20f,%C3%BC&partialMacs=both&partialIps=none&partialHostnames=both"
    )


@given(macs=entries, ips=entries, hostnames=entries, way=ways)
def test_every_query_arrives_as_it_was_meant(macs: list[str], ips: list[str], hostnames: list[str], way: str) -> None:
    query = Query(macs, ips, hostnames, partial_macs=way, partial_hostnames=way)
    pairs = parse_qsl(discovered_words(query), keep_blank_values=True, max_num_fields=6)
    assert read_discovered(pairs) == query


def test_one_way_for_all_lists_gives_way_to_a_specific_one() -> None:
    query = read_discovered([("partialMatch", "false"), ("partialIps", "left")])
    assert (query.partial_macs, query.partial_ips, query.partial_hostnames) == ("none", "left", "none")


@pytest.mark.parametrize(
    "pairs", [[("mac", "x")], [("partialMacs", "middle")], [("macs", "a"), ("macs", "b")], [("partialMatch", "1")]]
)
def test_words_that_mean_nothing_are_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(BadRequest):
        read_discovered(pairs)


def test_what_is_discovered_now_is_one_address_one_mac_or_everything() -> None:
    assert discover_words(None, None) == discover_words("", "") == ""
    assert discover_words("10.0.0.1:8080", "02:aa") == "ip=10.0.0.1:8080&mac=02:aa"
    assert read_discover([("ip", "10.0.0.1"), ("mac", "")]) == ("10.0.0.1", None)
    with pytest.raises(BadRequest, match="'ips' is not one of ip, mac"):
        read_discover([("ips", "10.0.0.1")])
