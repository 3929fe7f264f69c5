"""The server as a process of its own: started, waited for, ended."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp


@asynccontextmanager
async def process(folder: Path, settings: Mapping[str, str], *arguments: str) -> AsyncGenerator[asyncio.subprocess.Process, None]:
    """Run `python -m pluto` in *folder* with *settings* as its environment; whatever still runs at the end is killed."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    one = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pluto", *arguments, cwd=folder, env=environment | dict(settings),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield one
    finally:
        if one.returncode is None:
            one.kill()
        if one.stdout is not None and not one.stdout.at_eof():
            await one.communicate()


async def ready(port: int) -> None:
    """Wait until the server says that it is."""
    async with asyncio.timeout(20), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.03)


async def ended(one: asyncio.subprocess.Process) -> tuple[int, str]:
    """Return exit code and the last line on the console."""
    async with asyncio.timeout(10):
        _, errors = await one.communicate()
    assert one.returncode is not None
    lines = errors.decode().splitlines()
    return one.returncode, lines[-1] if lines else ""
