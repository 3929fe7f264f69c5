"""Every other exchange with a miner: one question to an address that may hold anybody, within the limits of a poll."""

import asyncio

from pluto.axeos.poll_client import PollClient
from pluto.errors import MinerNonsense, MinerUnreachable, WrongMiner
from pluto.model.miner import MacAddress
from pluto.model.state import Answered, Failed, Outcome, Reason, identified


async def ask_info(client: PollClient, host: str) -> Answered:
    """Return what the miner at *host* (`ip[:port]`) says now; raises MinerUnreachable or MinerNonsense with the reason."""
    line = client.line()
    answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    line.begin(host, answer.set_result)
    try:
        outcome = await answer
    finally:
        line.close()
    match outcome:
        case Answered():
            return outcome
        case Failed(Reason.BAD_ANSWER, detail):
            raise MinerNonsense(detail)
        case Failed(reason, detail):
            raise MinerUnreachable(f"{reason}: {detail}")


async def ask_as(client: PollClient, host: str, mac: MacAddress) -> Answered:
    """Return what *mac* says at *host*; raises WrongMiner when another one answers there, and what `ask_info` raises."""
    answered = identified(await ask_info(client, host), mac)
    if isinstance(answered, Failed):
        raise WrongMiner(answered.detail)
    return answered
