"""Real parts, started for one test: Prometheus and its kind, each on a port and in a folder of its own."""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

READY_WITHIN_S = 20
ENDS_WITHIN_S = 10
LOG = "out.log"


def needed(program: str) -> str:
    """Return the path of *program*; where it is missing the test is skipped, in CI it fails."""
    path = shutil.which(program)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is not installed, and CI must have it")
        pytest.skip(f"{program} is not installed")
    return path


def free_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def run(command: Sequence[str], *, ready: str | int, cwd: Path) -> AsyncGenerator[subprocess.Popen[bytes]]:
    """Run *command* in *cwd* until the block ends, its output in `out.log` there.

    The block begins when the URL *ready* answers 200, or the port *ready* accepts; the test fails, with the end of the
    log, when that takes too long or the process ends first.
    """
    with (cwd / LOG).open("wb") as log:
        process = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=subprocess.STDOUT, env=_environment(os.environ))
        try:
            await _await_ready(process, ready, cwd / LOG)
            yield process
        finally:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def _await_ready(process: subprocess.Popen[bytes], ready: str | int, log: Path) -> None:
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            while not await _answers(ready):
                if process.poll() is not None:
                    pytest.fail(f"{process.args!r} ended with {process.returncode}:\n{_end(log)}")
                await asyncio.sleep(0.03)
    except TimeoutError:
        pytest.fail(f"{process.args!r} is not ready after {READY_WITHIN_S} s:\n{_end(log)}")


async def _answers(ready: str | int) -> bool:
    try:
        if isinstance(ready, int):
            _, writer = await asyncio.open_connection("127.0.0.1", ready)
            writer.close()
            return True
        async with aiohttp.ClientSession() as client, client.get(ready) as answer:
            return answer.status == 200
    except (OSError, aiohttp.ClientError):
        return False


def _end(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]


def _environment(of: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in of.items() if not name.lower().endswith("_proxy")}
