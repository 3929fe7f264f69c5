"""What is around Pluto: services beside it and whether they answer, the disk and what we keep on it, versions and licences."""

import asyncio
import logging
import shutil
import socket
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from pluto.axeos.reach import Target
from pluto.model.json_value import Json, JsonObject
from pluto.settings import Settings

LIMIT_S: Final = 3.0
RESOLVE_LIMIT_S: Final = 1.0
OURSELVES: Final = "pluto-fleet"
KEPT: Final[Mapping[str, str]] = {
    "pluto_core": "miners and presets",
    "pluto_discovery": "what searches found",
    "history.sqlite": "readings and events",
}
"""What stands in the data folder, and what it is."""

log = logging.getLogger(__name__)


class Surroundings:
    """Looks around when somebody asks; contacts only what the settings name."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._licences: list[Json] | None = None

    async def now(self) -> JsonObject:
        """Return who answers, sizes in bytes, and the licences of what Pluto is made with."""
        settings = self._settings()
        services = {
            "prometheus": (settings.prometheus_host, "/-/healthy"),
            "grafana": (settings.grafana_host, "/api/health"),
            "discovery": (settings.discovery_service_host, "/"),
        }
        answers = await asyncio.gather(*(_asked(base, path) for base, path in services.values()))
        disk = await asyncio.to_thread(_disk, settings)
        if self._licences is None:
            self._licences = await asyncio.to_thread(_licences)
        return {"services": dict(zip(services, answers, strict=True)), **disk, "licences": self._licences}


async def sockets_beside_us(settings: Settings) -> list[Target]:
    """Return where the services beside us listen, as far as their names can be resolved at once: never miners (trust 4.3)."""
    targets: list[Target] = []
    for url in (settings.discovery_service_host, settings.grafana_host):
        parts = urlsplit(url)
        if not parts.hostname:
            continue
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(RESOLVE_LIMIT_S):
                found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, family=socket.AF_INET)
        except OSError as error:  # TimeoutError is one
            log.info("name not resolved", extra={"url": url, "why": str(error)})
            continue
        targets += [Target(str(address[4][0]), port) for address in found]
    return targets


async def _asked(base: str, path: str) -> JsonObject:
    """Return whether anybody speaks HTTP there; any status will do."""
    if not base:
        return {"url": None, "is_reachable": None, "detail": None}
    try:
        async with (
            asyncio.timeout(LIMIT_S),
            aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(base.rstrip("/") + path, allow_redirects=False) as answer,
        ):
            return {"url": base, "is_reachable": True, "detail": f"status {answer.status}"}
    except TimeoutError:
        detail = f"no answer within {LIMIT_S:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or "cannot be reached"
    return {"url": base, "is_reachable": False, "detail": detail}


def _disk(settings: Settings) -> JsonObject:
    data, logs = Path(settings.data_dir), Path(settings.logs_dir)
    sizes: list[Json] = [{"name": name, "what": what, "bytes": _bytes(data, name)} for name, what in KEPT.items()]
    sizes.append({"name": logs.name, "what": "log files", "bytes": _bytes(logs.parent, logs.name)})
    try:
        usage = shutil.disk_usage(data)
    except OSError:
        return {"disk": {"free_bytes": None, "total_bytes": None}, "sizes": sizes}
    return {"disk": {"free_bytes": usage.free, "total_bytes": usage.total}, "sizes": sizes}


def _bytes(folder: Path, name: str) -> int:
    """Return what everything whose name begins with *name* takes: a database has files beside it."""
    total = 0
    for path in (path for start in folder.glob(f"{name}*") for path in (start, *start.rglob("*"))):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # gone meanwhile
            continue
    return total


def _licences() -> list[Json]:
    found: dict[str, Json] = {}
    names = [OURSELVES]
    while names:
        name = names.pop()
        if name in found:
            continue
        try:
            facts = metadata.metadata(name)
        except metadata.PackageNotFoundError:  # of another platform
            continue
        found[name] = {"name": facts["Name"], "version": facts["Version"], "licence": _licence(facts)}
        names += [_name(line) for line in metadata.requires(name) or () if "extra ==" not in line]
    return [found[name] for name in sorted(found)]


def _name(requirement: str) -> str:
    end = next((place for place, letter in enumerate(requirement) if not (letter.isalnum() or letter in "-_.")), len(requirement))
    return requirement[:end].lower().replace("_", "-")


def _licence(facts: metadata.PackageMetadata) -> str:
    # `in`, since asking for what is not there warns
    for key in ("License-Expression", "License"):
        if key in facts and facts[key].strip():
            return facts[key].strip().splitlines()[0][:100]
    classifiers = [line for line in facts.get_all("Classifier") or () if line.startswith("License :: ")]
    return classifiers[0].rpartition(" :: ")[2] if classifiers else "not stated"
