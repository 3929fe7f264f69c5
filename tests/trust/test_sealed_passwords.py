"""Passwords of presets at rest: sealed with a key, readable both ways, never started without it (trust 8.3)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from clocks import FakeClock
from parts import free_port
from pluto.cli.main import pluto
from pluto.errors import BadRequest, BadSetting, PlutoError, SealBroken
from pluto.model.json_value import JsonObject
from pluto.store.core import CoreStore
from pluto.store.level import Level
from pluto.store.seal import MARK, Seal, read_key
from processes import ended, process, ready
from running import running

KEY = "0123456789abcdef" * 4
OTHER = "f" * 64
POOL: JsonObject = {"stratumURL": "pool", "stratumUser": "bc1q", "stratumPassword": "hunter2-é"}


def store(folder: Path, key: str = KEY) -> CoreStore:
    return CoreStore(folder / "pluto_core", clock=FakeClock(), flush_s=60.0, seal=Seal(read_key(key, "")))


def run(folder: Path, key: str, *arguments: str) -> Result:
    return CliRunner().invoke(pluto, arguments, env={"PLUTO_DATA_DIR": str(folder), "PLUTO_SECRET_KEY": key})


async def in_the_database(folder: Path) -> dict[str, Any]:
    async with Level(folder / "pluto_core") as level:
        items = await level.items("presets:")
    return {key.removeprefix("presets:"): json.loads(value) for key, value in items.items()}


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_with_a_key_no_password_ever_reaches_the_disk(tmp_path: Path) -> None:
    async with store(tmp_path) as core:
        made = [await core.presets.create({"configuration": POOL, "deep": [{"apiToken": 7, "otp": True}]}) for _ in range(2)]
    assert b"hunter2" not in everything_in(tmp_path)
    first, second = (await in_the_database(tmp_path)).values()
    assert first["configuration"]["stratumURL"] == "pool"
    assert first["configuration"]["stratumPassword"].startswith(MARK)
    assert first["configuration"]["stratumPassword"] != second["configuration"]["stratumPassword"], "one nonce used twice"
    assert first["deep"][0]["apiToken"].startswith(MARK)
    assert first["deep"][0]["otp"] is True
    async with store(tmp_path) as core:
        kept = core.presets.get(made[0].uuid)
        assert kept is not None
        assert kept.reveal() == made[0].reveal()
        assert kept.setting("stratumPassword") == POOL["stratumPassword"]


async def test_a_revised_preset_is_sealed_as_well(tmp_path: Path) -> None:
    def renamed(members: JsonObject) -> JsonObject:
        return {**members, "name": "new", "configuration": {**POOL, "stratumPassword": "hunter2-new"}}

    async with store(tmp_path) as core:
        preset = await core.presets.create({"configuration": POOL})
        await core.presets.revise(preset.uuid, renamed)
        with pytest.raises(BadRequest):
            await core.presets.revise(preset.uuid, lambda members: {**members, "apiToken": MARK})
    assert b"hunter2" not in everything_in(tmp_path)
    async with store(tmp_path) as core:
        assert core.presets.all()[0].setting("stratumPassword") == "hunter2-new"


@pytest.mark.parametrize("key", ["", OTHER])
async def test_without_the_right_key_nothing_opens(tmp_path: Path, key: str) -> None:
    async with store(tmp_path) as core:
        await core.presets.create({"configuration": POOL})
    with pytest.raises(SealBroken, match="PLUTO_SECRET_KEY"):
        async with store(tmp_path, key):
            pass
    async with store(tmp_path) as core:
        assert len(core.presets.all()) == 1


async def test_a_password_moved_to_another_preset_does_not_open_there(tmp_path: Path) -> None:
    async with store(tmp_path) as core:
        await core.presets.create({"configuration": POOL})
        victim = await core.presets.create({"configuration": {"stratumPassword": "x"}})
    stored = await in_the_database(tmp_path)
    stolen = next(value for id_, value in stored.items() if id_ != victim.uuid)
    async with Level(tmp_path / "pluto_core") as level:
        await level.write({f"presets:{victim.uuid}": json.dumps(stolen).encode()}, sync=True)
    with pytest.raises(SealBroken):
        async with store(tmp_path):
            pass


async def test_plain_passwords_stay_readable_and_are_converted_both_ways(tmp_path: Path) -> None:
    async with store(tmp_path, "") as core:
        plain = await core.presets.create({"configuration": POOL})
    async with store(tmp_path) as core:
        await core.presets.create({"configuration": POOL})
        assert [preset.setting("stratumPassword") for preset in core.presets.all()] == [POOL["stratumPassword"]] * 2
    assert "hunter2" in (await in_the_database(tmp_path))[plain.uuid]["configuration"]["stratumPassword"]
    done = await asyncio.to_thread(run, tmp_path, KEY, "repair", "--encrypt")
    assert "2 presets" in done.output
    assert b"hunter2" not in everything_in(tmp_path), "what was overwritten is in the files still"
    done = await asyncio.to_thread(run, tmp_path, KEY, "repair", "--decrypt")
    assert "2 presets" in done.output
    async with store(tmp_path, "") as core:
        assert [preset.setting("stratumPassword") for preset in core.presets.all()] == [POOL["stratumPassword"]] * 2


@pytest.mark.parametrize("key", ["", "abc", "g" * 64, "0" * 62])
async def test_a_key_that_cannot_be_one_is_said_without_showing_it(tmp_path: Path, key: str) -> None:
    async with store(tmp_path, "") as core:
        await core.presets.create({"configuration": POOL})
    done = await asyncio.to_thread(run, tmp_path, key, "repair", "--encrypt")
    assert isinstance(done.exception, BadSetting)
    assert "PLUTO_SECRET_KEY" in str(done.exception)
    assert not key or key not in str(done.exception)


def test_the_key_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    assert read_key("", str(file)) == bytes.fromhex(KEY) == read_key(KEY, "")
    assert read_key("", "") is None
    file.write_text("")
    for text, path in ((KEY, str(file)), ("", str(file)), ("", str(tmp_path / "none"))):
        with pytest.raises(BadSetting, match="PLUTO_SECRET_KEY_FILE"):
            read_key(text, path)


async def test_nobody_can_plant_what_looks_sealed(tmp_path: Path) -> None:
    async with store(tmp_path, "") as core:
        for planted in (MARK, MARK + "AAAA"):
            with pytest.raises(BadRequest):
                await core.presets.create({"configuration": {"stratumPassword": planted}})
            with pytest.raises(BadRequest):
                await core.presets.create({"configuration": {"deep": [{"token": planted}]}})
    async with running(tmp_path) as pluto:
        status, _ = await pluto.ask("POST", "/presets", {"name": "n", "configuration": {"stratumPassword": MARK}})
        assert status == 400


async def test_the_server_refuses_to_start_without_the_key_in_one_sentence(tmp_path: Path) -> None:
    async with store(tmp_path / "data") as core:
        await core.presets.create({"configuration": POOL})
    async with process(tmp_path, {"PORT": str(free_port())}) as one:
        code, line = await ended(one)
    assert code == 2
    assert line.startswith("pluto: passwords in the database are sealed: set PLUTO_SECRET_KEY")
    port = free_port()
    async with process(tmp_path, {"PORT": str(port), "PLUTO_SECRET_KEY": KEY}):
        await ready(port)


async def test_a_backup_keeps_what_is_sealed_sealed(tmp_path: Path) -> None:
    async with store(tmp_path) as core:
        await core.presets.create({"configuration": POOL})
    done = await asyncio.to_thread(run, tmp_path, "", "backup", str(tmp_path / "b.gz"), "--with-secrets")
    assert done.exit_code == 0, done.exception
    done = await asyncio.to_thread(run, tmp_path / "new", "", "restore", str(tmp_path / "b.gz"))
    assert not isinstance(done.exception, PlutoError)
    async with store(tmp_path / "new") as core:
        assert core.presets.all()[0].setting("stratumPassword") == POOL["stratumPassword"]
