"""Saving what a miner answers, identities masked, as a file to report or to test with."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
import click
import msgspec

from pluto.axeos.fetch import MinerClient, Reply
from pluto.axeos.reach import Reach, Refusal
from pluto.cli.serve import run
from pluto.errors import BadRequest, MinerFault, MinerNonsense, MinerUnreachable
from pluto.model.json_value import JsonObject, parse_object
from pluto.model.mask import masked, masked_text, private_words
from pluto.settings import read_settings

QUESTIONS: Final = {"info": "/api/system/info", "asic": "/api/system/asic"}
LIMIT_S: Final = 4.0
MAX_LINES: Final = 500


@click.command()
@click.argument("host")
@click.option("--seconds", type=click.FloatRange(0, 600), default=5.0, show_default=True, help="how long to listen to its log")
@click.option("--output", type=click.Path(path_type=Path), help="file to write; default: the screen")
def record(host: str, seconds: float, output: Path | None) -> None:
    """Save what the miner at HOST says: info, asic and log lines, without secrets, names and addresses."""
    reach = Reach(read_settings(os.environ).miner_networks)
    if isinstance(verdict := reach.check(host), Refusal):
        raise BadRequest(verdict.sentence)
    text = msgspec.json.format(msgspec.json.encode(run(_recorded(reach, host, seconds))), indent=2).decode()
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
        click.echo(f"written to {output}", err=True)


async def _recorded(reach: Reach, host: str, seconds: float) -> JsonObject:
    result: JsonObject = {}
    private: list[str] = []
    client = MinerClient(reach)
    for name, path in QUESTIONS.items():
        answer = await _asked(client, host, path)
        private += private_words(answer)
        result[name] = masked(answer)
    result["log"] = [masked_text(line, private) async for line in _lines(host, seconds)]
    return result


async def _asked(client: MinerClient, host: str, path: str) -> JsonObject:
    try:
        reply = await client.get(host, path, LIMIT_S)
        return _object(reply)
    except MinerUnreachable:
        raise
    except MinerFault as error:
        return {"failed": str(error)}


def _object(reply: Reply) -> JsonObject:
    try:
        return parse_object(reply.body)
    except ValueError as error:
        raise MinerNonsense(f"status {reply.status}, not a JSON object") from error


async def _lines(host: str, seconds: float) -> AsyncIterator[str]:
    count = 0
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(contextlib.suppress(TimeoutError, aiohttp.ClientError))
        await stack.enter_async_context(asyncio.timeout(seconds))
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        feed = await stack.enter_async_context(session.ws_connect(f"http://{host}/api/ws", max_msg_size=1024 * 1024))
        async for frame in feed:
            for line in str(frame.data).splitlines():
                yield line
                count += 1
                if count >= MAX_LINES:
                    return
