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
from pluto.app import App
from pluto.logs import close_logs, open_logs
from pluto.settings import Settings, named_in, read_settings

T = TypeVar("T")
log = logging.getLogger(__name__)


@click.command()
@click.option("--lan", is_flag=True, help="Listen on every network of this machine, not only on this machine itself.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this port instead of PORT.")
def serve(lan: bool = False, port: int | None = None) -> None:
    """Run the server: REST, Socket.IO and metrics on one port."""
    os.umask(0o077)  # what we write holds a home's addresses and pools: nobody else reads it
    settings = read_settings(os.environ)
    if lan:
        settings = msgspec.structs.replace(settings, bind="0.0.0.0")  # noqa: S104 - that is what was asked for
    if port is not None:
        settings = msgspec.structs.replace(settings, port=port)
    handlers = open_logs(Path(settings.logs_dir), settings.log_level)
    try:
        run(until_signalled(settings))
    finally:
        close_logs(handlers)


async def until_signalled(settings: Settings, meanwhile: Callable[[App], Coroutine[object, object, None]] | None = None) -> None:
    """Run the server until SIGTERM or SIGINT, and *meanwhile* on it; a second signal ends the process at once.

    What *meanwhile* raises ends the server and is raised again.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _stop, stop)
    async with App(settings, fixed=named_in(os.environ)) as app:
        where = "127.0.0.1" if settings.bind in ("0.0.0.0", "::") else settings.bind  # noqa: S104 - compared, not bound
        log.info("Pluto %s listens on http://%s:%d", __version__, where, app.port)
        if settings.bind != where:
            log.warning("everyone who can reach port %d of this machine may operate the miners", app.port)
        await _until(stop, None if meanwhile is None else meanwhile(app))
        log.info("stopping")
    log.info("stopped")


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
