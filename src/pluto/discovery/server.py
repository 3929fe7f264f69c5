"""The discovery service itself (contract G.1): two questions over HTTP, answered by our own search."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

import msgspec
from aiohttp import web

from pluto.discovery.question import read_discover, read_discovered
from pluto.discovery.search import Search
from pluto.errors import BadRequest, DiscoveryFailed
from pluto.model.json_value import JsonObject
from pluto.model.secret import without_secrets

Asked = Callable[[Sequence[tuple[str, str]]], Awaitable[list[JsonObject]]]

log = logging.getLogger(__name__)


def discovery_app(search: Search) -> web.Application:
    """Return an application that answers `/discover` and `/discovered` from *search*, which its maker opens and closes."""

    async def discover(words: Sequence[tuple[str, str]]) -> list[JsonObject]:
        return await search.discover(*read_discover(words))

    async def discovered(words: Sequence[tuple[str, str]]) -> list[JsonObject]:
        return await search.discovered(read_discovered(words))

    application = web.Application()
    for path, ask, failure in (
        ("/discover", discover, "Failed to discover devices"),
        ("/discovered", discovered, "Discovery service failed"),
    ):
        application.router.add_get(path + "{slash:/?}", _handler(ask, failure))
    return application


def _handler(ask: Asked, failure: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            found = await ask(list(request.query.items()))
        except BadRequest as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        except DiscoveryFailed as error:
            log.warning("search failed", extra={"why": str(error)})
        except Exception:  # the service goes on, and the contract promises this answer
            log.exception("search failed unexpectedly")
        else:
            return _json([without_secrets(device) for device in found], HTTPStatus.OK)
        return _json({"error": failure}, HTTPStatus.INTERNAL_SERVER_ERROR)

    return answer


def _json(value: object, status: HTTPStatus) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json", charset="utf-8")
