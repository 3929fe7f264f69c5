"""`pluto discover`: search the network with a progress bar and a table. Exit code 1 when there is nothing, 2 for bad input."""

import contextlib
import logging
import os
import sys
from collections.abc import Generator, Sequence
from typing import Final, cast

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pluto.axeos.decode import decode_system_info
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach
from pluto.cli.serve import run
from pluto.clock import LoopClock
from pluto.discovery.device import host_text
from pluto.discovery.from_settings import places_of
from pluto.discovery.neighbours import neighbours
from pluto.discovery.networks import parse_network, without_overlap
from pluto.discovery.scan import Found, Heard
from pluto.discovery.search import Limits, Memory, Places, Search
from pluto.logs import LineFormatter, escaped
from pluto.model.json_value import JsonObject
from pluto.model.miner import AXEOS_PORT, MacAddress, parse_host
from pluto.model.reading import Reading
from pluto.services.own_search import CONNECT_S, PROBE_S, probe_of, refusal_of
from pluto.settings import Settings, read_settings

MOST_ADDRESSES: Final = 1_048_576
"""`--all-sizes` has an end, too: a /12, three to four hours."""


class BadInput(click.ClickException):
    """What was typed cannot be: one sentence."""

    exit_code = 2


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    networks: Sequence[str] = ()
    ip: str | None = None
    port: int = AXEOS_PORT
    timeout_s: float = CONNECT_S
    all_sizes: bool = False


@click.command()
@click.argument("networks", nargs=-1, metavar="[NETWORK]...")
@click.option("--ip", metavar="ADDRESS", help="Ask this one address only.")
@click.option("--json", "as_json", is_flag=True, help="Print the devices as a JSON array, and no progress.")
@click.option("--port", type=click.IntRange(1, 65535), default=AXEOS_PORT, show_default=True, help="Port of the miners.")
@click.option(
    "--timeout", "timeout_s", type=click.FloatRange(0.05, 30.0), default=CONNECT_S, show_default=True, metavar="SECONDS",
    help="How long an address may take to accept the connection.",
)  # fmt: skip
@click.option("--all-sizes", is_flag=True, help="Also search networks of more addresses than PLUTO_DISCOVERY_MAX_ADDRESSES.")
def discover(as_json: bool, **given: object) -> None:
    """Search the network for miners.

    NETWORK is like 192.168.1.0/24 or 192.168.1.0/24:8080. Without one, the networks of this machine are searched.
    """
    wish = msgspec.convert(given, Wish)
    settings = read_settings(os.environ)
    with _progress(Console(stderr=True), is_silent=as_json) as heard:
        found = sorted(run(_find(wish, settings, heard)), key=_place)
    click.echo(msgspec.json.encode(found).decode() if as_json else "", nl=as_json)
    if not as_json and found:
        Console(width=None if sys.stdout.isatty() else 140).print(_table(found))
    if not found:
        click.echo("no miners found", err=True)
        sys.exit(1)


async def _find(wish: Wish, settings: Settings, heard: Heard) -> list[JsonObject]:
    reach = Reach(settings.miner_networks)
    places = _places(wish, settings, reach)
    probes = PollClient(reach, LoopClock(), PROBE_S + wish.timeout_s, wish.timeout_s)
    try:
        async with Search(probe_of(probes), places, _forgetful(), refusal_of(reach), _limits(wish, places)) as search:
            return await search.discover(wish.ip and _host(wish.ip, wish.port, reach), None, heard)
    finally:
        probes.close()


def _places(wish: Wish, settings: Settings, reach: Reach) -> Places:
    most = MOST_ADDRESSES if wish.all_sizes else settings.discovery_max_addresses
    if not wish.networks:
        return places_of(msgspec.structs.replace(settings, discovery_max_addresses=most), wish.port)
    if wish.ip:
        raise BadInput("give networks or --ip, not both")
    try:
        networks = without_overlap([parse_network(text, wish.port) for text in wish.networks], most)
    except ValueError as error:
        raise BadInput(f"{error}" + ("" if wish.all_sizes else "; --all-sizes allows more")) from error
    for network in networks:
        _reachable(next(network.hosts()), reach)
    return Places(lambda: networks, neighbours)


def _host(ip: str, port: int, reach: Reach) -> str:
    return _reachable(ip if ":" in ip else host_text(ip, port), reach)


def _reachable(host: str, reach: Reach) -> str:
    refusal = refusal_of(reach)(host)
    if refusal is not None:
        raise BadInput(refusal)
    return host


def _limits(wish: Wish, places: Places) -> Limits:
    ordinary = Limits()
    addresses = sum(place.size for place in places.networks())
    rounds = 1 + addresses // ordinary.parallel
    whole_s = wish.timeout_s + PROBE_S
    return Limits(probe_s=whole_s + 1.0, scan_s=60.0 + rounds * whole_s)


def _forgetful() -> Memory:
    async def remember(found: list[JsonObject]) -> None:
        """Keep nothing: the database belongs to the server."""

    return Memory(remember, list, list)


# What the person sees.


class _Notes(logging.Handler):
    """Warnings above the progress bar."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console
        self.setFormatter(LineFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(Text(self.format(record)), soft_wrap=True)


@contextlib.contextmanager
def _progress(console: Console, *, is_silent: bool) -> Generator[Heard]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    notes = _Notes(console)
    logging.getLogger("pluto").addHandler(notes)
    with Progress(*columns, console=console, disable=is_silent or not console.is_terminal, transient=True) as progress:
        task = progress.add_task("searching", total=None)
        count = 0

        def heard(done: int, total: int, found: Found) -> None:
            nonlocal count
            count += isinstance(found, dict)
            progress.update(task, completed=done, total=total, description=f"searching, {count} found")

        try:
            yield heard
        finally:
            logging.getLogger("pluto").removeHandler(notes)


def _table(found: Sequence[JsonObject]) -> Table:
    table = Table(title=f"{len(found)} miner" + ("s" if len(found) > 1 else ""))
    for column in ("name", "address", "MAC", "model", "firmware"):
        table.add_column(column)
    table.add_column("hashrate", justify="right")
    for device in found:
        reading = decode_system_info(msgspec.json.encode(device["info"])).reading
        mac = cast("MacAddress", device["mac"])
        cells = (reading.hostname, str(device["ip"]), mac, reading.model or reading.asic_model, reading.firmware)
        table.add_row(*(Text(escaped(cell or "-")[:64]) for cell in cells), _hashrate(reading))
    return table


def _hashrate(reading: Reading) -> str:
    rate = reading.hashrate_ghs
    if rate is None:
        return "-"
    return f"{rate / 1000:.2f} TH/s" if rate >= 1000 else f"{rate:.0f} GH/s"


def _place(device: JsonObject) -> tuple[int, int]:
    parsed = parse_host(str(device["ip"]))
    return (int(parsed[0]), parsed[1]) if parsed else (0, 0)
