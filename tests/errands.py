"""Writing to simulated miners without a server around: real store, real sockets, and a clock that does not wait."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from pluto.axeos.fetch import MinerClient
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach
from pluto.clock import LoopClock, Timer
from pluto.monitor.fleet import Fleet
from pluto.services.configure import Configure
from pluto.services.errand import Errands
from pluto.services.presets import Presets
from pluto.services.restart import Restart
from pluto.simulator.routes import info_text
from pluto.simulator.simulated_miner import SimulatedMiner
from pluto.store.core import CoreStore


class HurriedClock:
    """The loop's clock, but every wait is over at once."""

    def __init__(self) -> None:
        self._clock = LoopClock()

    def now_s(self) -> float:
        return self._clock.now_s()

    def utc(self) -> datetime:
        return self._clock.utc()

    def wall_s(self) -> float:
        return self._clock.wall_s()

    def call_at(self, when_s: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_soon(callback)


class House:
    """What a test of writes needs, joined as the server joins it."""

    def __init__(self, core: CoreStore, fleet: Fleet, errands: Errands) -> None:
        self.store = core.miners
        self.fleet = fleet
        self.sent: list[tuple[str, list[str]]] = []
        self.presets = Presets(core.presets)
        self.configure = Configure(core.miners, core.presets, errands, lambda mac, fields: self.sent.append((mac, list(fields))))
        self.restart = Restart(core.miners, errands)

    async def imprint(self, *miners: SimulatedMiner) -> None:
        """Register miners where they are, with what they say now."""
        await self.store.register(
            [{"mac": one.mac, "ip": one.host, "type": "t", "info": msgspec.json.decode(info_text(one.state))} for one in miners]
        )


@asynccontextmanager
async def house(folder: Path, *, question_s: float = 0.5, send_s: float = 0.5) -> AsyncGenerator[House, None]:
    """Join real parts over a store in *folder*; the limits are short, so that a test of a silent miner is."""
    clock, reach = LoopClock(), Reach(["127.0.0.0/8"])
    questions = PollClient(reach, clock, question_s)
    polls = PollClient(reach, clock, 4.0)
    fleet = Fleet(polls.line, lambda _before, _after: None, lambda _polled: None, clock, 0.2)
    async with CoreStore(folder, clock=clock, flush_s=60.0) as core:
        errands = Errands(questions, MinerClient(reach), fleet.held, HurriedClock(), send_s=send_s)
        try:
            yield House(core, fleet, errands)
        finally:
            fleet.close()
            questions.close()
            polls.close()
