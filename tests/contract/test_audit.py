"""Trust 13.1: every change leaves a line that says who, what, from what, to what; no secret, and never at a request's cost."""

import errno
import json
import os
import stat
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from pluto.access.tokens import TokenFile
from pluto.api.audited import AUDITED
from pluto.api.routes import ROUTES
from pluto.audit import trail
from pluto.audit.entry import Entry, differences
from pluto.audit.files import AuditFiles, Question
from pluto.cli.main import pluto as commands
from pluto.model.json_value import JsonObject
from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running

HUSH: Final = "hush-hunter22"
Line = dict[str, Any]


@pytest.fixture
async def fleet() -> AsyncGenerator[SimulatedFleet]:
    async with SimulatedFleet(3, first="127.33.1.1", options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncGenerator[Running]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners[:2])
        yield server


async def changes(pluto: Running) -> list[Line]:
    """Return what was noted, oldest first, as the page hears it."""
    status, told = await pluto.ask("GET", "/api/v1/events?kind=change")
    assert status == 200
    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    return [row["facts"] | {"mac": row["mac"], "severity": row["severity"]} for row in reversed(rows)]


async def newest(pluto: Running) -> Line:
    return (await changes(pluto))[-1]


async def test_every_write_leaves_a_line(pluto: Running, fleet: SimulatedFleet) -> None:
    mac = fleet.miners[0].mac
    for route in ROUTES:
        if route.method == "GET" or route.path in ("/login", "/logout"):
            continue
        before = len(await changes(pluto))
        path = route.path.replace("{id}", mac).replace("{mac}", mac)
        body = {"macs": [mac], "mac": mac, "device": {"note": "x"}, "info": {"fanspeed": 55}, "name": "n", "configuration": {}}
        async with pluto.http.request(route.method, pluto.base + path, json=body) as answer:
            await answer.read()
        assert len(await changes(pluto)) > before, str(route)
        await pluto.ask("PATCH", "/devices/imprint", {"mac": mac})
        assert str(route) in AUDITED or route.path.startswith("/api/v1/"), "a row says it better than the summary"


async def test_what_only_looks_leaves_none(pluto: Running) -> None:
    before = await changes(pluto)
    for path in ("/devices/imprint", "/metrics", "/presets", "/devices/discovered", "/version"):
        await pluto.http.get(pluto.base + path)
    assert await pluto.ask("PATCH", "/presets", {}) == (405, {"error": "PATCH is not possible here, only GET, POST"})
    async with pluto.http.put(pluto.base + "/devices/listen", data=b"{", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400
    assert await changes(pluto) == before


async def test_a_change_of_settings_says_what_was_and_what_was_sent(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    await pluto.listen([miner])
    await pluto.until(lambda samples: samples["hardware_online"] == 1)
    was = (await pluto.record(miner.mac))["info"]["frequency"]
    path = f"/devices/{miner.mac}/system"
    assert (await pluto.ask("PATCH", path, {"info": {"frequency": 450, "stratumPassword": HUSH}}))[0] == 200
    line = await newest(pluto)
    assert line["action"] == "change settings"
    assert (line["mac"], line["address"], line["actor"]) == (miner.mac.lower(), "127.0.0.1", "127.0.0.1")
    assert line["changes"]["frequency"] == {"old": was, "new": 450}
    assert line["changes"]["stratumPassword"] == {"is_secret": True}
    assert line["result"].startswith("done")


async def test_a_miner_that_does_not_answer_leaves_a_line_with_the_reason(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[1]
    miner.fault("refused")
    assert (await pluto.ask("PATCH", f"/devices/{miner.mac}/system", {"info": {"fanspeed": 44}}))[0] == 500
    line = await newest(pluto)
    assert line["severity"] == "warning"
    assert line["result"].startswith("500: ")
    assert (await pluto.ask("DELETE", "/devices/imprint/02:00:00:00:00:99"))[0] == 404
    line = await newest(pluto)
    assert (line["action"], line["target"], line["changes"]) == ("remove", "02:00:00:00:00:99", {})
    assert line["result"] == "404: Device not found"


async def test_records_presets_and_watching_are_told_field_by_field(pluto: Running, fleet: SimulatedFleet) -> None:
    mac, third = fleet.miners[0].mac.lower(), fleet.miners[2].mac.lower()
    await pluto.ask("PUT", "/devices/imprint", {"macs": [third]})
    line = await newest(pluto)
    assert (line["action"], line["mac"]) == ("imprint", third)
    assert line["changes"]["host"] == {"old": None, "new": fleet.miners[2].host}

    made = await pluto.ask("POST", "/presets", {"name": "n", "configuration": {"stratumURL": "u", "stratumPassword": HUSH}})
    uuid = made[1]["data"]["uuid"]
    line = await newest(pluto)
    assert (line["action"], line["target"], line["mac"]) == ("create preset", uuid, None)
    assert line["changes"] == {
        "name": {"old": None, "new": "n"},
        "configuration.stratumURL": {"old": None, "new": "u"},
        "configuration.stratumPassword": {"is_secret": True},
    }

    await pluto.ask("PATCH", f"/devices/imprint/{mac}", {"device": {"presetUuid": uuid, "note": {"rack": 3}}})
    line = await newest(pluto)
    assert line["changes"] == {"presetUuid": {"old": None, "new": uuid}, "note.rack": {"old": None, "new": 3}}

    await pluto.ask("DELETE", f"/presets/{uuid}")
    preset, miner = (await changes(pluto))[-2:]
    assert (preset["target"], miner["target"]) == (uuid, mac)
    assert preset["changes"]["name"] == {"old": "n", "new": None}
    assert miner["changes"] == {"presetUuid": {"old": uuid, "new": None}}

    await pluto.listen(fleet.miners[:2])
    assert [line["changes"] for line in (await changes(pluto))[-2:]] == [{"is_watched": {"old": False, "new": True}}] * 2
    await pluto.ask("POST", f"/api/v1/miners/{mac}/unwatch", {})
    line = await newest(pluto)
    assert (line["action"], line["changes"]) == ("unwatch", {"is_watched": {"old": True, "new": False}})

    await pluto.ask("DELETE", f"/api/v1/miners/{third}")
    line = await newest(pluto)
    assert (line["action"], line["changes"]["host"]) == ("remove", {"old": fleet.miners[2].host, "new": None})
    assert HUSH not in json.dumps(await changes(pluto))


async def test_writes_of_the_page_are_told_as_those_of_scripts(pluto: Running, fleet: SimulatedFleet) -> None:
    uuid = (await pluto.ask("POST", "/presets", {"name": "n", "configuration": {"stratumPassword": HUSH}}))[1]["data"]["uuid"]
    change = {"name": "m", "configuration": {"stratumURL": "u", "stratumPassword": HUSH + "2"}}
    assert (await pluto.ask("PUT", f"/api/v1/presets/{uuid}", change))[0] == 200
    line = await newest(pluto)
    assert (line["action"], line["target"]) == ("change preset", uuid)
    assert line["changes"] == {
        "name": {"old": "n", "new": "m"},
        "configuration.stratumURL": {"old": None, "new": "u"},
        "configuration.stratumPassword": {"is_secret": True},
    }
    assert (await pluto.ask("POST", f"/api/v1/presets/{uuid}/copy", {"name": "c"}))[0] == 200
    assert ((await newest(pluto))["action"], (await newest(pluto))["changes"]["name"]["new"]) == ("create preset", "c")

    assert (await pluto.ask("PUT", "/api/v1/settings", {"values": {"PLUTO_HOT_CHIP_CELSIUS": 70}}))[0] == 200
    line = await newest(pluto)
    assert (line["action"], line["target"]) == ("change Pluto's settings", "")
    assert line["changes"] == {"PLUTO_HOT_CHIP_CELSIUS": {"old": 75.0, "new": 70}}

    miner = fleet.miners[0]
    assert (await pluto.ask("PATCH", f"/api/v1/miners/{miner.mac}/settings", {"settings": {"frequency": 455}}))[0] == 200
    line = await newest(pluto)
    assert (line["action"], line["mac"]) == ("change settings", miner.mac.lower())
    assert line["changes"]["frequency"]["new"] == 455


async def test_who_it_was_is_a_role_or_a_token_and_always_an_address(tmp_path: Path) -> None:
    given: dict[str, Any] = {"auth": "password", "password": "the operator's own", "trusted_proxies": ("127.0.0.1",)}
    async with running(tmp_path, **given) as pluto:
        bearer = {"Authorization": f"Bearer {TokenFile(tmp_path / 'data' / 'access').create('operator', 'script', '')[1]}"}
        from_afar = {"X-Forwarded-For": "10.1.2.3"}
        await pluto.ask("POST", "/login", {"password": "quite wrong"}, from_afar)
        async with pluto.http.post(pluto.base + "/login", json={"password": "the operator's own"}) as answer:
            session = {"Cookie": f"pluto_session={answer.cookies['pluto_session'].value}"}
        await pluto.ask("POST", "/presets", {"name": "a"}, session)
        await pluto.ask("POST", "/presets", {"name": "b"}, bearer | from_afar)
        await pluto.ask("POST", "/logout", None, session)
        _, told = await pluto.ask("GET", "/api/v1/events?kind=change", headers=bearer)
    facts = [row[-1] for row in reversed(told["rows"])]
    assert [(one["action"], one["actor"], one["address"], one["result"]) for one in facts] == [
        ("sign in", "10.1.2.3", "10.1.2.3", "401: the password is wrong"),
        ("sign in", "127.0.0.1", "127.0.0.1", "done"),
        ("create preset", "operator", "127.0.0.1", "done"),
        ("create preset", "token script", "10.1.2.3", "done"),
        ("sign out", "operator", "127.0.0.1", "done"),
    ]
    assert "the operator's own" not in (tmp_path / "data" / "audit.jsonl").read_text()


async def test_changes_stand_among_the_other_events_only_where_they_are_asked_for(pluto: Running, fleet: SimulatedFleet) -> None:
    mac = fleet.miners[0].mac.lower()
    _, told = await pluto.ask("GET", "/api/v1/events")
    assert {row[3] for row in told["rows"]} == {"added"}
    _, told = await pluto.ask("GET", f"/api/v1/events?kind=change,added&mac={mac}")
    assert sorted(row[3] for row in told["rows"]) == ["added", "change"]
    assert [row[1] for row in told["rows"]] == sorted((row[1] for row in told["rows"]), reverse=True)
    assert len((await pluto.ask("GET", "/api/v1/events?kind=change,added&limit=1"))[1]["rows"]) == 1
    assert (await pluto.ask("GET", f"/api/v1/events?kind=change&to={told['at'] - 3600}"))[1]["rows"] == []
    assert (await pluto.ask("GET", "/api/v1/events?kind=nonsense"))[0] == 400


async def test_a_full_disk_fails_no_request_and_what_waits_is_written_later(
    pluto: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(trail, "RETRY_S", 0.02)
    with monkeypatch.context() as patch:
        patch.setattr(AuditFiles, "append", full)
        for name in ("a", "b"):
            assert (await pluto.ask("POST", "/presets", {"name": name}))[0] == 200
        assert [line["changes"]["name"]["new"] for line in (await changes(pluto))[-2:]] == ["a", "b"]
    await changes(pluto)
    text = (tmp_path / "data" / "audit.jsonl").read_text()
    assert text.index('"new":"a"') < text.index('"new":"b"')


async def test_a_fault_of_the_audit_log_is_not_the_clients(pluto: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("pluto.audit.trail.Trail.note", broken)
    assert (await pluto.ask("POST", "/presets", {"name": "a"}))[0] == 200


async def test_what_was_noted_is_on_disk_when_the_server_has_stopped(tmp_path: Path) -> None:
    async with running(tmp_path) as pluto:
        for number in range(50):
            await pluto.ask("POST", "/presets", {"name": f"preset {number}"})
    file = tmp_path / "data" / "audit.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["changes"]["name"]["new"] for line in lines] == [f"preset {number}" for number in range(50)]
    assert [line["id"] for line in lines] == sorted({line["id"] for line in lines})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


# The files and the fields


def entries(count: int, first: int = 1, target: str = "") -> Sequence[Entry]:
    return [Entry(first + n, float(first + n), "operator", "10.0.0.1", "update", target) for n in range(count)]


def test_five_files_are_kept_and_the_oldest_lines_go(tmp_path: Path) -> None:
    files = AuditFiles(tmp_path, file_bytes=1000)
    for number in range(1, 200):
        files.append(entries(1, number))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2", "audit.jsonl.3", "audit.jsonl.4"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())
    ids = [entry.id for entry in files.newest_first(Question())]
    assert ids == list(range(199, 199 - len(ids), -1))
    assert len(ids) > 40


def test_lines_are_found_by_time_and_target_and_a_torn_one_is_passed_over(tmp_path: Path) -> None:
    files = AuditFiles(tmp_path)
    files.append([*entries(3), *entries(3, 10, "02:00:00:00:00:0a")])
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"id":99,"at":\n')
    files.append(entries(1, 20))
    assert [entry.id for entry in files.newest_first(Question(target="02:00:00:00:00:0a"))] == [12, 11, 10]
    assert [entry.id for entry in files.newest_first(Question(from_s=3, to_s=11))] == [11, 10, 3]
    assert [entry.id for entry in files.newest_first(Question(limit=2))] == [20, 12]


def test_half_a_line_is_taken_back_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = AuditFiles(tmp_path)
    files.append(entries(1))
    whole, write = (tmp_path / "audit.jsonl").read_bytes(), os.write

    def half(descriptor: int, data: memoryview) -> int:
        if len(data) < 50:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data[:40])

    with monkeypatch.context() as patch:
        patch.setattr("pluto.audit.files.os.write", half)
        with pytest.raises(OSError, match="No space"):
            files.append(entries(1, 2))
    assert (tmp_path / "audit.jsonl").read_bytes() == whole


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        AuditFiles(tmp_path).append(entries(1))
    assert (tmp_path / "elsewhere").read_text() == ""


def test_only_what_differs_is_told_and_of_a_secret_its_name_at_any_depth() -> None:
    before: JsonObject = {"a": 1, "same": "x", "pools": [{"url": "u", "password": HUSH}], "flag": True, "otp": True}
    after: JsonObject = {
        "a": 1.5,
        "same": "x",
        "pools": [{"url": "v", "password": HUSH + "2"}],
        "flag": 1,
        "otp": False,
        "new": None,
    }
    assert differences(before, after) == {
        "a": {"old": 1, "new": 1.5},
        "pools.0.url": {"old": "u", "new": "v"},
        "pools.0.password": {"is_secret": True},
        "flag": {"old": True, "new": 1},
        "otp": {"old": True, "new": False},
    }
    assert HUSH not in str(differences({}, {"pool": {"wifiPass": {"deep": HUSH}}}))
    assert len(differences({}, {f"f{n}": n for n in range(1000)})) == 64
    assert differences({}, {"long": "x" * 5000})["long"]["new"] == "x" * 256


def test_the_command_shows_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUTO_DATA_DIR", str(tmp_path))
    mac = "02:00:00:00:00:0a"
    change: dict[str, JsonObject] = {"fan": {"old": 1, "new": "\x1b[31mred"}, "wifiPass": {"is_secret": True}}
    old = Entry(1, 1_000_000_000.0, "operator", "10.0.0.1", "update", mac)
    new = Entry(2, 4_000_000_000.0, "10.0.0.2", "10.0.0.2", "change settings", mac, change, "500: no answer")
    AuditFiles(tmp_path).append([old, new, Entry(3, 4_000_000_001.0, "x", "y", "restart", "02:00:00:00:00:0b")])
    shown = CliRunner().invoke(commands, ["audit", "--mac", "02-00-00-00-00-0A"]).stdout
    assert "change settings" in shown
    assert "no answer" in shown
    assert "(secret)" in shown
    assert "\x1b[31mred" not in shown
    assert "restart" not in shown
    assert "update" not in shown  # longer ago than thirty days
    lines = CliRunner().invoke(commands, ["audit", "--json", "--since", "2001-01-01"]).stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2, 3]
    assert CliRunner().invoke(commands, ["audit", "--since", "someday"]).exit_code != 0
    assert CliRunner().invoke(commands, ["audit", "--mac", "nobody"]).exit_code != 0
