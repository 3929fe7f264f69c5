"""Each firmware is told in its own words, and what came of it is told to the user."""

import json
from pathlib import Path
from typing import Any

import pytest

from pluto.axeos.dialect import Order, Write, latest, writes
from pluto.axeos.firmware import Dialect, Firmware, firmware_of
from pluto.axeos.read_back import not_applied
from pluto.model.json_value import JsonObject
from pluto.model.secret import without_secrets
from simulated_talk import info_of, new_miner, tell

FIXTURES = Path(__file__).parents[1] / "fixtures" / "axeos"
OLD, UNCHECKED, CHECKED, RUNNING, POOLED = "axeos-2.4", "axeos-2.9", "axeos-2.12", "axeos-2.14", "axeos-2.15"
NERD, NMAXE = "nerdqaxe-1.0.36", "nmaxe-2.9"
RESTART, IGNORED, REFUSED, UNVERIFIED = "restart needed", "ignored by firmware", "refused", "not verified"
POOL = {"stratumURL": "pool.example", "stratumPort": 4444, "stratumPassword": "hunter22"}


def fixture(name: str) -> JsonObject:
    return without_secrets(json.loads((FIXTURES / f"{name}.json").read_text("utf-8")))


@pytest.mark.parametrize(
    ("name", "firmware"),
    [
        ("bitaxe_ultra-2.0.4", Firmware(Dialect.FLAT, (2, 0))),
        ("bitaxe_gamma-2.12.2", Firmware(Dialect.FLAT, (2, 12))),
        ("zyber_8g-2.9.0", Firmware(Dialect.FLAT, (2, 9))),
        ("bitforge_nano-1.5", Firmware(Dialect.FLAT, (2, 6))),
        ("luckyminer_lv08-1.2.0", Firmware(Dialect.FLAT, (2, 1))),
        ("bitaxe_gt-2.15.0", Firmware(Dialect.POOLS, (2, 15))),
        ("nerdaxe-1.0.14", Firmware(Dialect.NERDQAXE)),
        ("nerdoctaxe_gamma-1.0.37", Firmware(Dialect.NERDQAXE)),
        ("nmqaxe-2.9.31", Firmware(Dialect.NMAXE)),
    ],
)
def test_the_shape_of_an_answer_tells_the_dialect(name: str, firmware: Firmware) -> None:
    assert firmware_of(fixture(name)) == firmware


def test_an_empty_list_of_pools_or_one_without_ids_is_no_dialect_of_pools() -> None:
    assert firmware_of({"pools": []}).dialect is Dialect.FLAT
    assert firmware_of({"pools": [{"stratumURL": "x"}]}).dialect is Dialect.FLAT


def test_only_what_is_given_goes_out_as_given_minus_our_two_lists() -> None:
    asked: JsonObject = {"frequency": "525", "odd": [1], "frequencyOptions": [], "coreVoltageOptions": None, "temp": 3.5}
    assert writes(Order(asked), fixture("bitaxe_gamma-2.12.2")) == [
        Write("/api/system", {"frequency": "525", "odd": [1], "temp": 3.5}, ["frequency", "odd", "temp"])
    ]


def test_a_firmware_that_was_exchanged_is_told_in_the_words_it_speaks_now() -> None:
    nested, flat = fixture("nmqaxe-2.9.31"), fixture("bitaxe_gamma-2.12.2")
    assert firmware_of(latest(nested, flat)).dialect is Dialect.FLAT
    assert firmware_of(latest(flat, nested)).dialect is Dialect.NMAXE
    assert firmware_of(latest(nested, {"macAddr": "02:00:00:00:00:01"})).dialect is Dialect.NMAXE
    assert latest({"pools": [{"id": 0}]}, {"hostname": "x"}) == {"pools": [{"id": 0}], "hostname": "x"}


TOLD: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (OLD, {"frequency": 500, "coreVoltage": 1150}, {}),
    (OLD, {"hostname": "new"}, {"hostname": RESTART}),
    (OLD, {"hostname": "garage-01"}, {}),
    (OLD, {"stratumPort": "3333"}, {"stratumPort": IGNORED}),
    (OLD, {"manualFanSpeed": 40}, {"manualFanSpeed": IGNORED}),
    (OLD, POOL, dict.fromkeys(POOL, RESTART)),
    (UNCHECKED, {"stratumPort": "3333"}, {"stratumPort": IGNORED}),
    (UNCHECKED, {"stratumURL": "public-pool.io", "rotation": 90}, {"rotation": RESTART}),
    (UNCHECKED, {"ssid": "other", "wifiPass": "hunter22"}, {"ssid": RESTART, "wifiPass": RESTART}),
    (UNCHECKED, {"pools": [{"id": 0}], "jobInterval": 7}, {"pools": IGNORED, "jobInterval": IGNORED}),
    (CHECKED, {"frequency": 512.5, "autofanspeed": False, "manualFanSpeed": 40}, {}),
    (CHECKED, {"frequency": 500, "temptarget": 99}, {"frequency": REFUSED, "temptarget": REFUSED}),
    (CHECKED, {"fanspeed": 40, "hashRate": 9999, "uptimeSeconds": 1}, {}),
    (RUNNING, {"hostname": "new", "stratumURL": "pool.example"}, {"stratumURL": RESTART}),
    (RUNNING, {"stratumURL": "public-pool.io", "fallbackStratumPort": 3333}, {}),
    (NERD, {"stratumURL": "pool.example", "hostname": "new", "frequency": 600, "flipscreen": True}, {}),
    (NERD, {"frequency": 525.5, "flipscreen": 1}, {"frequency": IGNORED, "flipscreen": IGNORED}),
    (NERD, {"stratumPassword": "hunter22"}, {"stratumPassword": UNVERIFIED}),
    (NMAXE, {"coreVoltage": 1175, "hostname": "new"}, {}),
    (NMAXE, {"frequency": 500, **POOL}, {"frequency": RESTART, **dict.fromkeys(POOL, RESTART)}),
    (NMAXE, {"autofanspeed": 0, "manualFanSpeed": 40}, {"autofanspeed": UNVERIFIED, "manualFanSpeed": UNVERIFIED}),
    (NMAXE, {"overheat_mode": 0, "fallbackStratumPort": 3333}, {"overheat_mode": IGNORED, "fallbackStratumPort": IGNORED}),
    (
        NMAXE,
        {"fallbackStratumURL": "b.example", "fallbackStratumPort": 1},
        {"fallbackStratumURL": RESTART, "fallbackStratumPort": RESTART},
    ),
    (NMAXE, {"stratumURL": "public-pool.io", "stratumPort": 21496}, {}),
    (POOLED, POOL, dict.fromkeys(POOL, RESTART)),
    (POOLED, {"stratumURL": "public-pool.io", "stratumPort": 21496, "hostname": "new.local", "stratumPassword": "*****"}, {}),
    (POOLED, {"pools": [{"id": 4, "stratumURL": "d", "stratumPort": 1, "stratumUser": "u"}]}, {"pools": RESTART}),
    (POOLED, {"stratumPort": 0}, {"stratumPort": REFUSED}),
    (POOLED, {"primaryPoolIndex": 1, "fallbackStratumUser": "me"}, {"primaryPoolIndex": RESTART, "fallbackStratumUser": RESTART}),
]


@pytest.mark.parametrize(("profile", "asked", "missed"), TOLD)
def test_what_does_not_hold_is_told_by_its_name_and_reason(profile: str, asked: dict[str, Any], missed: dict[str, str]) -> None:
    assert tell(new_miner(profile), asked) == missed


@pytest.mark.parametrize("profile", [OLD, UNCHECKED, CHECKED, RUNNING, POOLED, NERD, NMAXE])
def test_an_info_that_comes_back_whole_asks_for_nothing(profile: str) -> None:
    miner = new_miner(profile)
    before = {**miner.stored, "fanspeed": None}
    assert tell(miner, {**info_of(miner), "frequencyOptions": [], "coreVoltageOptions": []}) == {}
    assert {**miner.stored, "fanspeed": None} == before  # up to 2.10 this reading has the name of a setting


@pytest.mark.parametrize("profile", [OLD, UNCHECKED, CHECKED, RUNNING, NERD])
def test_a_preset_lands_in_the_flat_fields(profile: str) -> None:
    miner = new_miner(profile)
    tell(miner, POOL, tuple(POOL))
    assert {name: miner.stored[name] for name in POOL} == POOL


def test_a_preset_lands_in_the_url_of_an_nmaxe() -> None:
    miner = new_miner(NMAXE)
    tell(miner, POOL, tuple(POOL))
    assert (miner.stored["stratumURL"], miner.stored["stratumPassword"]) == ("stratum+tcp://pool.example:4444", "hunter22")
    assert miner.stored["fallbackStratumURL"] == "stratum+tcp://solo.ckpool.org:3333"


NESTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"stratumPort": 1}, {"stratum": {"primary": {"url": "stratum+tcp://pool.example.com:1"}}}),
    ({"stratumURL": "a.example"}, {"stratum": {"primary": {"url": "stratum+tcp://a.example:3335"}}}),
    ({"stratumURL": "stratum+ssl://a.example:2"}, {"stratum": {"primary": {"url": "stratum+ssl://a.example:2"}}}),
    ({"stratumURL": "a:2", "stratumPort": 3}, {"stratum": {"primary": {"url": "stratum+tcp://a:3"}}}),
    ({"fallbackStratumURL": "a.example"}, {"stratum": {"fallback": {"url": "stratum+tcp://a.example"}}}),
    ({"stratumUser": "u", "fallbackStratumPassword": "p"}, {"stratum": {"primary": {"user": "u"}, "fallback": {"pwd": "p"}}}),
    ({"coreVoltage": 1200, "frequency": 500}, {"asicVcoreReq": 1200, "asicFreqReq": 500}),
]


@pytest.mark.parametrize(("asked", "body"), NESTED)
def test_an_nmaxe_is_told_on_its_page_of_mining(asked: dict[str, Any], body: dict[str, Any]) -> None:
    assert writes(Order(asked), fixture("nmqaxe-2.9.31")) == [Write("/api/setting/mining", body, list(asked))]


def test_an_nmaxe_hears_page_by_page_and_last_what_may_take_it_elsewhere() -> None:
    asked: JsonObject = {
        "ssid": "s",
        "wifiPass": "w",
        "autofanspeed": 0,
        "temptarget": 55,
        "frequency": 500,
        "temp": 3,
        "flipscreen": 1,
    }
    assert writes(Order(asked), fixture("nmqaxe-2.9.31")) == [
        Write("/api/setting/mining", {"asicFreqReq": 500}, ["frequency"]),
        Write(
            "/api/setting/preference",
            {"fans": [{"id": 0, "auto": 0, "target": 55}], "screenFlip": 1},
            ["autofanspeed", "temptarget", "flipscreen"],
        ),
        Write("/api/setting/network", {"ssid": "s", "wifiPass": "w"}, ["ssid", "wifiPass"]),
    ]


def rows(asked: JsonObject, before: JsonObject, after: JsonObject | None) -> dict[str, str]:
    return {row.field: row.reason.value for row in not_applied(Order(asked), before, after)}


def test_without_a_read_back_nothing_is_verified_and_passwords_wait_for_the_restart() -> None:
    asked: JsonObject = {"stratumURL": "new", "frequency": 500, "wifiPass": "w", "temp": 3}
    assert rows(asked, fixture("bitaxe_gamma-2.12.2"), None) == {
        "stratumURL": UNVERIFIED, "frequency": UNVERIFIED, "wifiPass": RESTART,
    }  # fmt: skip


def test_a_firmware_of_unknown_age_may_show_the_new_value_late() -> None:
    info: JsonObject = {"ASICModel": "BM1370", "hostname": "a", "stratumURL": "p", "frequency": 485}
    assert rows({"hostname": "b", "stratumURL": "q", "frequency": 500}, info, info) == {
        "hostname": RESTART, "stratumURL": RESTART, "frequency": IGNORED,
    }  # fmt: skip


def test_of_a_fan_what_can_be_set_counts() -> None:
    info = fixture("nerdoctaxe_gamma-1.0.37")
    fans = json.loads(json.dumps(info["fans"]))
    fans[1] |= {"rpm": 1, "speedPerc": 2}
    assert rows({"fans": fans}, info, info) == {}
    fans[1]["manualSpeed"] = 41
    assert rows({"fans": fans}, info, info) == {"fans": IGNORED}
    assert rows({"fans": [*fans, {"mode": 1}]}, info, info | {"fans": fans}) == {"fans": IGNORED}


def test_printing_an_order_or_a_write_shows_no_value() -> None:
    order = Order({"wifiPass": "hunter22"})
    assert "hunter22" not in f"{order} {order!r} {writes(order, {})}"
