"""AxeOS 2.15: nothing of a pool is lost by a change to another, and no password becomes `x`."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pluto.axeos.pool_slots import with_pools
from pluto.model.json_value import JsonObject
from pluto.simulator.factory import new_pool
from pluto.simulator.miner import MinerState
from simulated_talk import info_of, new_miner, tell

FIRST: JsonObject = {"id": 0, "stratumURL": "a", "stratumPort": 1, "stratumUser": "u", "stratumTLS": 1}
SECOND: JsonObject = {"id": 3, "stratumURL": "b", "stratumPort": 2, "stratumUser": "v"}
BEFORE: JsonObject = {
    "pools": [FIRST, SECOND], "primaryPoolIndex": 0, "secondaryPoolIndex": 3, "stratumURL": "a", "stratumPort": 1,
    "stratumUser": "u", "fallbackStratumURL": "b",
}  # fmt: skip
KEPT = {"stratumPassword": "*****"}

SENT: list[tuple[dict[str, Any], list[dict[str, Any]] | None]] = [
    ({"frequency": 500}, None),
    ({"stratumURL": "a", "stratumPort": 1.0}, None),
    ({"stratumPassword": "*****"}, None),
    ({"stratumURL": "new"}, [{**KEPT, **FIRST, "stratumURL": "new"}]),
    ({"stratumPassword": "p"}, [{**FIRST, "stratumPassword": "p"}]),
    ({"fallbackStratumURL": "new"}, [{**KEPT, **SECOND, "stratumURL": "new"}]),
    ({"stratumTLS": 0}, [{**KEPT, **FIRST, "stratumTLS": 0}]),
    ({"primaryPoolIndex": 3, "stratumURL": "new"}, [{**KEPT, **SECOND, "stratumURL": "new"}]),
    ({"primaryPoolIndex": 5, "stratumURL": "new"}, [{**KEPT, "id": 5, "stratumURL": "new"}]),
    ({"pools": [FIRST, SECOND]}, None),
    ({"pools": [{**SECOND, **KEPT}]}, None),
    ({"pools": []}, None),
    ({"pools": [FIRST, SECOND], "stratumURL": "new"}, [{**KEPT, **FIRST, "stratumURL": "new"}]),
    ({"pools": [FIRST, {**SECOND, "stratumPort": 9}]}, [{**KEPT, **FIRST}, {**KEPT, **SECOND, "stratumPort": 9}]),
    (
        {"pools": [{**SECOND, "stratumPassword": "p"}], "stratumUser": "w"},
        [{**SECOND, "stratumPassword": "p"}, {**KEPT, **FIRST, "stratumUser": "w"}],
    ),
    ({"pools": [{"id": 6, "stratumURL": "c"}]}, [{**KEPT, "id": 6, "stratumURL": "c"}]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "pools"), SENT)
def test_what_goes_out_as_pools(asked: dict[str, Any], pools: list[dict[str, Any]] | None) -> None:
    rest = {name: value for name, value in asked.items() if name != "pools"}
    assert with_pools(asked, BEFORE, ()) == (rest if pools is None else rest | {"pools": pools})


def test_a_preset_goes_into_its_slot_even_where_nothing_seems_to_change() -> None:
    asked: JsonObject = {"stratumURL": "a", "pools": [FIRST, SECOND]}
    assert with_pools(asked, BEFORE, ["stratumURL"]) == {"stratumURL": "a", "pools": [{**KEPT, **FIRST}]}


def test_a_pool_that_waits_for_a_restart_is_not_taken_back_by_an_info_that_comes_back_whole() -> None:
    waiting: JsonObject = {**BEFORE, "pools": [{**FIRST, "stratumURL": "new"}, SECOND]}
    assert "pools" not in with_pools(waiting, waiting, ())
    assert with_pools({"stratumURL": "a"}, waiting, ()) == {"stratumURL": "a", "pools": [{**KEPT, **FIRST}]}


@pytest.mark.parametrize("pools", [None, "x", [1], [{"stratumURL": "a"}]])
def test_what_is_no_list_of_pools_goes_out_as_given(pools: Any) -> None:
    assert with_pools({"pools": pools}, BEFORE, ()) == {"pools": pools}


WORDS = ("a.example", "b.example", "c.example")


def a_change(chance: Random, miner: MinerState) -> dict[str, Any]:
    """Return what a user may send: fields, pools, or a whole info that came back with some of it changed."""
    asked: dict[str, Any] = info_of(miner) if chance.random() < 0.5 else {}
    for field in ("stratumURL", "stratumUser", "stratumPassword", "fallbackStratumURL", "fallbackStratumPassword"):
        if chance.random() < 0.3:
            asked[field] = chance.choice(WORDS)
    for field, values in (("stratumPort", range(1, 65536)), ("primaryPoolIndex", (0, 2)), ("frequency", range(400, 600))):
        if chance.random() < 0.2:
            asked[field] = chance.choice(values)
    if chance.random() < 0.3:
        asked["pools"] = [an_entry(chance, slot) for slot in chance.sample(range(3), chance.randrange(3))]
    return asked


def an_entry(chance: Random, slot: int) -> dict[str, Any]:
    entry = {"id": slot, "stratumURL": chance.choice(WORDS), "stratumPort": 1, "stratumUser": chance.choice(WORDS)}
    return entry | ({"stratumPassword": chance.choice([*WORDS, "*****"])} if chance.random() < 0.5 else {})


def passwords_meant(passwords: dict[int, str], asked: dict[str, Any], miner: MinerState) -> dict[int, str]:
    """Return the passwords as a user who asks for *asked* means them."""
    stored: dict[str, Any] = dict(miner.stored)
    primary = asked.get("primaryPoolIndex", stored["primaryPoolIndex"])
    meant = dict(passwords)
    for pool in asked.get("pools", ()):
        if pool.get("stratumPassword", "*****") != "*****":
            meant[pool["id"]] = pool["stratumPassword"]
    for field, slot in (("stratumPassword", primary), ("fallbackStratumPassword", stored["secondaryPoolIndex"])):
        if field in asked:
            meant[slot] = asked[field]
    return meant


def pools_of(miner: MinerState) -> dict[int, dict[str, Any]]:
    pools: Any = miner.stored["pools"]
    return {pool["id"]: pool for pool in pools}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_other_pools_and_kept_passwords_survive_a_hundred_changes(seed: int) -> None:
    chance, miner = Random(seed), new_miner("axeos-2.15")
    passwords = {slot: f"secret{slot}" for slot in (0, 1, 2, 7)}
    pools: Any = [
        new_pool(slot, {"stratumURL": "old.example", "stratumUser": "u", "stratumPassword": password})
        for slot, password in passwords.items()
    ]
    miner.stored["pools"] = pools
    miner.boot()
    untouched = dict(pools_of(miner)[7])
    for _ in range(100):
        asked = a_change(chance, miner)
        passwords = passwords_meant(passwords, asked, miner)
        assert not {"ignored by firmware", "refused"} & set(tell(miner, asked).values())
        assert {slot: pool["stratumPassword"] for slot, pool in pools_of(miner).items()} == passwords
        assert pools_of(miner)[7] == untouched
        if chance.random() < 0.1:
            miner.boot()
