"""The imprinted miners: remembered, found, merged, removed, written behind."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from clocks import FakeClock
from disks import no_space
from pluto.errors import BadRequest, NotFound, StorageFull
from pluto.model.json_value import Json, JsonObject
from pluto.model.miner import MacAddress
from pluto.model.record import Record
from pluto.store.core import CoreStore
from pluto.store.level import Level

A, B, C = (MacAddress(f"aa:bb:cc:00:00:0{n}") for n in (1, 2, 3))
BORN = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pluto_core"


def core(folder: Path, clock: FakeClock) -> CoreStore:
    return CoreStore(folder, clock=clock, flush_s=60.0)


def device(mac: str, **fields: Json) -> JsonObject:
    return {"ip": "10.0.0.1", "mac": mac, "type": "unknown", "info": {"hostname": "axe"}, **fields}


def shown(record: Record | None) -> JsonObject:
    assert record is not None
    value: JsonObject = json.loads(record.to_json())
    return value


async def stored(folder: Path) -> dict[str, Json]:
    async with Level(folder) as level:
        return {key: json.loads(value) for key, value in (await level.items()).items()}


async def put_raw(folder: Path, values: dict[str, bytes]) -> None:
    async with Level(folder) as level:
        await level.write(values, sync=True)


async def settle() -> None:
    """Let what is running run, its writes included."""
    for _ in range(50):
        await asyncio.sleep(0)
    await asyncio.to_thread(lambda: None)


async def test_a_registered_miner_is_stored_as_the_contract_says(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        registered = await store.miners.register([device(A), device(B, extra=[1])])
        assert [shown(record) for record in registered] == [
            {**device(A), "createdAt": BORN, "updatedAt": BORN},
            {**device(B), "createdAt": BORN, "updatedAt": BORN, "extra": [1]},
        ]
    assert await stored(folder) == {
        "devices:imprinted": [A, B],
        f"devices:imprinted:{A}": {**device(A), "createdAt": BORN, "updatedAt": BORN},
        f"devices:imprinted:{B}": {**device(B), "createdAt": BORN, "updatedAt": BORN, "extra": [1]},
    }


async def test_registering_again_merges_and_keeps_what_was_known(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device("AA-BB-CC-00-00-01", ours=1)])
        await store.miners.update(A, {"presetUuid": "p"})
        clock.advance_to(5)
        found = device(A, ip="10.0.0.9", createdAt="x", updatedAt="x", info={"new": 1})
        (record,) = await store.miners.register([found])
        assert shown(record) == {
            **device("AA-BB-CC-00-00-01", ip="10.0.0.9", info={"new": 1}),
            "ours": 1,
            "presetUuid": "p",
            "createdAt": BORN,
            "updatedAt": "2026-01-01T00:00:05.000Z",
        }
        assert record.key == "AA-BB-CC-00-00-01"
        assert record.mac == A
        assert len(store.miners) == 1


async def test_one_device_found_twice_is_one_miner(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        registered = await store.miners.register([device(A), device(A.upper(), ip="10.0.0.2")])
        assert [(record.key, record.host) for record in registered] == [(A, "10.0.0.2")]


async def test_a_device_without_a_mac_registers_nobody(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        for mac in ("unknown", None):
            with pytest.raises(BadRequest):
                await store.miners.register([device(A), {**device(B), "mac": mac}])
        assert len(store.miners) == 0


async def test_registering_nobody_is_harmless(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        assert await store.miners.register([]) == []


async def test_secrets_are_never_stored_at_any_depth(folder: Path, clock: FakeClock) -> None:
    secret: JsonObject = {"hostname": "axe", "stratumPassword": "hunter2", "pools": [{"pwd": "hunter2", "id": 0}]}
    async with core(folder, clock) as store:
        await store.miners.register([device(A, info=secret, wifiPass="hunter2", deep={"token": "hunter2"})])
        record = await store.miners.update(A, {"info": secret, "wifi_password": "hunter2"})
        assert json.loads(record.info) == {"hostname": "axe", "pools": [{"id": 0}]}
    assert "hunter2" not in json.dumps(await stored(folder))


async def test_secrets_of_an_old_record_are_never_shown_and_vanish_with_the_next_write(folder: Path, clock: FakeClock) -> None:
    old = {**device(A, info={"stratumPassword": "hunter2", "power": 1.50}, token="hunter2"), "createdAt": "x", "updatedAt": "y"}
    await put_raw(folder, {"devices:imprinted": json.dumps([A]).encode(), f"devices:imprinted:{A}": json.dumps(old).encode()})
    async with core(folder, clock) as store:
        record = store.miners.get(A)
        assert shown(record) == {**device(A, info={"power": 1.5}), "createdAt": "x", "updatedAt": "y"}
        assert "hunter2" not in repr(record)
        store.miners.missed(A)
    assert "hunter2" not in json.dumps(await stored(folder))


async def test_an_update_changes_anything_but_identity(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A, kept=1)])
        clock.advance_to(1)
        await store.miners.update(A.upper(), {"mac": B, "createdAt": "x", "updatedAt": "x", "ip": None, "presetUuid": None})
        record = await store.miners.update(A, {"tracing": True, "type": "bitaxe"})
        assert shown(record) == {
            **device(A, ip=None, type="bitaxe", tracing=True, kept=1, presetUuid=None),
            "createdAt": BORN,
            "updatedAt": "2026-01-01T00:00:01.000Z",
        }
        assert record.host is None
        assert shown(await store.miners.update(A, {"info": {"a": 1}}))["info"] == {"a": 1}
        with pytest.raises(BadRequest):
            await store.miners.update(A, {"info": None, "ip": "10.9.9.9"})
        assert store.miners.get(A) is not None
        last = shown(store.miners.get(A))
    assert (await stored(folder))[f"devices:imprinted:{A}"] == last
    assert last["ip"] is None


async def test_an_unknown_miner_is_not_made_by_an_update_or_a_removal(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        with pytest.raises(NotFound):
            await store.miners.update(A, {"ip": "10.0.0.1"})
        with pytest.raises(NotFound):
            await store.miners.remove(A)
        assert store.miners.polled(A, b"{}") is None
        assert store.miners.missed(A) is None
        assert store.miners.get(A) is None
    assert await stored(folder) == {}


async def test_a_removed_miner_is_gone_and_can_come_again_as_the_last(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A), device(B)])
        store.miners.polled(A, b'{"late":1}')
        assert (await store.miners.remove("AA-BB-CC-00-00-01")).info == b'{"late":1}'
        assert store.miners.polled(A, b"{}") is None
    assert list(await stored(folder)) == ["devices:imprinted", f"devices:imprinted:{B}"]
    async with core(folder, clock) as store:
        await store.miners.register([device(A)])
        assert [record.mac for record in store.miners.in_order()] == [B, A]
        orders = [record.order for record in store.miners.in_order()]
        assert orders == sorted(set(orders))
    assert (await stored(folder))["devices:imprinted"] == [B, A]


async def test_what_is_removed_during_a_look_up_is_not_registered_by_it(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A)])
        before_look_up = store.miners.epoch
        await store.miners.remove(A)
        registered = await store.miners.register([device(A), device(B)], since=before_look_up)
        assert [record.mac for record in registered] == [B]
        assert [record.mac for record in await store.miners.register([device(A)], since=store.miners.epoch)] == [A]
        assert [record.mac for record in await store.miners.register([device(A)], since=before_look_up)] == [A]


async def test_the_newest_come_first_and_equals_keep_their_order(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(B), device(A)])
        clock.advance_to(1)
        await store.miners.register([device(C), device(B)])
        assert [record.mac for record in store.miners.all()] == [C, B, A]
        assert [record.mac for record in store.miners.in_order()] == [B, A, C]


async def test_an_old_database_is_taken_as_it_is(folder: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    odd = "AA-BB-CC-00-00-02"
    old: dict[str, bytes] = {
        "devices:imprinted": json.dumps([A, odd, "unknown", "list", "broken", "deep", "missing", A]).encode(),
        f"devices:imprinted:{A}": b'{ "mac": "%s", "createdAt": "2024", "info": {"x": 1.10, "y": [1e21]}, "z": 2.0 }'
        % A.encode(),
        f"devices:imprinted:{odd}": json.dumps({"mac": odd, "tracing": True, "info": {}}).encode(),
        "devices:imprinted:unknown": b'{"ip":null,"n":123456789012345678901234567890}',
        "devices:imprinted:list": b"[1]",
        "devices:imprinted:broken": b'{"ip":"\xff"}',
        "devices:imprinted:deep": b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
        f"devices:imprinted:{C}": b'{"unlisted":true}',
    }
    await put_raw(folder, old)
    async with core(folder, clock) as store:
        assert [record.key for record in store.miners.in_order()] == [A, odd, "unknown"]
        first = store.miners.get(A)
        assert first is not None
        assert first.info == b'{"x": 1.10, "y": [1e21]}'
        assert (found := store.miners.get(B)) is not None
        assert (found.key, found.tracing) == (odd, True)
        assert store.miners.get("unknown") is not None
        assert store.miners.get(C) is None
        assert sum("not readable" in record.getMessage() for record in caplog.records) == 3
    async with Level(folder) as level:
        assert await level.items() == old
    async with core(folder, clock) as store:
        store.miners.polled(B, b'{"n":1}')
        await store.miners.update("unknown", {"presetUuid": None})
        await store.miners.remove(A)
    async with Level(folder) as level:
        after = await level.items()
    for key in ("list", "broken", "deep", C):
        assert after[f"devices:imprinted:{key}"] == old[f"devices:imprinted:{key}"]
    assert json.loads(after["devices:imprinted"]) == [odd, "unknown", "list", "broken", "deep", "missing"]
    assert json.loads(after["devices:imprinted:unknown"])["n"] == 123456789012345678901234567890
    assert json.loads(after[f"devices:imprinted:{odd}"])["info"] == {"n": 1}


async def test_a_list_that_cannot_be_read_costs_no_record(folder: Path, clock: FakeClock) -> None:
    await put_raw(folder, {"devices:imprinted": b"{", f"devices:imprinted:{A}": b"{}"})
    async with core(folder, clock) as store:
        assert store.miners.get(A) is not None


async def test_a_poll_is_seen_at_once_and_written_later(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A), device(B)])
        clock.advance_to(5)
        record = store.miners.polled(A, b'{"power":0}')
        assert record is store.miners.get(A)
        assert shown(record) == {
            **device(A, info={"power": 0}, tracing=True),
            "createdAt": BORN,
            "updatedAt": "2026-01-01T00:00:05.000Z",
        }
        missed = store.miners.missed(B)
        assert missed is not None
        assert (missed.tracing, missed.info) == (False, b'{"hostname":"axe"}')
        assert store.miners.missed(B) is missed
        before = await store.level.items()
        assert json.loads(before[f"devices:imprinted:{A}"])["info"] == {"hostname": "axe"}
        await settle()
        clock.advance_to(60)
        await settle()
        written = await store.level.items()
        assert written[f"devices:imprinted:{A}"] == record.to_json() if record else False
        assert json.loads(written[f"devices:imprinted:{B}"])["tracing"] is False
        assert store.miners.unwritten == 0


async def test_a_client_s_write_takes_the_newest_reading_of_that_miner_along(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A), device(B)])
        store.miners.polled(A, b'{"n":1}')
        store.miners.polled(B, b'{"n":1}')
        await store.miners.update(A, {"ip": "10.0.0.2"})
        assert store.miners.unwritten == 1
        on_disk = json.loads((await store.level.items())[f"devices:imprinted:{A}"])
        assert (on_disk["info"], on_disk["ip"], on_disk["tracing"]) == ({"n": 1}, "10.0.0.2", True)


async def test_the_end_writes_every_reading(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        macs = [MacAddress(f"aa:bb:cc:00:{n // 256:02x}:{n % 256:02x}") for n in range(450)]
        await store.miners.register([device(mac) for mac in macs])
        for n, mac in enumerate(macs):
            store.miners.polled(mac, b'{"n":%d}' % n)
    records = await stored(folder)
    assert [records[f"devices:imprinted:{mac}"]["info"] for mac in macs] == [{"n": n} for n in range(450)]  # type: ignore[call-overload,index]


async def test_a_poll_during_a_client_s_write_loses_neither(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A), device(B)])
        await store.presets.create({})
        preset = store.presets.all()[0].uuid
        await store.miners.update(B, {"presetUuid": preset})
        writing = asyncio.gather(store.miners.update(A, {"ip": "10.0.0.2"}), store.presets.delete(preset))
        await asyncio.sleep(0)
        store.miners.polled(A, b'{"n":1}')
        store.miners.polled(B, b'{"n":2}')
        await writing
        assert store.miners.unwritten > 0
        last = [shown(store.miners.get(mac)) for mac in (A, B)]
        assert [record["info"] for record in last] == [{"n": 1}, {"n": 2}]
        assert last[0]["ip"] == "10.0.0.2"
        assert last[1]["presetUuid"] is None
    records = await stored(folder)
    assert [records[f"devices:imprinted:{mac}"] for mac in (A, B)] == last


async def test_a_flush_that_races_a_removal_does_not_bring_the_miner_back(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        for _ in range(20):
            await store.miners.register([device(A), device(B)])
            store.miners.polled(A, b'{"n":1}')
            flushing = asyncio.create_task(store.miners.flush())
            removing = asyncio.create_task(store.miners.remove(A))
            for _ in range(3):
                await asyncio.sleep(0)
                store.miners.polled(A, b'{"n":2}')
            await asyncio.gather(flushing, removing, store.miners.flush())
            assert store.miners.get(A) is None
            assert set(await store.level.items()) == {"devices:imprinted", f"devices:imprinted:{B}"}


async def test_an_update_that_waits_behind_a_removal_finds_nobody(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A)])
        results = await asyncio.gather(store.miners.remove(A), store.miners.update(A, {"ip": "x"}), return_exceptions=True)
        assert isinstance(results[1], NotFound)
    assert await stored(folder) == {"devices:imprinted": []}


async def test_sixteen_writers_at_once_lose_nothing(folder: Path, clock: FakeClock) -> None:
    async def writer(store: CoreStore, n: int) -> None:
        mac = f"aa:bb:cc:00:01:{n:02x}"
        await store.miners.register([device(mac)])
        for step in range(10):
            await store.miners.update(A, {f"writer{n}": step})
            await store.miners.update(mac, {"step": step})
        if n % 4 == 0:
            await store.miners.remove(mac)

    async with core(folder, clock) as store:
        await store.miners.register([device(A)])
        async with asyncio.TaskGroup() as tasks:
            for n in range(16):
                tasks.create_task(writer(store, n))
    async with core(folder, clock) as store:
        shared = shown(store.miners.get(A))
        assert [shared[f"writer{n}"] for n in range(16)] == [9] * 16
        assert {record.key[-2:] for record in store.miners.all()} == {f"{n:02x}" for n in range(16) if n % 4} | {"01"}


async def test_a_full_disk_changes_nothing_and_is_said_once(
    folder: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pluto.store")
    big: JsonObject = {"text": "v" * 100_000}
    async with core(folder, clock) as store:
        await store.miners.register([device(A), device(B)])
        preset = await store.presets.create({"name": "p"})
        await store.miners.update(A, {"presetUuid": preset.uuid})
        before = [record.to_json() for record in store.miners.all()]
        with no_space():
            for write in (
                store.miners.register([device(C, info=big)]),
                store.miners.register([device(A, ip="10.9.9.9", info=big), device(C)]),
                store.miners.update(A, {"info": big}),
                store.presets.create(big),
            ):
                with pytest.raises(StorageFull):
                    await write
            assert [record.to_json() for record in store.miners.all()] == before
            assert [kept.uuid for kept in store.presets.all()] == [preset.uuid]
            store.miners.polled(A, json.dumps(big).encode())
            for _ in range(3):
                assert not await store.miners.flush()
            assert store.miners.unwritten == 1
            assert shown(store.miners.get(A))["info"] == big
        await settle()
        clock.advance_to(60)
        await settle()
        assert store.miners.unwritten == 0
        await store.miners.remove(B)
    said = [record.getMessage() for record in caplog.records if record.name.endswith("write_behind")]
    assert len(said) == 2
    assert said[0].startswith("readings are kept in memory")
    assert said[1] == "readings are written again"
    async with core(folder, clock) as store:
        assert [record.mac for record in store.miners.all()] == [A]
        assert shown(store.miners.get(A))["presetUuid"] == preset.uuid


async def test_a_write_whose_client_left_is_finished_in_memory_as_on_disk(folder: Path, clock: FakeClock) -> None:
    async with core(folder, clock) as store:
        await store.miners.register([device(A)])
        for write in (store.miners.remove(A), store.miners.register([device(B)]), store.miners.update(B, {"ip": "10.0.0.7"})):
            leaving = asyncio.create_task(write)
            await asyncio.sleep(0)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
        assert [(record.mac, record.host) for record in store.miners.all()] == [(B, "10.0.0.7")]
        await store.miners.register([device(C)])
    assert (await stored(folder))["devices:imprinted"] == [B, C]
