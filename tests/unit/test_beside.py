"""What a miner tells beside a reading: its pools and why shares were rejected."""

import pytest

from pluto.axeos.beside import PoolSet, Rejected, pools_of, rejections_of
from pluto.model.json_value import Json, JsonObject


@pytest.mark.parametrize(
    ("url", "port", "address"),
    [
        ("pool.example", 3333, "pool.example:3333"),
        ("stratum+tcp://pool.example:4444/x", 3333, "pool.example:4444"),
        ("pool.example", None, "pool.example"),
        ("pool.example", True, "pool.example"),
    ],
)
def test_a_pool_is_told_by_host_and_port(url: str, port: int | None, address: str) -> None:
    assert pools_of({"stratumURL": url, "stratumPort": port, "stratumUser": "bc1q.a"}) == [PoolSet("primary", address, "bc1q.a")]


def test_a_fallback_that_is_not_set_is_not_there() -> None:
    assert [pool.role for pool in pools_of({"stratumURL": "a.example", "fallbackStratumURL": ""})] == ["primary"]


def test_reasons_come_with_the_most_frequent_first_and_nonsense_is_left_out() -> None:
    said: JsonObject = {
        "sharesRejectedReasons": [{"message": "Stale", "count": 2}, {"message": "Above target", "count": 9}, {"count": 3}, 7]
    }
    assert rejections_of(said) == [Rejected("Above target", 9), Rejected("Stale", 2)]


@pytest.mark.parametrize("nonsense", [None, 7, "x", [], [7, None, {}], {}, True])
def test_whatever_a_miner_says_is_survived(nonsense: Json) -> None:
    info: JsonObject = dict.fromkeys(("stratumURL", "stratumPort", "stratumUser", "sharesRejectedReasons"), nonsense)
    assert len(pools_of(info)) <= 1
    assert rejections_of(info) == []
