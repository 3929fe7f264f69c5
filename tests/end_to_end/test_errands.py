"""Nothing reaches the wrong miner, nothing that failed counts as done, and one thing happens at a time."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from errands import House, house
from pluto.errors import BadRequest, NotFound, PlutoError, TooBusy, WriteFailed
from pluto.model.miner import MacAddress
from pluto.model.state import MinerState
from pluto.simulator.profiles import DEFAULT_MIX
from pluto.simulator.server import Options, SimulatedFleet
from pluto.simulator.simulated_miner import SimulatedMiner

POOL: dict[str, Any] = {
    "stratumURL": "pool.example",
    "stratumPort": "4444",
    "stratumPassword": "hunter22",
    "stratumUser": "theirs",
}


def fleet_of(*profiles: str, boot_s: float = 0.2) -> SimulatedFleet:
    return SimulatedFleet(len(profiles), first="127.31.0.1", profiles=profiles, options=Options(boot_s=boot_s))


async def failure(at: House, miner: SimulatedMiner, **info: Any) -> Any:
    with pytest.raises(WriteFailed) as caught:
        await at.configure.miner(miner.mac, {"info": info})
    return caught.value.details


async def restarted(miner: SimulatedMiner) -> None:
    miner.restart(0.0)
    async with asyncio.timeout(5):
        while not miner.is_listening:
            await asyncio.sleep(0.01)


def pool_in_use(miner: SimulatedMiner) -> tuple[object, ...]:
    running, pools = miner.running, miner.running.get("pools")
    if isinstance(pools, list) and isinstance(pool := pools[0], dict):
        running = pool
    return running["stratumURL"], running.get("stratumPort"), running["stratumUser"], running["stratumPassword"]


async def test_one_preset_lands_on_every_dialect(tmp_path: Path) -> None:
    async with fleet_of(*DEFAULT_MIX) as fleet, house(tmp_path) as at:
        await at.imprint(*fleet.miners)
        preset = await at.presets.create({"configuration": POOL})
        for miner in fleet.miners:
            done = await at.configure.miner(miner.mac, {"info": {"stratumUser": "me"}, "presetUuid": preset.uuid})
            assert done.data == {
                "info": {"stratumUser": "me", "stratumURL": "pool.example", "stratumPort": 4444}, "presetUuid": preset.uuid,
            }  # fmt: skip
            await restarted(miner)
            if miner.profile.name.startswith("nmaxe"):
                assert miner.running["stratumURL"] == "stratum+tcp://pool.example:4444"
                assert (miner.running["stratumUser"], miner.running["stratumPassword"]) == ("me", "hunter22")
            else:
                assert pool_in_use(miner) == ("pool.example", 4444, "me", "hunter22"), miner.profile.name


async def test_a_miner_that_answers_as_another_is_sent_nothing(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        miner.fault("wrong-mac")
        assert await failure(at, miner, frequency=500) == "the miner at this address is 02:ee:ee:ee:ee:ee"
        with pytest.raises(WriteFailed):
            await at.restart.miner(miner.mac)
        assert miner.received == []
        assert miner.requests.counts["POST /api/system/restart"] == 0


async def test_two_miners_that_exchanged_their_addresses_are_sent_nothing(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12", "axeos-2.15") as fleet, house(tmp_path) as at:
        one, other = fleet.miners
        await at.imprint(one, other)
        place, there = one.host, other.host
        other.move("127.31.0.9")
        one.move(there)
        other.move(place)
        for miner in fleet.miners:
            await failure(at, miner, frequency=500, stratumPassword="hunter22")
            assert miner.received == []


async def test_a_miner_that_does_not_answer_is_sent_nothing_but_a_restart(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        miner.fault("hang", only="info")
        assert "silent" in await failure(at, miner, frequency=500)
        assert miner.received == []
        assert await at.restart.miner(miner.mac) == "System will restart shortly."
        miner.fault("refused")
        assert "refused" in await failure(at, miner, frequency=500)
        with pytest.raises(WriteFailed):
            await at.restart.miner(miner.mac)


@pytest.mark.parametrize(
    "fault", ["close", "reset", "truncated", "hang", "garbage", "huge", "many-headers", "many-1xx", "redirect"]
)
async def test_a_write_that_ends_without_a_good_answer_is_no_success(tmp_path: Path, fault: str) -> None:
    async with fleet_of("nerdqaxe-1.0.36") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        miner.fault(fault, only="write")
        said = await failure(at, miner, stratumPassword="hunter22")
        assert "hunter22" not in str(said)
        assert len(miner.received) == 1


async def test_a_restart_that_ends_the_connection_counts_as_done(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.15") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        for fault in ("close", "truncated", "reset"):
            miner.fault(fault, only="write")
            assert await at.restart.miner(miner.mac) == {"restarting": True}
            await restarted(miner)


async def test_a_miner_that_is_silent_after_the_write_is_not_verified(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        changing = asyncio.create_task(at.configure.miner(miner.mac, {"info": {"frequency": 500}}))
        while not miner.received:
            await asyncio.sleep(0)
        miner.fault("refused")
        done = await changing
        assert [(row.field, row.reason.value) for row in done.not_applied] == [("frequency", "not verified")]


async def test_a_part_that_was_refused_is_told_and_all_refused_is_a_failure(tmp_path: Path) -> None:
    async with fleet_of("nmaxe-2.9") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        done = await at.configure.miner(miner.mac, {"info": {"coreVoltage": 1175, "hostname": "n" * 3000}})
        assert [(row.field, row.reason.value) for row in done.not_applied] == [("hostname", "refused")]
        assert await failure(at, miner, hostname="n" * 3000) == "Content too long"


async def test_a_code_that_is_asked_for_is_told(tmp_path: Path) -> None:
    async with fleet_of("nerdqaxe-1.0.36") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        miner.state.otp_code = "123456"
        await at.imprint(miner)
        assert await failure(at, miner, frequency=500) == "OTP/Session required"


async def test_writes_to_one_miner_come_one_by_one_and_no_more_than_four_wait(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12", "axeos-2.12") as fleet, house(tmp_path, send_s=5.0) as at:
        miner, other = fleet.miners
        await at.imprint(miner, other)
        miner.fault("slow", only="write", seconds=0.2)
        first = [asyncio.create_task(at.configure.miner(miner.mac, {"info": {"frequency": 500 + n}})) for n in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await at.configure.miner(miner.mac, {"info": {"frequency": 600}})
        with pytest.raises(TooBusy):
            await at.restart.miner(miner.mac)
        await at.configure.miner(other.mac, {"info": {"frequency": 501}})
        assert not first[1].done()
        await asyncio.gather(*first)
        assert miner.received == [b'{"frequency":%d}' % (500 + n) for n in range(5)]
        await at.configure.miner(miner.mac, {"info": {"frequency": 485}})


async def test_a_miner_that_is_removed_while_a_write_waits_is_sent_nothing(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path, send_s=5.0) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        miner.fault("slow", only="write", seconds=0.2)
        first = asyncio.create_task(at.configure.miner(miner.mac, {"info": {"frequency": 500}}))
        second = asyncio.create_task(at.configure.miner(miner.mac, {"info": {"frequency": 510}}))
        await asyncio.sleep(0)
        await at.store.remove(miner.mac)
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert isinstance(results[1], NotFound)
        assert b'{"frequency":510}' not in miner.received


async def test_polls_are_skipped_while_a_miner_is_written_to(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path, send_s=5.0) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        record = at.store.get(miner.mac)
        assert record is not None
        at.fleet.start([MinerState(record.miner)])
        while miner.requests.counts["GET /api/system/info"] < 2:
            await asyncio.sleep(0.02)
        miner.fault("slow", only="write", seconds=1.0)
        changing = asyncio.create_task(at.configure.miner(miner.mac, {"info": {"frequency": 500}}))
        while not miner.received:
            await asyncio.sleep(0.01)
        asked = miner.requests.counts["GET /api/system/info"]
        await asyncio.sleep(0.7)  # three polls would be due
        assert miner.requests.counts["GET /api/system/info"] == asked
        await changing
        asked = miner.requests.counts["GET /api/system/info"]
        async with asyncio.timeout(5):
            while miner.requests.counts["GET /api/system/info"] == asked:
                await asyncio.sleep(0.02)


async def test_a_hold_waits_for_the_poll_in_flight_and_for_its_end_by_a_stop(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        record = at.store.get(miner.mac)
        assert record is not None
        miner.fault("hang", only="info")
        at.fleet.start([MinerState(record.miner)])
        while not at.fleet.polls_in_flight:
            await asyncio.sleep(0.02)
        entered = asyncio.create_task(_enter(at, record.mac))
        await asyncio.sleep(0.05)
        assert not entered.done()
        at.fleet.stop(record.mac)
        await asyncio.wait_for(entered, 2)


async def _enter(at: House, mac: MacAddress) -> None:
    async with at.fleet.held(mac):
        pass


async def test_what_is_wrong_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        await at.store.register([{"mac": "02:00:00:00:0f:01", "ip": None, "info": {}}])
        wrong: list[tuple[str, dict[str, Any], type[PlutoError], str]] = [
            ("02:00:00:00:0f:02", {"info": {}}, NotFound, "Device not found"),
            ("02:00:00:00:0f:01", {"info": 5}, BadRequest, "Device IP not available"),
            (miner.mac, {"info": 5, "presetUuid": "x"}, BadRequest, "Associated Preset id not available"),
            (miner.mac, {"info": {}, "presetUuid": 5}, BadRequest, "Associated Preset id not available"),
            (miner.mac, {"info": None}, BadRequest, "info must be an object"),
            (miner.mac, {"presetUuid": None}, BadRequest, "info must be an object"),
            (
                miner.mac,
                {"info": {"hostname": "n" * 10_240}},
                BadRequest,
                "info is too large: a miner takes less than 10,240 bytes",
            ),
        ]
        for id_, request, kind, text in wrong:
            with pytest.raises(kind) as caught:
                await at.configure.miner(id_, request)
            assert str(caught.value) == text
        assert miner.requests.total == 0


async def test_no_secret_is_in_what_is_said_or_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with fleet_of("axeos-2.12") as fleet, house(tmp_path) as at:
        miner = fleet.miners[0]
        await at.imprint(miner)
        secrets = {"stratumPassword": "hunter22", "wifiPass": 'a"b<c', "fallbackStratumPassword": "x"}
        for text, expected in (
            (
                '{"message":"no hunter22","wifiPass":"zzz","deep":[{"token":"t","ok":1}]}',
                {"message": "no ***", "deep": [{"ok": 1}]},
            ),
            ("cannot use hunter22, nor x: exit 1, a&quot;b&lt;c, a%22b%3Cc", "cannot use ***, nor ***: exit 1, ***, ***"),
            ("", "the miner answered status 400"),
        ):
            miner.fault("status-500", only="write", status="400 Bad Request", text=text)
            assert await failure(at, miner, **secrets) == expected
        miner.heal()
        done = await at.configure.miner(miner.mac, {"info": {**secrets, "deep": [{"pwd": "hunter22"}]}, "apiToken": "hunter22"})
        assert done.data == {"info": {"deep": [{}]}}
    assert "hunter22" not in caplog.text
    assert all("hunter22" not in str(vars(record)) for record in caplog.records)
