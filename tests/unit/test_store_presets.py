"""Presets: ids of ours, passwords kept and never shown, deleted from the miners that name them."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clocks import FakeClock
from pluto.errors import NotFound
from pluto.model.json_value import JsonObject
from pluto.store.core import CoreStore
from pluto.store.level import Level
from pluto.store.presets import uuid7

POOL: JsonObject = {"stratumURL": "pool", "stratumPort": "3333", "stratumUser": "bc1q", "stratumPassword": "hunter2"}


def core(folder: Path) -> CoreStore:
    return CoreStore(folder, clock=FakeClock(), flush_s=60.0)


async def test_a_preset_is_stored_with_its_password_and_shown_without(tmp_path: Path) -> None:
    async with core(tmp_path) as store:
        preset = await store.presets.create({"uuid": "mine", "createdAt": "x", "name": "p", "configuration": POOL, "extra": 1})
        assert uuid.UUID(preset.uuid).version == 7
        assert preset.shown() == {
            "uuid": preset.uuid,
            "name": "p",
            "configuration": {key: value for key, value in POOL.items() if key != "stratumPassword"},
            "extra": 1,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "updatedAt": "2026-01-01T00:00:00.000Z",
        }
        assert preset.setting("stratumPassword") == "hunter2"
        assert "hunter2" not in f"{preset} {preset!r}"
    async with Level(tmp_path) as level:
        items = await level.items()
    assert json.loads(items["presets"]) == [preset.uuid]
    assert json.loads(items[f"presets:{preset.uuid}"])["configuration"] == POOL
    async with core(tmp_path) as store:
        kept = store.presets.get(preset.uuid)
        assert kept is not None
        assert kept.reveal() == preset.reveal()


async def test_an_empty_preset_is_accepted(tmp_path: Path) -> None:
    async with core(tmp_path) as store:
        preset = await store.presets.create({})
        assert preset.setting("stratumURL") is None


async def test_the_newest_preset_comes_first(tmp_path: Path) -> None:
    clock = FakeClock()
    async with CoreStore(tmp_path, clock=clock, flush_s=60.0) as store:
        first = await store.presets.create({})
        twin = await store.presets.create({})
        clock.advance_to(1)
        last = await store.presets.create({})
        assert [preset.uuid for preset in store.presets.all()] == [last.uuid, first.uuid, twin.uuid]


async def test_deleting_a_preset_takes_it_from_its_miners(tmp_path: Path) -> None:
    async with core(tmp_path) as store:
        preset, other = await store.presets.create({}), await store.presets.create({})
        macs = [f"aa:bb:cc:00:00:0{n}" for n in range(3)]
        await store.miners.register([{"mac": mac} for mac in macs])
        for mac, named in zip(macs, (preset, other, preset), strict=True):
            await store.miners.update(mac, {"presetUuid": named.uuid})
        assert await store.presets.delete(preset.uuid) is preset
        assert store.presets.get(preset.uuid) is None
        for _ in range(2):
            with pytest.raises(NotFound):
                await store.presets.delete(preset.uuid)
        named_now = [record.fields["presetUuid"] for record in store.miners.in_order()]
    async with core(tmp_path) as store:
        assert [preset.uuid for preset in store.presets.all()] == [other.uuid]
        assert [record.fields["presetUuid"] for record in store.miners.in_order()] == named_now == [None, other.uuid, None]


async def test_a_preset_that_is_no_object_is_left_alone(tmp_path: Path) -> None:
    async with Level(tmp_path) as level:
        await level.write({"presets": b'["a","b"]', "presets:a": b"7", "presets:b": b'{"name":"b"}'}, sync=True)
    async with core(tmp_path) as store:
        assert [preset.shown() for preset in store.presets.all()] == [{"uuid": "b", "name": "b"}]
        await store.presets.create({})
        assert (await store.level.items())["presets:a"] == b"7"


def test_a_version_7_uuid_begins_with_its_millisecond() -> None:
    moment = datetime(2026, 1, 1, microsecond=123_456, tzinfo=UTC)
    made = uuid7(moment)
    assert made.int >> 80 == int(moment.timestamp() * 1000)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made != uuid7(moment)
