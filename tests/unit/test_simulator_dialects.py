"""Each firmware takes, refuses, wraps or ignores a write in its own way, and says what it has in its own words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pluto.simulator import routes
from pluto.simulator.factory import DEFAULT_PASSWORD, mac_address
from pluto.simulator.http import Framing, Reply, Request
from pluto.simulator.json_text import compact, number, tabbed
from pluto.simulator.miner import MinerState
from pluto.simulator.physics import Halt
from pluto.simulator.profiles import PROFILES
from pluto.simulator.simulated_miner import TOO_HOT_CELSIUS

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "axeos"
OLD, UNCHECKED, CHECKED, POOLED = "axeos-2.4", "axeos-2.9", "axeos-2.12", "axeos-2.15"
NERD, NMAXE = "nerdqaxe-1.0.36", "nmaxe-2.9"
NEW_POOL = {"id": 0, "stratumURL": "new.example", "stratumPort": 3334, "stratumUser": "somebody"}


def _miner(profile: str, *, is_aged: bool = False) -> MinerState:
    miner = MinerState(PROFILES[profile], "garage-01", mac_address(1, 0), 1)
    if is_aged:
        miner.age()
    return miner


def _ask(miner: MinerState, method: str, path: str, body: object = None, **headers: str) -> Reply:
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return routes.answer(routes.Served(miner, lambda: None), Request(method, path, named, data, b""))


def _patch(miner: MinerState, body: object, path: str = "/api/system", **headers: str) -> Reply:
    return _ask(miner, "PATCH", path, body, **headers)


def _info(miner: MinerState) -> dict[str, Any]:
    return dict(json.loads(routes.info_text(miner)))


TAKEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (OLD, {"fanspeed": -1}, {"fanspeed": 65535}),
    (OLD, {"frequency": 70000}, {"frequency": 4464}),
    (OLD, {"stratumPort": "3333"}, {"stratumPort": 0}),
    (UNCHECKED, {"fanspeed": -1}, {"fanspeed": 65535}),
    (UNCHECKED, {"stratumPort": "3333"}, {"stratumPort": 21496}),
    (UNCHECKED, {"stratumURL": 5, "stratumUser": "me"}, {"stratumURL": "public-pool.io", "stratumUser": "me"}),
    (UNCHECKED, {"overheat_mode": 1}, {"overheat_mode": 0}),
    (UNCHECKED, {"displayTimeout": -1}, {"displayTimeout": -1}),
    (UNCHECKED, {"manualFanSpeed": 40}, {"manualFanSpeed": 100}),
    (UNCHECKED, {"frequency": 500.9}, {"frequency": 500}),
    (CHECKED, {"fanspeed": 40}, {"fanspeed": 100}),
    (CHECKED, {"frequency": 512.5}, {"frequency": 512.5}),
    (CHECKED, {"autofanspeed": False}, {"autofanspeed": 0}),
    (CHECKED, {"stratumPassword": "secret"}, {"stratumPassword": "secret"}),
    (CHECKED, {"unheard": 1}, {}),
    ("axeos-2.14", {"stratumURL": "new.example"}, {"stratumURL": "new.example"}),
    (POOLED, {"stratumURL": "new.example", "fallbackStratumPort": 1}, {"stratumURL": "public-pool.io"}),
    (POOLED, {"temptarget": 55, "hostname": "new.local"}, {"temptarget": 55, "hostname": "new"}),
    (NERD, {"frequency": 525.0}, {"frequency": 600}),
    (NERD, {"frequency": 525}, {"frequency": 525}),
    (NERD, {"frequency": 0, "coreVoltage": "1100"}, {"frequency": 600, "coreVoltage": 1150}),
    (NERD, {"flipscreen": 1, "invertscreen": True}, {"flipscreen": False, "invertscreen": True}),
    (NERD, {"stratum_keep": True, "autofanspeed": 3}, {"stratum_keep": 1, "autofanspeed": 2}),
    (NERD, {"stratumPort": True, "stratumURL": None, "stratumTLS": True}, {"stratumPort": 21496, "stratumTLS": True}),
    (NERD, {"fans": [{"mode": 0}], "stratumProtocol": 1, "manualFanSpeed": 55}, {"manualFanSpeed": 55}),
]


@pytest.mark.parametrize(("profile", "body", "stored"), TAKEN)
def test_a_write_is_answered_200_and_stored_as_this_firmware_reads_it(
    profile: str, body: dict[str, Any], stored: dict[str, Any]
) -> None:
    miner = _miner(profile)
    reply = _patch(miner, body)
    assert reply.status == "200 OK"
    assert {key: miner.stored[key] for key in stored} == stored


REFUSED: list[tuple[str, dict[str, Any]]] = [
    (CHECKED, {"frequency": 0}),
    (CHECKED, {"frequency": "525"}),
    (CHECKED, {"stratumPort": "3333"}),
    (CHECKED, {"stratumPort": True}),
    (CHECKED, {"temptarget": 67}),
    (CHECKED, {"hostname": ""}),
    (CHECKED, {"hostname": "n" * 33}),
    (CHECKED, {"hostname": None}),
    (CHECKED, {"overheat_mode": 1}),
    (CHECKED, {"autofanspeed": 2}),
    (CHECKED, {"display": "a television"}),
    (CHECKED, {"rotation": 45}),
    ("axeos-2.14", {"stratumProtocol": "SV3"}),
    (POOLED, {"pools": {}}),
    (POOLED, {"pools": [{"id": 8, "stratumURL": "a", "stratumPort": 1, "stratumUser": "b"}]}),
    (POOLED, {"pools": [{"stratumURL": "a", "stratumPort": 1, "stratumUser": "b"}]}),
    (POOLED, {"pools": [{"id": 0, "stratumURL": "", "stratumPort": 1, "stratumUser": "b"}]}),
    (POOLED, {"pools": [{"id": 0, "stratumURL": "a", "stratumPort": 0, "stratumUser": "b"}]}),
    (POOLED, {"pools": [{"id": 0, "stratumURL": "a", "stratumPort": 1}]}),
    (POOLED, {"pools": [NEW_POOL | {"stratumTLS": 3}]}),
    (POOLED, {"primaryPoolIndex": 8}),
]


@pytest.mark.parametrize(("profile", "body"), REFUSED)
def test_from_2_11_on_one_bad_field_refuses_the_whole_write(profile: str, body: dict[str, Any]) -> None:
    miner = _miner(profile)
    before = dict(miner.stored)
    reply = _patch(miner, {"temptarget": 50} | body)
    assert (reply.status, reply.body, reply.has_cors) == ("400 Bad Request", b"Wrong API input", False)
    assert miner.stored == before


@pytest.mark.parametrize("profile", [OLD, CHECKED, POOLED, NERD])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null"])
def test_a_body_that_is_no_object_is_refused(profile: str, body: bytes) -> None:
    reply = _ask(_miner(profile), "PATCH", "/api/system", body)
    assert (reply.status, reply.body) == ("400 Bad Request", b"Invalid JSON")


@pytest.mark.parametrize(
    ("profile", "text"), [(CHECKED, b"content too long"), (NERD, b"content too long"), (NMAXE, b"Content too long")]
)
def test_a_body_above_the_limit_is_refused(profile: str, text: bytes) -> None:
    path = "/api/setting/mining" if profile == NMAXE else "/api/system"
    reply = _patch(_miner(profile), b'{"a":"' + b"x" * 10240 + b'"}', path)
    assert (reply.status, reply.body) == ("500 Internal Server Error", text)


@pytest.mark.parametrize("profile", [OLD, UNCHECKED, CHECKED, "axeos-2.14", POOLED])
def test_a_pool_of_axeos_acts_after_a_restart_and_the_frequency_at_once(profile: str) -> None:
    miner = _miner(profile)
    _patch(miner, {"stratumURL": "new.example", "pools": [NEW_POOL], "frequency": 450})
    assert miner.running["frequency"] == 450
    assert miner.physics.tuning.frequency_mhz == 450
    is_shown_at_once = not PROFILES[profile].is_at_least(2, 14)
    assert (_info(miner)["stratumURL"] == "new.example") is is_shown_at_once
    miner.boot()
    assert _info(miner)["stratumURL"] == "new.example"


@pytest.mark.parametrize(("profile", "is_at_once"), [(CHECKED, False), ("axeos-2.14", True)])
def test_the_host_name_acts_at_once_from_2_14_on(profile: str, is_at_once: bool) -> None:
    miner = _miner(profile)
    _patch(miner, {"hostname": "new"})
    assert (miner.running["hostname"] == "new") is is_at_once


def test_nerdqaxe_takes_a_pool_at_once() -> None:
    miner = _miner(NERD)
    assert _patch(miner, {"stratumURL": "new.example"}).framing is Framing.CHUNKED
    assert miner.running["stratumURL"] == "new.example"


def test_a_pool_object_of_2_15_replaces_its_slot_and_only_stars_keep_the_password() -> None:
    miner = _miner(POOLED)
    _patch(miner, {"pools": [NEW_POOL | {"stratumPassword": "secret", "stratumTLS": 1}]})
    assert _slot(miner, 0)["stratumPassword"] == "secret"
    _patch(miner, {"pools": [NEW_POOL | {"stratumPassword": "*****"}]})
    assert (_slot(miner, 0)["stratumPassword"], _slot(miner, 0)["stratumTLS"]) == ("secret", 0)
    _patch(miner, {"pools": [NEW_POOL]})
    assert _slot(miner, 0)["stratumPassword"] == DEFAULT_PASSWORD
    assert _slot(miner, 1)["stratumURL"] == "solo.ckpool.org"
    assert [pool["stratumPassword"] for pool in _info(miner)["pools"]] == ["*****", "*****"]


def test_pools_of_2_15_can_be_put_and_deleted_one_by_one() -> None:
    miner = _miner(POOLED)
    pool = {key: value for key, value in NEW_POOL.items() if key != "id"}
    assert _ask(miner, "PUT", "/api/system/pools/3", pool).status == "200 OK"
    assert [entry["id"] for entry in _info(miner)["pools"]] == [0, 1, 3]
    assert _ask(miner, "PUT", "/api/system/pools/8", pool).status == "400 Bad Request"
    assert _ask(miner, "PUT", "/api/system/pools/2", {}).status == "400 Bad Request"
    assert _ask(miner, "DELETE", "/api/system/pools/0").status == "400 Bad Request"
    assert _ask(miner, "DELETE", "/api/system/pools/1").status == "400 Bad Request"
    assert _ask(miner, "DELETE", "/api/system/pools/3").status == "200 OK"
    assert [entry["id"] for entry in _info(miner)["pools"]] == [0, 1]
    assert _ask(_miner(CHECKED), "PUT", "/api/system/pools/3", pool).status == "404 Not Found"


def _slot(miner: MinerState, slot: int) -> dict[str, Any]:
    pools = miner.stored["pools"]
    assert isinstance(pools, list)
    return next(pool for pool in pools if isinstance(pool, dict) and pool["id"] == slot)


def test_2_15_answers_with_a_redirect_only_when_the_host_name_changed() -> None:
    miner = _miner(POOLED)
    assert _patch(miner, {"hostname": "garage-01"}).body == b""
    assert json.loads(_patch(miner, {"hostname": "new"}).body)["redirect"] == "http://new.local/"


def test_a_code_is_asked_for_while_otp_is_on_and_five_failures_block() -> None:
    miner = _miner(NERD)
    miner.otp_code = "123456"
    now_s = [1000.0]
    miner.clock = lambda: now_s[0]
    assert _info(miner)["otp"] is True
    assert _patch(miner, {"frequency": 525}, X_TOTP="123456").status == "200 OK"
    for _ in range(5):
        assert _patch(miner, {"frequency": 400}).body == b"OTP/Session required"
    assert _patch(miner, {"frequency": 400}, X_TOTP="123456").body == b"blocked for 5 minutes"
    assert miner.stored["frequency"] == 525
    now_s[0] += 301
    assert _patch(miner, {"frequency": 400}, X_TOTP="123456").status == "200 OK"


def test_nmaxe_has_routes_of_its_own_and_one_handler_for_all_of_them() -> None:
    miner = _miner(NMAXE)
    assert _patch(miner, {"frequency": 400}).status == "404 Not Found"
    body = {"stratum": {"primary": {"url": "stratum+tcp://new:1", "user": "me"}}, "asicVcoreReq": 1100, "asicFreqReq": 450}
    assert _patch(miner, body, "/api/setting/mining").body == b'{"status":"success"}'
    assert (miner.running["coreVoltage"], miner.running["frequency"]) == (1100, 525)
    assert (_info(miner)["asic"]["freqReq"], _info(miner)["stratum"]["url"]) == (450, "stratum+tcp://public-pool.io:21496")
    miner.boot()
    assert miner.running["frequency"] == 450
    assert _info(miner)["stratum"] == {"url": "stratum+tcp://new:1", "user": "me", "pwd": "x"}
    shown = json.loads(_ask(miner, "GET", "/api/setting/mining").body)
    assert shown["stratum"]["primary"]["url"] == "stratum+tcp://new:1"
    assert _patch(miner, {"hostname": "new"}, "/api/setting/network").status == "200 OK"
    fan = {"fans": [{"id": 0, "auto": 0, "speed": 35}]}
    assert _patch(miner, fan, "/api/setting/preference").status == "200 OK"
    assert (_info(miner)["identity"]["hostName"], miner.physics.tuning.fan_percent) == ("new", 35.0)
    assert _patch(miner, b"{", "/api/setting/mining").body == b'{"status":"error","message":"Invalid JSON"}'


@pytest.mark.parametrize(
    ("profile", "method", "path", "body", "halt"),
    [
        ("axeos-2.14", "POST", "/api/system/pause", None, Halt.PAUSED),
        (POOLED, "POST", "/api/system/pause", None, Halt.PAUSED),
        (NERD, "POST", "/api/system/shutdown", None, Halt.SHUT_DOWN),
        (NMAXE, "PATCH", "/api/mining/state", {"paused": True}, Halt.PAUSED),
    ],
)
def test_a_paused_miner_does_no_work_until_it_is_resumed_or_restarted(
    profile: str, method: str, path: str, body: object, halt: Halt
) -> None:
    miner = _miner(profile, is_aged=True)
    assert _ask(miner, method, path, body).status == "200 OK"
    assert (miner.now().halt, miner.physics.hashrate_ghs) == (halt, 0.0)
    miner.boot()
    assert miner.physics.halt is Halt.NONE


def test_what_a_release_does_not_have_yet_is_an_unknown_route() -> None:
    for profile, path in (("axeos-2.13", "/api/system/pause"), ("axeos-2.10", "/api/system/identify")):
        assert _ask(_miner(profile), "POST", path).body == b'{"error":"unknown route"}'
    assert _ask(_miner("axeos-2.12"), "POST", "/api/system/identify").status == "200 OK"
    for profile in (OLD, NERD):
        reply = _ask(_miner(profile), "GET", "/api/nothing")
        assert (reply.status, reply.location) == ("302 Temporary Redirect", "/")
    assert _ask(_miner(OLD), "GET", "/api/system/asic").status == "302 Temporary Redirect"


_NAMED = ["ASICModel", "deviceModel", "swarmColor", "asicCount"]
_CHOICES = ["defaultFrequency", "frequencyOptions", "defaultVoltage", "voltageOptions"]


@pytest.mark.parametrize(
    ("profile", "keys"),
    [
        ("axeos-2.7", ["ASICModel", "frequencyOptions", "voltageOptions"]),
        (UNCHECKED, [*_NAMED, *_CHOICES]),
        (POOLED, [*_NAMED, "hashDomains", *_CHOICES]),
    ],
)
def test_system_asic_has_what_its_release_has(profile: str, keys: list[str]) -> None:
    assert list(json.loads(_ask(_miner(profile), "GET", "/api/system/asic").body)) == keys


def test_too_hot_loses_the_settings_steps_down_or_switches_off() -> None:
    latched, stepped, off = _miner(UNCHECKED, is_aged=True), _miner(CHECKED, is_aged=True), _miner(NERD, is_aged=True)
    for miner in (latched, stepped, off):
        miner.now().heat_to(TOO_HOT_CELSIUS)
        miner.now()
    assert [latched.stored[key] for key in ("frequency", "coreVoltage", "fanspeed", "overheat_mode")] == [50, 1000, 100, 1]
    assert [stepped.stored[key] for key in ("frequency", "coreVoltage", "autofanspeed", "manualFanSpeed")] == [425, 1050, 0, 100]
    assert (_halt(stepped), _halt(off)) == (Halt.COOLING, Halt.SHUT_DOWN)
    for miner in (stepped, off):
        miner.physics.advance(miner.clock() + 60)
    assert (_halt(stepped), _halt(off)) == (Halt.NONE, Halt.SHUT_DOWN)


def _halt(miner: MinerState) -> Halt:
    return miner.physics.halt


@pytest.mark.parametrize("profile", list(PROFILES))
def test_an_info_is_json_of_its_firmware_while_booting_and_while_hashing(profile: str) -> None:
    for is_aged in (False, True):
        miner = _miner(profile, is_aged=is_aged)
        text = routes.info_text(miner)
        assert isinstance(json.loads(text), dict)
        is_tabbed = profile.startswith("axeos") and not PROFILES[profile].is_at_least(2, 14)
        assert text.startswith('{\n\t"power":\t' if is_tabbed else "{")
        assert ("\n" in text) is is_tabbed
        assert ".0," not in text
        assert "absent" not in text


@pytest.mark.parametrize(("profile", "kind"), [(OLD, str), ("axeos-2.10", str), (CHECKED, int), (POOLED, int), (NERD, int)])
def test_the_best_difficulty_is_text_before_2_11_and_a_number_after(profile: str, kind: type) -> None:
    assert type(_info(_miner(profile, is_aged=True))["bestDiff"]) is kind


@pytest.mark.parametrize("profile", list(PROFILES))
def test_what_is_kept_from_the_last_poll_never_shows(profile: str) -> None:
    miner = _miner(profile, is_aged=True)
    steps: list[tuple[str, Any]] = [
        ("wait", 5.0), ("patch", {"hostname": "new", "frequency": 450, "pools": [NEW_POOL], "stratumURL": "new.example"}),
        ("wait", 60.0), ("boot", None), ("wait", 2.0), ("move", "127.20.5.5:80"), ("wait", 100.0), ("wait", 1e6),
    ]  # fmt: skip
    at_s = miner.clock()
    for what, value in steps:
        match what:
            case "wait":
                at_s += value
                miner.clock = _standing_at(at_s)
            case "patch":
                _patch(miner, value, "/api/setting/mining" if profile == NMAXE else "/api/system")
            case "boot":
                miner.boot()
            case _:
                miner.live_at(value)
        assert routes.info_text(miner) == routes.written(miner.profile, routes.system_info(miner))


def _standing_at(at_s: float) -> Callable[[], float]:
    return lambda: at_s


def test_the_monitor_and_the_block_are_absent_until_the_first_job() -> None:
    assert not {"hashrateMonitor", "blockHeight"} & _info(_miner(POOLED)).keys()
    assert {"hashrateMonitor", "blockHeight"} <= _info(_miner(POOLED, is_aged=True)).keys()


@pytest.mark.parametrize(
    ("profile", "recorded"),
    [
        ("axeos-2.7", "bitaxe-gamma601-v2.7.0"),
        ("axeos-2.10", "bitaxe-gamma601-v2.10.1"),
        ("axeos-2.12", "bitaxe-gamma601-v2.12.2"),
        ("axeos-2.15", "bitaxe-gamma601-v2.15.0-constructed"),
        ("nmaxe-2.9", "nmaxe-v2.9.31-documented"),
    ],
)
def test_keys_and_their_order_are_those_of_a_recorded_answer(profile: str, recorded: str) -> None:
    path = RECORDED / f"{recorded}.json"
    if not path.exists():
        pytest.skip("no recorded answers here")
    assert list(_info(_miner(profile, is_aged=True))) == list(json.loads(path.read_text("utf-8")))


def test_numbers_and_indentation_are_those_of_the_firmware_s_writer() -> None:
    value: dict[str, Any] = {"a": 60.0, "b": [1, 2.5], "c": [{"d": None}], "e": float("nan"), "f": "\u03b3\n", "g": {}}
    lines = [
        "{",
        '\t"a":\t60,',
        '\t"b":\t[1, 2.5],',
        '\t"c":\t[{',
        '\t\t\t"d":\tnull',
        "\t\t}],",
        '\t"e":\tnull,',
        '\t"f":\t"\u03b3\\n",',
        '\t"g":\t{',
        "\t}",
        "}",
    ]
    assert tabbed(value) == "\n".join(lines)
    assert [number(28.347776412963867), number(0.1), number(1.9745212e18)] == ["28.347776412963867", "0.1", "1.9745212e+18"]
    assert compact({"a": [True, "x"]}) == '{"a":[true,"x"]}'
