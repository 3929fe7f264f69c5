"""The connect limit holds whatever else is under way."""

import asyncio
import socket

from clocks import FakeClock
from loopback_hosts import LoopbackHosts, hang
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach
from pluto.model.state import Failed, Outcome, Reason


class Deaf:
    """A host that takes no connection and refuses none: its queue is full."""

    def __init__(self, ip: str, port: int) -> None:
        self._sockets = [socket.socket()]
        self._sockets[0].bind((ip, port))
        self._sockets[0].listen(0)
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((ip, port))
            self._sockets.append(filler)

    def close(self) -> None:
        for one in self._sockets:
            one.close()


async def test_a_connect_that_begins_while_others_await_their_answer_is_given_up_in_its_own_time() -> None:
    clock = FakeClock()
    client = PollClient(Reach(["127.0.0.0/8"]), clock, timeout_s=4.0, connect_s=1.5)
    outcomes: list[Outcome] = []
    async with LoopbackHosts(36) as hosts:
        deaf = Deaf(hosts.ip(2), hosts.port)
        reached = asyncio.Event()

        async def reach_and_hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            reached.set()
            await hang(reader, writer)

        await hosts.stranger(1, reach_and_hang)
        slow, late = client.line(), client.line()
        slow.begin(hosts.host(1), outcomes.append)
        await reached.wait()
        clock.advance_to(1.6)
        late.begin(hosts.host(2), outcomes.append)
        await asyncio.sleep(0)
        clock.advance_to(3.2)
        assert outcomes == [Failed(Reason.NO_CONNECTION, "no connection within 1.5 s")]
        slow.close()
        late.close()
        deaf.close()
    client.close()
