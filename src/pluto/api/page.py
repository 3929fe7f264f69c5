"""What stands beside the contract: health, version, metrics, the socket's greeting, and the page a browser opens first."""

import platform
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Final

from pluto import __version__
from pluto.api.call import Answer, Call, plain
from pluto.api.glance import STYLE, Row, glance
from pluto.api.parts import Parts
from pluto.api.static import HTML_TYPE
from pluto.metrics.text import CONTENT_TYPE

NOT_BUILT: Final = (
    "This is Pluto's plain page: the app was not built when Pluto was installed, for npm had no network or PLUTO_NO_UI was set. "
    "In a checkout python ui/build.py builds it; everything else works without it."
)
PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-cache",
}


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
    pieces = await _begun(parts.scrapes.pieces(is_gzip=call.accepts_gzip))
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"} if call.accepts_gzip else {}
    return Answer(content_type=CONTENT_TYPE, headers=headers, pieces=pieces)


async def _begun(pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Return *pieces* once the first is made: metrics that cannot be made fail before anything is sent."""
    first = await anext(pieces)

    async def all_pieces() -> AsyncGenerator[bytes]:
        yield first
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece

    return all_pieces()


async def index(parts: Parts, call: Call) -> Answer:
    """The page's app; where it was not built, the fleet at a glance."""
    return parts.page_files.app(accepts_gzip=call.accepts_gzip) or await at_a_glance(parts, call)


async def at_a_glance(parts: Parts, _call: Call) -> Answer:
    """The fleet at a glance, without a script."""
    rows = [Row(record, parts.watch.state(record.mac)) for record in parts.imprint.all()]
    note = "" if parts.page_files.is_built else NOT_BUILT
    return Answer(glance(rows, note), content_type=HTML_TYPE, headers=PAGE_HEADERS)


async def style(_parts: Parts, _call: Call) -> Answer:
    """How the page looks."""
    return Answer(STYLE, content_type="text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})
