"""The contract as a table: method, path, handler, what it takes, and what is said when something is missing or fails."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

import msgspec

from pluto.access.roles import Role
from pluto.api import (
    dashboards,
    devices,
    fleet,
    health,
    own_settings,
    page,
    past,
    pool_presets,
    presets,
    prometheus,
    searching,
    signing,
)
from pluto.api.call import Answer, Call
from pluto.api.parts import Parts
from pluto.api.problems import FAILED, missing_bare, missing_error, missing_with_data

BODY_BYTES: Final = 102_400
MAC_LIST_BYTES: Final = 2 * 1024 * 1024
TEXT_TYPE: Final = "text/plain"

Handler = Callable[[Parts, Call], Awaitable[Answer]]


class Route(msgspec.Struct, frozen=True):
    """One row. *query* and *body* name what is taken, with a meaning; *acts* marks a GET that is more than a look.

    *needs* is the least role that may ask; absent: a viewer for a GET, an operator for all else.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    query: Mapping[str, str] = {}
    body: Mapping[str, str] = {}
    body_bytes: int = BODY_BYTES
    missing: Answer = missing_bare("Not found")
    failure: str = FAILED
    acts: bool = False
    answer_type: str = "application/json"
    needs: Role | None = None

    @property
    def parameters(self) -> Sequence[str]:
        """Return the names in the path."""
        return [found[1] for found in re.finditer(r"{(\w+)}", self.path)]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_read_only(self) -> bool:
        """Return whether asking changes nothing anywhere (trust 2.10)."""
        return self.method == "GET" and not self.acts

    @property
    def least_role(self) -> Role:
        """Return who may ask (trust 3.2)."""
        return self.needs if self.needs is not None else Role.VIEWER if self.method == "GET" else Role.OPERATOR


_NO_DEVICE: Final = missing_with_data("Device not found")
_NO_MINER: Final = missing_error("Device not found")
_NO_PRESET: Final = missing_with_data("Preset not found")
_NONE_FOUND: Final = missing_bare("No devices found for the provided MAC addresses")
_DISCOVERY_FAILED: Final = "Discovery service failed"
_LISTS: Final = {
    "macs": "comma list; empty filters nothing",
    "ips": "comma list",
    "hostnames": "comma list",
    "partialMacs": "left, right, both or none",
    "partialIps": "left, right, both or none",
    "partialHostnames": "left, right, both or none",
    "partialMatch": "one of the four words for all three lists",
}

_TIME: Final = "seconds since 1970, or ISO 8601"
_PAST: Final = {"mac": "a miner, or fleet", "metric": "comma list", "from": _TIME, "to": _TIME}

ROUTES: Final[Sequence[Route]] = (
    Route("GET", "/", page.index, "The page's app, for a browser", answer_type="text/html"),
    Route("GET", "/page.css", page.style, "How the page without a script looks", answer_type="text/css", needs=Role.NOBODY),
    Route("GET", "/glance", page.at_a_glance, "The fleet at a glance, without a script", answer_type="text/html"),
    Route("GET", "/login", signing.page, "Sign in, for a browser", {"next": "path to go on to"}, answer_type="text/html",
        needs=Role.NOBODY),
    Route("GET", "/login.js", signing.script, "What that page runs", answer_type="text/javascript", needs=Role.NOBODY),
    Route("GET", "/login.css", signing.style, "How that page looks", answer_type="text/css", needs=Role.NOBODY),
    Route("POST", "/login", signing.sign_in, "Sign in", body={"password": "8 to 256 characters"}, needs=Role.NOBODY),
    Route("POST", "/logout", signing.sign_out, "Sign out", needs=Role.VIEWER),
    Route("GET", "/openapi.json", page.openapi, "This table, for programs"),
    Route("GET", "/healthz", page.healthz, "Alive", needs=Role.NOBODY),
    Route("GET", "/readyz", page.readyz, "Ready", needs=Role.NOBODY),
    Route("GET", "/version", page.version, "Which version"),
    Route("GET", "/metrics", page.metrics, "The exposition for Prometheus", answer_type=TEXT_TYPE,
        failure="Failed to collect metrics", needs=Role.METRICS),
    Route("GET", "/socket/io", page.socket_greeting, "Greets a client; with EIO in the query it is the Socket.IO endpoint"),
    Route(
        "GET", "/devices/discover", devices.discover, "Search for miners now", {"ip": "this address only", "mac": "this miner"},
        failure=_DISCOVERY_FAILED, acts=True,
    ),
    Route(
        "GET", "/devices/discovered", devices.discovered, "What earlier searches found", _LISTS, failure=_DISCOVERY_FAILED
    ),
    Route(
        "PUT", "/devices/imprint", devices.imprint, "Register miners", body={"macs": "list of MACs"}, body_bytes=MAC_LIST_BYTES,
        missing=_NONE_FOUND,
    ),
    Route("PATCH", "/devices/imprint", devices.imprint_one, "Register one more", body={"mac": "its MAC"}, missing=_NONE_FOUND),
    Route("GET", "/devices/imprint", devices.imprinted, "All imprinted miners", {"q": "part of ip, mac or hostname"}),
    Route("GET", "/devices/imprint/{id}", devices.imprinted_one, "One imprinted miner, or null"),
    Route(
        "PATCH", "/devices/imprint/{id}", devices.update, "Merge over a record", body={"device": "the members to change"},
        missing=_NO_DEVICE,
    ),
    Route("DELETE", "/devices/imprint/{id}", devices.remove, "Forget a miner", missing=_NO_DEVICE),
    Route("GET", "/dashboards", dashboards.public, "The public dashboards; publishes those that are not", acts=True,
        failure="Failed to read dashboard files"),
    Route("GET", "/devices/presets/{presetId}", devices.by_preset, "The miners that name a preset"),
    Route(
        "PUT", "/devices/listen", devices.listen, "Watch exactly these miners",
        body={"macs": "list of MACs; absent: all", "traceLogs": "open, keep or close their log streams"},
        body_bytes=MAC_LIST_BYTES,
    ),
    Route(
        "POST", "/devices/{id}/system/restart", devices.restart, "Restart a miner", missing=_NO_MINER,
        failure="Failed to restart the device",
    ),
    Route(
        "PATCH", "/devices/{id}/system", devices.configure, "Change what a miner is set to",
        body={"info": "the settings to change, by AxeOS' names", "presetUuid": "a preset whose pool is set"},
        missing=_NO_MINER, failure="Failed to update device system info",
    ),
    Route("GET", "/presets", presets.retrieved, "All presets"),
    Route("GET", "/presets/{id}", presets.retrieved_one, "One preset", missing=_NO_PRESET),
    Route(
        "POST", "/presets", presets.create, "Keep a preset",
        body={
            "name": "1 to 128 characters",
            "configuration": "stratumURL, stratumPort, stratumUser, stratumPassword: set together, the password never shown",
        },
    ),
    Route("DELETE", "/presets/{id}", presets.delete, "Forget a preset", missing=_NO_PRESET),
    Route(
        "GET", "/prometheus/query", prometheus.query, "Ask Prometheus for one moment",
        {"query": "PromQL, at most 8,000 characters", "time": "Unix seconds; absent: now"},
    ),
    Route(
        "GET", "/prometheus/query_range", prometheus.query_range, "Ask Prometheus over a range",
        {"query": "PromQL", "start": "Unix seconds", "end": "at most 7 days later", "step": "seconds, or 15s, 2m, 1h"},
    ),
    Route("GET", "/api/v1/access", signing.access, "Who one is here, and what one may"),
    Route("GET", "/api/v1/fleet", fleet.table, "All miners in columns"),
    Route("GET", "/api/v1/miners/{mac}", fleet.one, "Everything about one miner"),
    Route("GET", "/api/v1/miners/{mac}/raw", fleet.raw, "Its last good answer, without secrets"),
    Route("GET", "/api/v1/miners/{mac}/polls", fleet.polls, "Its last 20 polls"),
    Route(
        "POST", "/api/v1/miners", fleet.add, "Add miners, a result each",
        body={"macs": "list of MACs", "addresses": "list of addresses", "watch": "poll them at once; absent: yes"},
        body_bytes=MAC_LIST_BYTES,
    ),
    Route(
        "DELETE", "/api/v1/miners/{mac}", fleet.remove, "Forget a miner", {"history": "true deletes its history and events too"}
    ),
    Route("POST", "/api/v1/miners/{mac}/watch", fleet.watch, "Begin to poll it"),
    Route("POST", "/api/v1/miners/{mac}/unwatch", fleet.unwatch, "End polling it"),
    Route("POST", "/api/v1/miners/{mac}/restart", fleet.restart, "Restart it"),
    Route("POST", "/api/v1/miners/{mac}/identify", fleet.identify, "Let it show itself"),
    Route("POST", "/api/v1/miners/{mac}/pause", fleet.pause, "Let it stop hashing"),
    Route("POST", "/api/v1/miners/{mac}/resume", fleet.resume, "Let it hash again"),
    Route("GET", "/api/v1/miners/{mac}/settings", fleet.settings, "What can be set on it: values, units, choices"),
    Route(
        "PATCH", "/api/v1/miners/{mac}/settings", fleet.change, "Change what it is set to",
        body={"settings": "the fields to change, by their names in the answer of GET"},
    ),
    Route("GET", "/api/v1/discovery", searching.places, "Where miners can be looked for, and how the last search stands"),
    Route("POST", "/api/v1/discovery", searching.begin, "Start a search, or join the one that runs",
        body={"networks": "list of 10.0.0.0/24[:port]; absent: as the settings say"}),
    Route("POST", "/api/v1/discovery/check", searching.check, "Try one address, step by step",
        body={"address": "ip[:port]"}),
    Route("GET", "/api/v1/discovery/{id}", searching.look, "How a search stands, and what it found"),
    Route("DELETE", "/api/v1/discovery/{id}", searching.stop, "Stop a search"),
    Route("GET", "/api/v1/history", past.history, "The points of a chart", _PAST | {"points": "2 to 720"}),
    Route("GET", "/api/v1/export.csv", past.export, "The same as CSV, finer", _PAST, answer_type="text/csv"),
    Route(
        "GET", "/api/v1/events", past.events, "What happened, newest first",
        {"from": _TIME, "to": _TIME, "mac": "a miner's", "kind": "comma list", "severity": "comma list", "limit": "1 to 5,000"},
    ),
    Route("GET", "/api/v1/presets", pool_presets.listed, "All presets, who uses each and who differs from it"),
    Route("GET", "/api/v1/presets/{id}", pool_presets.one, "One preset with its miners"),
    Route("PUT", "/api/v1/presets/{id}", pool_presets.revise, "Change a preset; a secret that is absent stays",
        body={"name": "1 to 128 characters", "configuration": "its settings; null takes a secret away"}),
    Route("POST", "/api/v1/presets/{id}/copy", pool_presets.copy, "Keep it a second time, its secrets too",
        body={"name": "of the copy"}),
    Route("GET", "/api/v1/settings", own_settings.shown, "Pluto's own settings, and where each value comes from"),
    Route("PUT", "/api/v1/settings", own_settings.change, "Change some of them, all or none",
        body={"values": "variable to value, null for the default"}),
    Route("GET", "/api/v1/diagnostics", health.diagnostics, "How Pluto itself is"),
    Route("GET", "/api/v1/surroundings", health.surroundings, "Services beside it, disk, versions, licences"),
    Route("GET", "/api/v1/own-log", health.own_log, "The last 500 lines of its own log", {"level": "the least severe"}),
    Route("GET", "/api/v1/support-bundle", health.bundle_contents, "What a support bundle would hold"),
    Route("POST", "/api/v1/support-bundle", health.bundle, "The bundle, masked", answer_type="application/zip"),
)  # fmt: skip


class Match(msgspec.Struct, frozen=True):
    """The route of a request and the values in its path."""

    route: Route
    parameters: Mapping[str, str]


class Router:
    """Finds the route of a path: fixed words in any case, a trailing slash ignored, parameters percent-decoded."""

    def __init__(self, routes: Sequence[Route]) -> None:
        shapes: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in routes:
            shapes.setdefault(_shape(route), {})[route.method] = route
        self._shapes = sorted(shapes.items(), key=lambda item: item[0].count(_ANY))

    def find(self, method: str, path: str) -> Match | Sequence[str]:
        """Return the match of a raw *path*, or the methods that it has: none for an unknown path. HEAD is GET."""
        words = _words(path)
        shape, methods = next((item for item in self._shapes if _fits(words, item[0])), _NOWHERE)
        route = methods.get("GET" if method == "HEAD" else method)
        if route is None:
            return list(methods)
        values = [unquote(word) for word, fixed in zip(words, shape, strict=True) if fixed == _ANY]
        return Match(route, dict(zip(route.parameters, values, strict=True)))


_ANY: Final = "{}"
_NOWHERE: Final[tuple[tuple[str, ...], dict[str, Route]]] = ((), {})


def _words(path: str) -> list[str]:
    return path.partition("?")[0].rstrip("/").split("/")[1:] or [""]


def _shape(route: Route) -> tuple[str, ...]:
    return tuple(_ANY if word.startswith("{") else word.lower() for word in _words(route.path))


def _fits(words: Sequence[str], shape: Sequence[str]) -> bool:
    if len(words) != len(shape):
        return False
    return all(word if fixed == _ANY else unquote(word).lower() == fixed for word, fixed in zip(words, shape, strict=True))
