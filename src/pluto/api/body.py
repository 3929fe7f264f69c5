"""A request's body: read within its route's limit, its time, and what all clients together may have us hold."""

import asyncio
from typing import Final

from aiohttp import web

from pluto.errors import BadRequest, TooBusy
from pluto.model.json_value import JsonObject, parse_strictly

LIMIT_S: Final = 30.0
TOGETHER_BYTES: Final = 24 * 1024 * 1024
"""So much of bodies is held at once, whoever sends them (trust 10.2)."""
RETRY_S: Final = 5


class TooLarge(Exception):
    """A body above its route's limit: reading stopped there."""


class Bodies:
    """Reads bodies; those that are being read count together."""

    def __init__(self, together_bytes: int = TOGETHER_BYTES) -> None:
        self._together_bytes = together_bytes
        self._held_bytes = 0

    @property
    def held_bytes(self) -> int:
        """Return how much of unfinished bodies is held now."""
        return self._held_bytes

    async def read(self, request: web.BaseRequest, limit: int) -> JsonObject:
        """Return the JSON object of a body, `{}` for none; raises BadRequest, TooLarge, TooBusy, TimeoutError."""
        if not request.body_exists:
            return {}
        if (request.content_length or 0) > limit:
            raise TooLarge
        body = bytearray()
        try:
            async with asyncio.timeout(LIMIT_S):
                await self._fill(body, request, limit)
        finally:
            self._held_bytes -= len(body)
        return _object(bytes(body))

    async def _fill(self, body: bytearray, request: web.BaseRequest, limit: int) -> None:
        async for piece in request.content.iter_any():
            body += piece
            self._held_bytes += len(piece)
            if len(body) > limit:
                raise TooLarge
            if self._held_bytes > self._together_bytes:
                raise TooBusy("too much is being sent at the same time", RETRY_S)


def _object(body: bytes) -> JsonObject:
    try:
        value = parse_strictly(body or b"{}")
    except ValueError as error:
        raise BadRequest(f"the body cannot be used: {error}") from error
    if not isinstance(value, dict):
        raise BadRequest("the body must be a JSON object")
    return value
