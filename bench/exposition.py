"""How long the metrics take: `python -m bench.exposition`."""

import asyncio
import gc
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

from pluto.clock import LoopClock
from pluto.metrics.exposition import Metrics, gzipped
from pluto.metrics.itself import Histogram
from pluto.model.miner import MacAddress, Miner
from pluto.model.reading import Fan, Flags, Pool, Reading, Reported
from pluto.model.state import Answered, MinerState, advance
from pluto.model.totals import Totals


def main() -> None:
    """Print the figures of 1,000 and of 10,000 miners."""
    for count in (1_000, 10_000):
        asyncio.run(_fleet(count))
    histogram = Histogram("seconds", "Seconds.", (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4))
    print(f"histogram.observe        {_us(lambda: histogram.observe(0.07), 100_000):8.2f} us")


async def _fleet(count: int) -> None:
    metrics = Metrics(LoopClock())
    states = [miner_state(place) for place in range(count)]
    for state in states:
        metrics.watch(state.miner, "bitaxe")
    first = [advance(state, miner_answer(state), 1.0) for state in states]
    second = [advance(state, miner_answer(state), 2.0) for state in first]
    for state in first:
        metrics.observe(state)
    await metrics.text()
    gc.collect()
    gc.freeze()  # as the server does after its start
    began = time.process_time()
    for state in second:
        metrics.observe(state)
    observed_s = time.process_time() - began
    text, all_s, slice_s = await _timed(metrics.text)
    _, none_s, _ = await _timed(metrics.text)
    small, gzip_s, gzip_slice_s = await _timed(lambda: gzipped(text))
    print(f"{count:6} miners: observe   {observed_s / count * 1e6:8.2f} us")
    print(f"  text, all changed      {all_s * 1e3:8.1f} ms, longest slice {slice_s * 1e3:.1f} ms")
    print(f"  text, none changed     {none_s * 1e3:8.1f} ms")
    print(f"  gzip                   {gzip_s * 1e3:8.1f} ms in a thread, longest slice {gzip_slice_s * 1e3:.1f} ms")
    print(f"  size                   {len(text) / 1e6:8.1f} MB, gzip {len(small) / 1e6:.1f} MB")
    totals = Totals()
    totals.change(None, first[0])
    print(f"  totals.change          {_us(lambda: _there_and_back(totals, first[0], second[0]), 10_000) / 2:8.2f} us")


async def _timed(work: Callable[[], Coroutine[Any, Any, bytes]]) -> tuple[bytes, float, float]:
    """Return what *work* gives, its time, and the longest time for which nothing else could run meanwhile."""
    longest_s = 0.0
    last_s = time.perf_counter()

    async def others() -> None:
        nonlocal longest_s, last_s
        while True:
            await asyncio.sleep(0)
            now_s = time.perf_counter()
            longest_s, last_s = max(longest_s, now_s - last_s), now_s

    watcher = asyncio.create_task(others())
    await asyncio.sleep(0)
    began_s = time.perf_counter()
    result = await work()
    took_s = time.perf_counter() - began_s
    watcher.cancel()
    return result, took_s, longest_s


def _there_and_back(totals: Totals, one: MinerState, other: MinerState) -> None:
    totals.change(one, other)
    totals.change(other, one)


def _us(call: Callable[[], None], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times * 1e6


def miner_state(place: int) -> MinerState:
    digits = f"{place * 7919:012x}"
    return MinerState(Miner(MacAddress(":".join(digits[i : i + 2] for i in range(0, 12, 2))), f"10.0.0.{place % 250}", place))


def miner_answer(state: MinerState) -> Answered:
    hashrate, power, chip = random.uniform(900, 1300), random.uniform(15, 20), random.uniform(45, 65)
    said = None if state.reading is None else state.reading.reported.shares_accepted
    accepted = random.randrange(100_000) if said is None else int(said) + random.randrange(2)
    uptime = random.randrange(10**6)
    reported = Reported(
        power_watts=power,
        voltage_volts=5.07,
        current_amps=3.5,
        temperature_celsius=chip,
        hashrate_ghs=hashrate,
        shares_accepted=accepted,
        shares_rejected=accepted // 300,
        fanspeed_rpm=55,
        uptime_seconds=uptime,
        free_heap_bytes=8_212_340,
        core_voltage_volts=1.15,
        core_voltage_actual_volts=1.143,
        frequency_mhz=525,
        vr_temperature_celsius=chip + 8,
        free_heap_internal_bytes=96_211,
        free_heap_spiram_bytes=8_116_129,
        fan_rpm=4312,
        fan_duty_percent=55,
        version="v2.12.1",
        stratum_url="public-pool.io",
        stratum_port="21496",
        hostname="bitaxe",
    )
    reading = Reading(
        reported=reported,
        mac=state.miner.mac,
        hostname="bitaxe",
        model="Bitaxe Gamma",
        firmware="v2.12.1",
        hashrate_ghs=hashrate,
        hashrate_1m_ghs=hashrate,
        hashrate_10m_ghs=hashrate,
        hashrate_1h_ghs=hashrate,
        expected_hashrate_ghs=1071.0,
        error_percent=0.2,
        power_watts=power,
        efficiency_j_per_th=power / hashrate * 1000,
        input_voltage_volts=5.07,
        current_amps=3.5,
        core_voltage_volts=1.15,
        core_voltage_actual_volts=1.143,
        frequency_mhz=525.0,
        frequency_actual_mhz=524.9,
        chip_temperatures_celsius=(chip,),
        vr_temperature_celsius=chip + 8,
        fans=(Fan(55.0, 4312.0),),
        shares_accepted=accepted,
        shares_rejected=accepted // 300,
        best_difficulty=4.29e9,
        best_session_difficulty=1.1e8,
        blocks_found=0,
        pool=Pool("public-pool.io", 21496, "bc1q.worker", 512.0, is_fallback=False, is_connected=True),
        pool_response_ms=41.7,
        wifi_rssi_dbm=-58.0,
        uptime_seconds=uptime,
        free_heap_bytes=8_212_340,
        flags=Flags(is_overheated=False, is_paused=False, is_shut_down=False),
    )
    return Answered(reading, b"{}")


if __name__ == "__main__":
    main()
