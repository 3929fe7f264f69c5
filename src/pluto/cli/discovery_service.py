"""`pluto discovery`: the discovery service alone (contract G.3), for where the server cannot see the network of the miners."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import click
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from pluto.api.listener import SAFE_HEADERS, claim
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach, Target
from pluto.cli.serve import run
from pluto.clock import LoopClock
from pluto.discovery.server import discovery_app
from pluto.guard.gate import Gate
from pluto.logs import close_logs, open_logs
from pluto.services.own_search import CONNECT_S, PROBE_S, own_search
from pluto.settings import Settings, read_settings
from pluto.store.discovered import DiscoveredStore

DEFAULT_PORT: Final = "7775"
SHUTDOWN_S: Final = 2.0
_INTERFACES: Final = "ARP_SCAN_INTERFACES"
_NEEDLESS: Final = ("ARP_SCAN_RETRY", "ARP_SCAN_TIMEOUT_MS", "ARP_SCAN_IGNORE_DUPS")

log = logging.getLogger(__name__)


@click.command()
def discovery() -> None:
    """Run the discovery service alone, where the server itself cannot see the miners' network."""
    settings = service_settings(os.environ)
    handlers = open_logs(Path(settings.logs_dir), settings.log_level)
    try:
        for variable in _NEEDLESS:
            if variable in os.environ:
                log.info("%s is ignored: nothing is searched by arp-scan", variable)
        run(_until_signalled(settings))
    finally:
        close_logs(handlers)


def service_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings of *environment* with the service's own port, and with the reference's word for interfaces."""
    defaults = {"PORT": DEFAULT_PORT, "PLUTO_DISCOVERY_INTERFACES": environment.get(_INTERFACES, "")}
    given = {variable: value for variable, value in environment.items() if value != ""}
    return read_settings(defaults | given)


@asynccontextmanager
async def discovery_service(settings: Settings) -> AsyncGenerator[int]:
    """Run the service within `async with` and tell its port; raises the CannotStart errors."""
    async with AsyncExitStack() as stack:
        claimed = claim(settings.bind, settings.port)
        stack.callback(claimed.close)
        port: int = claimed.getsockname()[1]
        clock = LoopClock()
        probes = PollClient(Reach(settings.miner_networks, [Target(settings.bind, port)]), clock, PROBE_S, CONNECT_S)
        stack.callback(probes.close)
        folder = Path(settings.data_dir) / "pluto_discovery"
        store = await stack.enter_async_context(DiscoveredStore(folder, clock=clock))
        search = await stack.enter_async_context(own_search(settings, probes, store))
        application = discovery_app(search)
        application.middlewares.append(_guard(Gate(settings.allowed_hosts, settings.allowed_origins)))
        application.on_response_prepare.append(_add_safe_headers)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, claimed).start()
        yield port


async def _until_signalled(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _stop, stop)
    async with discovery_service(settings) as port:
        log.info("Pluto's discovery service listens on %s:%d", settings.bind, port)
        await stop.wait()


def _stop(stop: asyncio.Event) -> None:
    if stop.is_set():
        sys.exit(1)
    stop.set()


def _guard(gate: Gate) -> Middleware:
    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        verdict = gate.judge(request.headers, is_read_only=False)  # a search is an action: no page of another site starts one
        if verdict is not None:
            return web.json_response({"error": verdict.sentence}, status=verdict.status)
        try:
            return await handler(request)
        except web.HTTPException as error:  # no such path, no such method
            return web.json_response({"error": error.reason}, status=error.status)

    return guarded


async def _add_safe_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SAFE_HEADERS)
    response.headers["Cache-Control"] = "no-store"
