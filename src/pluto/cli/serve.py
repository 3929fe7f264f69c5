"""Starting the server, and ending it in order at the first signal."""

import asyncio
import contextlib
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from pluto import __version__
from pluto.access.given import given_passwords
from pluto.access.passwords import PasswordFile, generated, hashed
from pluto.access.roles import Role
from pluto.app import App
from pluto.cli.access import access_folder
from pluto.discovery.networks import interface_addresses, lan_addresses
from pluto.logs import close_logs, open_logs
from pluto.settings import Settings, named_in, read_settings, stated

T = TypeVar("T")
log = logging.getLogger(__name__)


@click.command()
@click.option("--lan", is_flag=True, help="Listen on every network of this machine, with a password.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port instead of PORT.")
def serve(lan: bool = False, port: int | None = None) -> None:
    """Run the server: REST, Socket.IO and metrics on one port."""
    settings = read_settings(os.environ)
    if lan:
        settings = _open_to_network(settings)
    if port is not None:
        settings = msgspec.structs.replace(settings, port=port)
    handlers = open_logs(Path(settings.logs_dir), settings.log_level)
    try:
        run(until_signalled(settings))
    finally:
        close_logs(handlers)


def _open_to_network(settings: Settings) -> Settings:
    """Return *settings* for every network: with a password, unless PLUTO_AUTH says itself that there is none (trust 3.1)."""
    opened = msgspec.structs.replace(settings, bind="0.0.0.0")  # noqa: S104 - that is what was asked for
    if "PLUTO_AUTH" in stated(os.environ) and settings.auth == "off":
        return opened
    file = PasswordFile(access_folder(settings))
    file.refresh()
    if Role.OPERATOR not in given_passwords(settings) and Role.OPERATOR not in file.kept:
        chosen = generated()
        file.put(Role.OPERATOR, hashed(chosen))
        click.echo(f"\nThe password is  {chosen}  (shown this once; `pluto password` sets another)\n")
    return msgspec.structs.replace(opened, auth="password")


async def until_signalled(settings: Settings, meanwhile: Callable[[App], Coroutine[object, object, None]] | None = None) -> None:
    """Run the server until SIGTERM or SIGINT, and *meanwhile* on it; a second signal ends the process at once.

    What *meanwhile* raises ends the server and is raised again.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _stop, stop)
    async with App(settings, fixed=named_in(os.environ)) as app:
        log.info("Pluto %s listens on %s", __version__, ", ".join(f"http://{host}:{app.port}" for host in _hosts(settings.bind)))
        if settings.is_open_to_network:
            log.warning(
                "everyone who can reach port %d of this machine may operate the miners: PLUTO_AUTH=password and "
                "`pluto password` keep them out",
                app.port,
            )
        await _until(stop, None if meanwhile is None else meanwhile(app))
        log.info("stopping")
    log.info("stopped")


def _hosts(bind: str) -> list[str]:
    """Return the addresses under which somebody reaches what is bound to *bind*."""
    if bind != "0.0.0.0":  # noqa: S104 - compared, not bound
        return [bind]
    return ["127.0.0.1", *(str(own.address) for own in lan_addresses(interface_addresses()) if not own.address.is_loopback)]


async def _until(stop: asyncio.Event, work: Coroutine[object, object, None] | None) -> None:
    if work is None:
        await stop.wait()
        return
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: stop.set() if not done.cancelled() and done.exception() else None)
    await stop.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def run(main: Coroutine[object, object, T]) -> T:
    """Run *main* on uvloop where it exists, with as many file descriptors as the system grants."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard > 0 else 65536, hard))
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - absent on some platforms, and asyncio does as well there
    except ImportError:
        return None
    return uvloop.new_event_loop


def _stop(stop: asyncio.Event) -> None:
    if stop.is_set():
        sys.exit(1)
    stop.set()
