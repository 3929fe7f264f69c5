"""A day that a fleet is said to have had: readings, outages and events in the history of a server that has yet to start."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from pluto.axeos.decode import decode_system_info
from pluto.history.book import Book
from pluto.history.tiers import Kept
from pluto.model.happenings import Happening
from pluto.model.miner import MacAddress
from pluto.model.reading import Fan, Reading
from pluto.simulator.routes import info_text
from pluto.simulator.simulated_miner import SimulatedMiner

HOUR_S = 3600
Outages = Mapping[str, Sequence[tuple[float, float]]]


def remember(
    folder: Path, miners: Sequence[SimulatedMiner], hours: float = 24, outages: Outages | None = None,
    events: Iterable[Happening] = (), every_s: int = 15,
) -> float:  # fmt: skip
    """Write the last *hours* of *miners* into the data folder of `running(folder)`; return the wall time at which they end.

    *outages* names, by MAC, from when to when a miner was silent, in seconds before the end.
    """
    end_s = math.floor(time.time())
    (folder / "data").mkdir(parents=True, exist_ok=True)
    book = Book(folder / "data" / "history.sqlite", Kept())
    now_s = end_s - hours * HOUR_S
    book.open(now_s)
    readings = [decode_system_info(info_text(miner.state).encode()).reading for miner in miners]
    while now_s < end_s:
        for place, (miner, reading) in enumerate(zip(miners, readings, strict=True)):
            silent = (outages or {}).get(miner.mac, ())
            if not any(begin >= end_s - now_s > end for begin, end in silent):
                book.take(MacAddress(miner.mac), now_s, _at(reading, now_s, place))
        now_s += every_s
        for _ in book.tick(now_s, len(miners)):
            pass
    for number, event in enumerate(events, start=1):
        book.happened(msgspec.structs.replace(event, id=number))
    for _ in book.tick(end_s, len(miners)):
        pass
    book.close(end_s)
    return end_s


def _at(reading: Reading, at_s: float, place: int) -> Reading:
    """Return *reading* as it might have been at another time: warmer by day, never quite still."""
    wave = math.sin(at_s / 13_000 + place)
    ripple = math.sin(at_s / 97 + place * 3) * 0.02 + math.sin(at_s / 31) * 0.015
    expected = reading.expected_hashrate_ghs or 1000.0
    hashrate = expected * (0.99 + ripple + 0.01 * wave)
    power = (reading.power_watts or 15.0) * (1 + ripple / 4)
    return msgspec.structs.replace(
        reading,
        hashrate_ghs=hashrate,
        hashrate_10m_ghs=expected * (0.99 + 0.01 * wave),
        power_watts=power,
        efficiency_j_per_th=power / hashrate * 1000,
        chip_temperatures_celsius=(60 + 6 * wave + 30 * ripple,),
        vr_temperature_celsius=66 + 5 * wave,
        fans=(Fan(55 + 12 * wave, 4200 + 700 * wave),),
        shares_accepted=int(at_s / 7),
        shares_rejected=int(at_s / 900),
    )
