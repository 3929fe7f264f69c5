"""Somebody who asks, as a process of its own that stands ready: its start would stop the process that is measured.

`python -m bench.client` reads questions from its standard input, a line of JSON each, and answers each with a line:
seconds to the last byte, and bytes.
"""

import asyncio
import contextlib
import json
import sys
import time
from typing import Any, Self

import aiohttp
import socketio


class Client:
    """The process, seen from the one that is measured."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "bench.client"]
        self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()

    async def ask(self, **question: Any) -> tuple[float, int]:
        """Return seconds and bytes of one question: *do* names a function below, the rest are its arguments."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("the client is not running")
        process.stdin.write(json.dumps(question).encode() + b"\n")
        took_s, size = json.loads(await process.stdout.readline())
        return took_s, size


async def request(method: str, url: str, *, gzip: bool = False, body: Any = None) -> int:
    """Ask once, return how many bytes came."""
    headers = {"Accept-Encoding": "gzip" if gzip else "identity"}
    async with (
        aiohttp.ClientSession(headers=headers, auto_decompress=False, read_bufsize=2**22) as http,
        http.request(method, url, json=body) as answer,
    ):
        size = 0
        async for piece in answer.content.iter_any():
            size += len(piece)
        answer.raise_for_status()
        return size


async def remove(url: str, macs: list[str]) -> int:
    """Remove miners one after another, on one connection."""
    async with aiohttp.ClientSession(url) as http:
        for mac in macs:
            async with http.delete(f"/devices/imprint/{mac}") as answer:
                await answer.read()
                answer.raise_for_status()
    return len(macs)


async def records(url: str, seconds: float) -> int:
    """Be a browser that takes whole records, for *seconds* from the first one on."""
    client = socketio.AsyncClient()
    first, seen = asyncio.Event(), 0

    def stat_update(_: object) -> None:
        nonlocal seen
        seen += 1
        first.set()

    client.on("stat_update", stat_update)
    await client.connect(url, socketio_path="/socket/io", transports=["websocket"])
    await first.wait()
    await asyncio.sleep(seconds)
    await client.disconnect()
    return seen


async def page(url: str, seconds: float) -> int:
    """Be our page: watch the fleet, for *seconds* from the snapshot on."""
    client = socketio.AsyncClient()
    first, seen = asyncio.Event(), 0

    def patch(_: object) -> None:
        nonlocal seen
        seen += 1

    def snapshot(_: object) -> None:
        first.set()

    client.on("snapshot", snapshot, namespace="/ui")
    client.on("patch", patch, namespace="/ui")
    await client.connect(url, socketio_path="/socket/io", transports=["websocket"], namespaces=["/ui"])
    await client.emit("watch", {"topics": ["fleet"]}, namespace="/ui")
    await first.wait()
    await asyncio.sleep(seconds)
    await client.disconnect()
    return seen


DOES = {done.__name__: done for done in (request, remove, records, page)}


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        question = json.loads(line)
        did = DOES[question.pop("do")]
        began_s = time.monotonic()
        size = asyncio.run(did(**question))
        print(json.dumps([time.monotonic() - began_s, size]), flush=True)


if __name__ == "__main__":
    main()
