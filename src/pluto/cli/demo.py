"""A simulated fleet and the server on this machine: found and watched over its own API, nothing left behind."""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

import aiohttp
import click
import msgspec

from pluto.cli.serve import run, until_signalled
from pluto.errors import CannotStart
from pluto.logs import close_logs, open_logs
from pluto.settings import Settings, read_settings

FIRST_ADDRESS: Final = "127.20.0.1"
NETWORK: Final = "127.20.0.0/24"
START_LIMIT_S: Final = 20.0


class Ports(msgspec.Struct, frozen=True):
    """Where the simulated miners and their control route listen."""

    miners: int
    control: int


@click.command()
@click.argument("count", type=click.IntRange(1, 250), default=30)
def demo(count: int) -> None:
    """Start COUNT simulated miners and the server, and show where to look."""
    ports = Ports(_free_port(FIRST_ADDRESS, 8080), _free_port("127.0.0.1", 7770))
    with tempfile.TemporaryDirectory(prefix="pluto-demo-") as folder:
        settings = _settings(Path(folder), ports)
        handlers = open_logs(Path(settings.logs_dir), "warning")
        try:
            run(_demo(count, settings, ports))
        finally:
            close_logs(handlers)


def _settings(folder: Path, ports: Ports) -> Settings:
    own = read_settings(os.environ)
    return msgspec.structs.replace(
        own,
        port=_free_port(own.bind, own.port),
        data_dir=str(folder / "data"),
        logs_dir=str(folder / "logs"),
        dashboards_dir=str(folder / "dashboards"),
        discovery_service_host="",
        discovery_networks=(f"{NETWORK}:{ports.miners}",),
        discovery_mdns=False,
    )


async def _demo(count: int, settings: Settings, ports: Ports) -> None:
    click.echo(f"Pluto demo: {count} simulated miners, nothing of it leaves this machine")
    async with _simulated(count, ports):
        await until_signalled(settings, lambda app: _show(f"http://127.0.0.1:{app.port}", count, ports))
    click.echo("Ended; nothing was left behind.")


@contextlib.asynccontextmanager
async def _simulated(count: int, ports: Ports) -> AsyncGenerator[None, None]:
    arguments = [str(count), "--first", FIRST_ADDRESS, "--port", str(ports.miners), "--control-port", str(ports.control)]
    simulator = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pluto", "simulate", *arguments, stdout=asyncio.subprocess.DEVNULL, start_new_session=True
    )
    try:
        await _listening(ports.control, simulator)
        yield
    finally:
        if simulator.returncode is None:
            simulator.terminate()
        await simulator.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_LIMIT_S):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
    raise CannotStart("the simulated miners did not start; `pluto simulate` says why")


async def _show(base: str, count: int, ports: Ports) -> None:
    """Do what a user does with a new fleet, by the same routes, and say how it goes."""
    async with aiohttp.ClientSession(base, trust_env=False) as session:
        async with session.get("/devices/discover") as answer:
            found = await answer.json()
        if not found:
            raise CannotStart(f"no miner was found in {NETWORK}, though {count} are simulated there")
        click.echo(f"  found      {len(found)} miners in {NETWORK}")
        async with session.put("/devices/imprint", json={"macs": [device["mac"] for device in found]}) as answer:
            imprinted = (await answer.json())["data"]
        click.echo(f"  imprinted  {len(imprinted)}")
        async with session.put("/devices/listen") as answer:
            answer.raise_for_status()
        online = 0
        while online < count:
            await asyncio.sleep(0.25)
            async with session.get("/metrics") as answer:
                online = _value(await answer.text(), "hardware_online")
        click.echo(f"  online     {online} of {count}")
    control = f"http://127.0.0.1:{ports.control}"
    click.echo(
        f"\nLook at     {base}/\n"
        f"Numbers     {base}/metrics\n"
        f"Miners      {base}/devices/imprint\n"
        f'Break one   curl -X POST -d \'{{"fault":"hang"}}\' {control}/miners/0/fault\n'
        f"Heal it     curl -X DELETE {control}/miners/0/fault\n"
        "Ctrl-C ends it."
    )


def _value(exposition: str, name: str) -> int:
    return next((int(line.split()[1]) for line in exposition.splitlines() if line.startswith(f"{name} ")), 0)


def _free_port(address: str, wanted: int) -> int:
    """Return *wanted* if nobody listens there, else a port the kernel chooses."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
            chosen: int = probe.getsockname()[1]
            return chosen
    raise CannotStart(f"no free port on {address}")
