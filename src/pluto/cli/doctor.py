"""`pluto doctor`: what stands in the way of a start, a line each, and what to do about it."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Final

import aiohttp
import click
import msgspec

from pluto.api.listener import claim
from pluto.discovery.from_settings import places_of
from pluto.errors import BadSetting, NotFound, PlutoError, PortTaken
from pluto.settings import Settings, read_settings
from pluto.store import miners, presets
from pluto.store.lock import is_locked
from pluto.store.moment import items_at_one_moment
from pluto.store.seal import MARK, read_key

ANSWER_S: Final = 3.0
LEAST_ROOM_BYTES: Final = 200 * 1024 * 1024
"""LevelDB wants its log twice to open again, and each miner's log takes 10 MB."""


class Finding(msgspec.Struct, frozen=True):
    """One line: what was looked at, what was found, and whether somebody must act."""

    about: str
    found: str
    is_well: bool = True


Check = Callable[[Settings], Finding]


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look at settings, folders, database, port and the services beside; exit code 1 where something is wrong."""
    findings = _examined()
    for finding in findings:
        click.echo(f"{'ok' if finding.is_well else 'problem':<8} {finding.about:<12} {finding.found}")
    context.exit(0 if all(finding.is_well for finding in findings) else 1)


def _examined() -> Sequence[Finding]:
    try:
        settings = read_settings(os.environ)
        read_key(settings.secret_key, settings.secret_key_file)
    except BadSetting as error:
        return [Finding("settings", str(error), is_well=False)]
    return [Finding("settings", "can be used"), *[_asked(check, about, settings) for about, check in CHECKS]]


def _asked(check: Check, about: str, settings: Settings) -> Finding:
    try:
        return check(settings)
    except PlutoError as error:
        return Finding(about, str(error), is_well=False)


def _data_folder(settings: Settings) -> Finding:
    folder = Path(settings.data_dir).absolute()
    finding = _writable("data folder", "PLUTO_DATA_DIR", folder)
    if not finding.is_well or not folder.exists():
        return finding
    rights = folder.stat().st_mode & 0o777
    if rights & 0o077:
        return Finding("data folder", f"{folder} may be read by others (rights {rights:o}): chmod 700 {folder}", is_well=False)
    return Finding("data folder", f"{folder}, rights {rights:o}")


def _room(settings: Settings) -> Finding:
    folder = _existing(Path(settings.data_dir).absolute())
    free = shutil.disk_usage(folder).free
    text = f"{free // (1 << 20):,} MiB free in {folder}"
    return Finding("room", text if free >= LEAST_ROOM_BYTES else f"{text}: make some", is_well=free >= LEAST_ROOM_BYTES)


def _other_folders(settings: Settings) -> Finding:
    for variable, folder in (("PLUTO_LOGS_DIR", settings.logs_dir), ("PLUTO_DASHBOARDS_DIR", settings.dashboards_dir)):
        finding = _writable("folders", variable, Path(folder).absolute())
        if not finding.is_well:
            return finding
    return Finding("folders", "logs and dashboards can be written")


def _database(settings: Settings) -> Finding:
    folder = Path(settings.data_dir).absolute() / "pluto_core"
    try:
        items = asyncio.run(items_at_one_moment(folder, Path(gettempdir())))
    except NotFound:
        return Finding("database", f"{folder} will be made at the first start")
    counts = [sum(key.startswith(f"{name}:") for key in items) for name in (miners.LIST_KEY, presets.LIST_KEY)]
    if not settings.secret_key and not settings.secret_key_file and any(MARK.encode() in value for value in items.values()):
        return Finding("database", "passwords are sealed: set PLUTO_SECRET_KEY or PLUTO_SECRET_KEY_FILE", is_well=False)
    used = ", in use by a running Pluto" if is_locked(folder) else ""
    return Finding("database", f"{counts[0]} miners, {counts[1]} presets{used}")


def _port(settings: Settings) -> Finding:
    try:
        claim(settings.bind, settings.port).close()
    except PortTaken as error:
        where = "127.0.0.1" if settings.bind in ("0.0.0.0", "::") else settings.bind  # noqa: S104 - compared, not bound
        if asyncio.run(_answer(f"http://{where}:{settings.port}/healthz")) == "Pluto":
            return Finding("port", f"{settings.port}: a Pluto listens")
        return Finding("port", str(error), is_well=False)
    return Finding("port", f"{settings.port} on {settings.bind} is free")


def _discovery(settings: Settings) -> Finding:
    if settings.discovery_service_host:
        return _reached("discovery", "DISCOVERY_SERVICE_HOST", settings.discovery_service_host)
    networks = [str(network) for network in places_of(settings).networks()]
    if not networks:
        return Finding("discovery", "no network to search: set PLUTO_DISCOVERY_NETWORKS, like 192.168.1.0/24", is_well=False)
    return Finding("discovery", f"searches {', '.join(networks)}")


def _grafana(settings: Settings) -> Finding:
    if not settings.grafana_host:
        return Finding("Grafana", "GF_HOST is not set: dashboards are written, not published")
    return _reached("Grafana", "GF_HOST", settings.grafana_host)


def _prometheus(settings: Settings) -> Finding:
    if settings.prometheus_host == Settings().prometheus_host:
        return Finding("Prometheus", "PROMETHEUS_HOST is not set: /prometheus/query asks the container's name")
    return _reached("Prometheus", "PROMETHEUS_HOST", settings.prometheus_host)


CHECKS: Final[Sequence[tuple[str, Check]]] = (
    ("data folder", _data_folder),
    ("room", _room),
    ("folders", _other_folders),
    ("database", _database),
    ("port", _port),
    ("discovery", _discovery),
    ("Grafana", _grafana),
    ("Prometheus", _prometheus),
)


def _writable(about: str, variable: str, folder: Path) -> Finding:
    nearest = _existing(folder)
    if not nearest.is_dir():
        return Finding(about, f"{variable}: {nearest} is no folder", is_well=False)
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding(about, f"{variable}: this user cannot write in {nearest}", is_well=False)
    return Finding(about, f"{folder}{'' if folder == nearest else ' will be made'}")


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _reached(about: str, variable: str, url: str) -> Finding:
    if asyncio.run(_answer(url)) is None:
        return Finding(
            about, f"{url} does not answer within {ANSWER_S:g} s: is {variable} right, and does it run?", is_well=False
        )
    return Finding(about, f"{url} answers")


async def _answer(url: str) -> str | None:
    """Return who answers at *url*, as its Server header says (empty where it does not), or None for nobody."""
    limit = aiohttp.ClientTimeout(total=ANSWER_S)
    try:
        async with aiohttp.ClientSession(trust_env=False, timeout=limit) as http, http.get(url, allow_redirects=False) as answer:
            return answer.headers.get("Server", "")
    except (aiohttp.ClientError, OSError, ValueError):
        return None
