import pytest

from pluto.model.json_value import Json, JsonObject
from pluto.model.match import Query, matches

DEVICE: JsonObject = {"mac": "02:AA:00:00:00:BB", "ip": "10.0.0.15", "info": {"hostname": "Garage-01"}}


@pytest.mark.parametrize(
    ("way", "part", "is_meant"),
    [
        ("left", "00:bb", True), ("left", "02:aa", False),
        ("right", "02:aa", True), ("right", "00:bb", False),
        ("both", "aa:00", True), ("both", "cc", False),
        ("none", "02:aa:00:00:00:bb", True), ("none", "02:aa", False),
    ],
)  # fmt: skip
def test_each_way_means_what_it_says(way: str, part: str, is_meant: bool) -> None:
    assert matches(DEVICE, Query(macs=[part], partial_macs=way)) is is_meant


@pytest.mark.parametrize(
    ("query", "is_meant"),
    [
        (Query(), True),
        (Query(macs=["cc", "AA"]), True),
        (Query(macs=["aa"], ips=["10.0"], hostnames=["garage"]), True),
        (Query(macs=["aa"], ips=["192.168"], hostnames=["garage"]), False),
        (Query(hostnames=["attic", "01"], partial_hostnames="left"), True),
        (Query(ips=["10.0.0.1"], partial_ips="none"), False),
    ],
)
def test_lists_and_each_other_and_entries_or(query: Query, is_meant: bool) -> None:
    assert matches(DEVICE, query) is is_meant


@pytest.mark.parametrize("info", [None, [], {}, {"hostname": None}, {"hostname": 7}])
def test_who_has_no_name_is_not_meant_by_one(info: Json) -> None:
    assert not matches({**DEVICE, "info": info}, Query(hostnames=["g"]))
    assert matches({**DEVICE, "info": info}, Query(macs=["aa"]))
