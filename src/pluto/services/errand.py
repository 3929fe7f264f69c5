"""How a change reaches one miner: in its turn, after the miner said who it is, with no poll in between."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from pluto.axeos.client import ask_as
from pluto.axeos.fetch import MinerClient, Reply
from pluto.axeos.poll_client import PollClient
from pluto.clock import Clock, pause
from pluto.errors import BadRequest, NotFound
from pluto.model.miner import MacAddress
from pluto.model.record import Record
from pluto.model.state import Answered
from pluto.services.turns import Turns
from pluto.store.miners import MinerStore

QUESTION_S: Final = 4.0
SEND_S: Final = 10.0
SETTLE_S: Final = 1.0
"""What firmware needs after a write before it is asked again (axeos.md 9)."""

Hold = Callable[[MacAddress], AbstractAsyncContextManager[None]]


class Errands:
    """The one way by which anything is written to a miner, whoever wants it."""

    def __init__(self, questions: PollClient, client: MinerClient, hold: Hold, clock: Clock, *, send_s: float = SEND_S) -> None:
        self._questions = questions
        self._client = client
        self._hold = hold
        self._clock = clock
        self._send_s = send_s
        self._turns = Turns()

    @asynccontextmanager
    async def turn(self, mac: MacAddress) -> AsyncGenerator[None, None]:
        """Wait until nothing else is written to *mac*, and hold its polls inside the block; raises TooBusy."""
        async with self._turns.of(mac), self._hold(mac):
            yield

    async def who(self, host: str, mac: MacAddress) -> Answered:
        """Return what *mac* says of itself at *host*; raises a MinerFault."""
        return await ask_as(self._questions, host, mac)

    async def send(self, method: str, host: str, path: str, body: bytes = b"") -> Reply:
        """Return the answer to a write, of any status; raises MinerUnreachable, MinerHungUp, MinerNonsense."""
        return await self._client.send(method, host, path, body, self._send_s)

    async def settle(self) -> None:
        """Wait until a miner that was written to can be asked again."""
        await pause(self._clock, SETTLE_S)


def reachable(store: MinerStore, id_: str) -> tuple[Record, str]:
    """Return the record of *id_* and the address it names; raises NotFound, BadRequest where it names none."""
    record = store.get(id_)
    if record is None:
        raise NotFound("Device not found")
    if record.host is None:
        raise BadRequest("Device IP not available")
    return record, record.host
