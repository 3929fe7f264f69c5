"""The polling exchange against real sockets: what is kept open, what is asked again, what is never called twice."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from clocks import FakeClock
from pluto.axeos.poll_client import PollClient, PollLine
from pluto.axeos.reach import Reach
from pluto.model.state import Answered, Failed, Outcome, Reason

BODY = b'{"hashRate":500,"version":"v2.12.2"}'
KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
OLD = KEPT.replace(b"v2.12.2", b"v2.3.00")


class Miner:
    """Answers each request with what *answer* returns for it; None closes."""

    def __init__(self, answer: Callable[[int], bytes | None]) -> None:
        self.answer = answer
        self.connections = 0
        self.requests: list[bytes] = []
        self.host = ""
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self.answer(len(self.requests))
                if answer is None:
                    break
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def miner_with(answer: Callable[[int], bytes | None]) -> AsyncGenerator[Miner, None]:
    miner = Miner(answer)
    server = await asyncio.start_server(miner.serve, "127.0.0.1", 0)
    miner.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield miner
    finally:
        server.close()
        for writer in miner.writers:
            writer.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client(clock: FakeClock) -> PollClient:
    return PollClient(Reach(["127.0.0.0/8"]), clock, 4.0)


async def ask(line: PollLine, host: str) -> Outcome:
    answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    line.begin(host, answer.set_result)
    async with asyncio.timeout(5):
        return await answer


async def test_a_connection_is_kept_between_polls_also_past_the_limit_of_the_first(client: PollClient, clock: FakeClock) -> None:
    async with miner_with(lambda _: KEPT) as miner:
        line = client.line()
        for turn in range(3):
            assert isinstance(await ask(line, miner.host), Answered)
            clock.advance_to(5.0 * (turn + 1))
            await asyncio.sleep(0)
        line.close()
        assert (miner.connections, len(miner.requests)) == (1, 3)


async def test_a_firmware_with_few_sockets_gets_a_connection_for_each_poll(client: PollClient) -> None:
    async with miner_with(lambda _: OLD) as miner:
        line = client.line()
        for _ in range(3):
            assert isinstance(await ask(line, miner.host), Answered)
        line.close()
        assert miner.connections == 3


async def test_a_kept_connection_that_died_is_asked_again_on_a_fresh_one_once(client: PollClient) -> None:
    async with miner_with(lambda number: None if number == 2 else KEPT) as miner:
        line = client.line()
        assert isinstance(await ask(line, miner.host), Answered)
        assert isinstance(await ask(line, miner.host), Answered)
        line.close()
        assert (miner.connections, len(miner.requests)) == (2, 3)


async def test_a_fresh_connection_that_dies_is_a_failed_poll(client: PollClient) -> None:
    async with miner_with(lambda _: None) as miner:
        line = client.line()
        outcome = await ask(line, miner.host)
        assert isinstance(outcome, Failed)
        assert outcome.reason is Reason.BAD_ANSWER
        assert len(miner.requests) == 1


async def test_silence_ends_at_the_limit_and_the_next_poll_is_fresh(client: PollClient, clock: FakeClock) -> None:
    async with miner_with(lambda number: KEPT if number > 1 else b"") as miner:
        line = client.line()
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        line.begin(miner.host, answer.set_result)
        async with asyncio.timeout(5):
            while not miner.requests:
                await asyncio.sleep(0.01)
        clock.advance_to(3.9)
        assert not answer.done()
        clock.advance_to(4.2)
        outcome = await answer
        assert isinstance(outcome, Failed)
        assert outcome.reason is Reason.SILENT
        assert isinstance(await ask(line, miner.host), Answered)
        line.close()
        assert miner.connections == 2


async def test_a_closed_line_calls_nobody(client: PollClient) -> None:
    async with miner_with(lambda _: KEPT) as miner:
        line = client.line()
        called: list[Outcome] = []
        line.begin(miner.host, called.append)
        line.close()
        await asyncio.sleep(0.1)
        assert called == []


async def test_closing_while_connecting_never_asks_the_wrong_miner(client: PollClient) -> None:
    async with miner_with(lambda _: KEPT) as first, miner_with(lambda _: KEPT) as second:
        line = client.line()
        line.begin(first.host, lambda _: None)
        line.close()
        assert isinstance(await ask(line, second.host), Answered)
        await asyncio.sleep(0.05)
        line.close()
        assert len(second.requests) == 1
        assert first.requests == []


async def test_bytes_that_nobody_asked_for_end_the_connection(client: PollClient) -> None:
    async with miner_with(lambda _: KEPT + KEPT) as miner:
        line = client.line()
        assert isinstance(await ask(line, miner.host), Answered)
        assert isinstance(await ask(line, miner.host), Answered)
        line.close()
        assert miner.connections == 2


async def test_an_address_outside_the_networks_is_not_opened(clock: FakeClock) -> None:
    line = PollClient(Reach(["10.0.0.0/8"]), clock, 4.0).line()
    outcome = await ask(line, "127.0.0.1:9")
    assert isinstance(outcome, Failed)
    assert "PLUTO_MINER_NETWORKS" in outcome.detail


async def test_the_request_is_small_and_says_nothing_of_a_browser(client: PollClient) -> None:
    async with miner_with(lambda _: KEPT) as miner:
        line = client.line()
        await ask(line, miner.host)
        line.close()
        request = miner.requests[0]
        assert request.startswith(b"GET /api/system/info HTTP/1.1\r\nHost: " + miner.host.encode() + b"\r\n")
        assert len(request) < 400
        for word in (b"origin", b"referer", b"cookie", b"authorization"):
            assert word not in request.lower()
        assert b"Accept-Encoding: identity" in request
