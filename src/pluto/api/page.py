"""What stands beside the contract: health, version, metrics, the socket's greeting, and the page a browser opens first."""

import platform
from contextlib import aclosing
from html import escape
from http import HTTPStatus
from typing import Final

from pluto import __version__
from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.metrics.exposition import compressed
from pluto.metrics.text import CONTENT_TYPE

HTML_TYPE: Final = "text/html; charset=utf-8"
PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-cache",
}
_LINKS: Final = (
    ("/devices/imprint", "the miners, as JSON"),
    ("/devices/discovered", "what the last searches found"),
    ("/metrics", "the numbers, for Prometheus"),
    ("/openapi.json", "every route, for programs"),
    ("/healthz", "is it alive"),
    ("/readyz", "is it ready"),
    ("/version", "which version"),
)


async def healthz(_parts: Parts, _call: Call) -> Answer:
    """Alive: the process answers."""
    return plain({"status": "ok"})


async def readyz(parts: Parts, _call: Call) -> Answer:
    """Ready: the database is open and polls are made."""
    if parts.is_ready():
        return plain({"status": "ready"})
    return plain({"status": "starting"}, HTTPStatus.SERVICE_UNAVAILABLE)


async def version(_parts: Parts, _call: Call) -> Answer:
    """Which version of what."""
    return plain({"name": "pluto", "version": __version__, "python": platform.python_version()})


async def openapi(parts: Parts, _call: Call) -> Answer:
    """Every route, for programs."""
    return Answer(parts.openapi)


async def socket_greeting(_parts: Parts, _call: Call) -> Answer:
    """The reference's clients ask this once before they connect; we listen anyway."""
    return plain({"message": "Socket started listening to devices"})


async def metrics(parts: Parts, call: Call) -> Answer:
    """The exposition for Prometheus, compressed in a thread where the scraper can read that."""
    if not call.accepts_gzip:
        return Answer(await parts.metrics.text(), content_type=CONTENT_TYPE)
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    async with aclosing(parts.metrics.pieces()) as pieces:
        return Answer(await compressed(pieces), content_type=CONTENT_TYPE, headers=headers)


async def index(parts: Parts, _call: Call) -> Answer:
    """What runs here and where to look."""
    records = parts.imprint.all()
    watched = [record for record in records if parts.watch.is_watched(record.mac)]
    online = sum(record.tracing is True for record in watched)
    rows = "".join(f'<li><a href="{path}">{path}</a> {escape(meaning)}</li>' for path, meaning in _LINKS)
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pluto</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"></head>'
        f"<body><main><h1>Pluto {__version__}</h1>"
        f"<p>{len(records)} miners imprinted, {len(watched)} watched, {online} online.</p><ul>{rows}</ul></main></body></html>"
    )
    return Answer(text.encode(), content_type=HTML_TYPE, headers=PAGE_HEADERS)
