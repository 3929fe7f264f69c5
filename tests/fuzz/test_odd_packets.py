"""Packets that a machine thinks up for our Socket.IO: whatever comes, the server goes on and others hear everything."""

import asyncio
import json
import os
from pathlib import Path

import aiohttp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from figures import Figure
from pluto.events.live import UNWATCH, WATCH
from pluto.events.names import CLIENT_EVENTS
from pluto.simulator.server import SimulatedFleet
from served import served

EXAMPLES = int(os.environ.get("PLUTO_FUZZ_EXAMPLES", "12")) * 5
UNHURRIED = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)
MAX_SENT = 6


def event(name: str, arguments: list[object], number: str) -> str:
    return f"42{number}{json.dumps([name, *arguments])}"


def joined(kind: str, rest: str) -> str:
    return kind + rest


def attachments(count: int) -> str:
    return f'45{count}-["x",{{"_placeholder":true,"num":0}}]'


SCALARS: st.SearchStrategy[object] = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
NESTED: st.SearchStrategy[object] = st.lists(SCALARS, max_size=4) | st.dictionaries(st.text(max_size=8), SCALARS, max_size=4)
EVENTS = st.builds(
    event,
    st.sampled_from([*CLIENT_EVENTS, WATCH, UNWATCH, "connect", "disconnect", "nobody", ""]),
    st.lists(SCALARS | NESTED, max_size=3),
    st.sampled_from(["", "0", "7", "99999999999999999999", "/ui,", "/nobody,"]),
)
PACKETS: st.SearchStrategy[str | bytes] = st.one_of(
    EVENTS,
    st.text(max_size=60),
    st.binary(max_size=60),
    st.builds(joined, st.sampled_from([str(kind) for kind in range(7)]), st.text(max_size=30)),
    st.builds(joined, st.sampled_from([f"4{kind}" for kind in range(9)]), st.text(max_size=30)),
    st.builds(attachments, st.integers(-1, 10**9)),
)


async def send(base: str, said: list[str | bytes]) -> None:
    """Say what a machine thought up, as a browser on a socket of its own."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{base}/socket/io/?EIO=4&transport=websocket") as page:
        await page.receive()
        await page.send_str("40")
        for packet in said:
            if page.closed:
                return
            await (page.send_bytes(packet) if isinstance(packet, bytes) else page.send_str(packet))
        await page.send_str("2probe")


def fuzz(base: str) -> int:
    count = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=UNHURRIED)
    @given(st.lists(PACKETS, min_size=1, max_size=MAX_SENT))
    def say(said: list[str | bytes]) -> None:
        nonlocal count
        count += len(said)
        try:
            asyncio.run(send(base, said))
        except (aiohttp.ClientError, ConnectionError):
            return  # it hung up on us, as it may

    say()
    return count


async def test_no_packet_that_a_machine_thinks_up_harms_the_server_or_others(tmp_path: Path, figure: Figure) -> None:
    async with SimulatedFleet(2, first="127.39.2.1") as fleet, served(tmp_path, fleet) as server:
        async with server.http.ws_connect(f"{server.base}/socket/io/?EIO=4&transport=websocket") as page:
            await page.receive()
            await page.send_str("40")
            count = await asyncio.to_thread(fuzz, server.base)
            async with asyncio.timeout(20):
                while "stat_update" not in str((await page.receive()).data) or (await server.metrics())["hardware_online"] < 2:
                    await page.send_str("3")
        log = server.log
    assert "[ERROR]" not in log, log
    figure("10.3", count, -100, "packets thought up by a machine, no harm done")
