"""How long and how much of an answer we take from a service beside us: nothing of it can hold us up (trust 12.2)."""

import asyncio
from typing import Final, Self
from urllib.parse import urlsplit

import aiohttp
import msgspec
from yarl import URL

from pluto.errors import DiscoveryFailed

_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Pluto"}


class BoundedHttp:
    """GETs with limits: no redirect, no proxy of the environment, no cookie, no compression; open within `async with`."""

    def __init__(self, *, connect_s: float, body_bytes: int) -> None:
        self._connect_s = connect_s
        self._body_bytes = body_bytes
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Make the session; nothing is connected yet."""
        self._session = aiohttp.ClientSession(
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None, connect=self._connect_s),
        )
        return self

    async def __aexit__(self, *details: object) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, url: str, *, limit_s: float) -> bytes:
        """Return the body of a 2xx answer that came whole within *limit_s*; raises DiscoveryFailed with a sentence."""
        where = urlsplit(url).netloc
        try:
            async with asyncio.timeout(limit_s):
                return await self._body(url, where)
        except aiohttp.ConnectionTimeoutError as error:
            raise DiscoveryFailed(f"{where} took no connection within {self._connect_s:g} s") from error
        except TimeoutError as error:
            raise DiscoveryFailed(f"{where} did not answer within {limit_s:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise DiscoveryFailed(f"{where} {_trouble(error)}") from error

    async def _body(self, url: str, where: str) -> bytes:
        if self._session is None:
            raise DiscoveryFailed("not open: use it within async with")
        async with self._session.get(URL(url, encoded=True), allow_redirects=False) as answer:
            if not 200 <= answer.status < 300:
                raise DiscoveryFailed(f"{where} answered with status {answer.status}")
            if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise DiscoveryFailed(f"{where} sent a compressed answer, which nobody asked for")
            pieces: list[bytes] = []
            size = 0
            async for piece in answer.content.iter_any():
                size += len(piece)
                if size > self._body_bytes:
                    raise DiscoveryFailed(f"{where} sent more than {self._body_bytes:,} bytes")
                pieces.append(piece)
            return b"".join(pieces)


def decoded(body: bytes, where: str) -> object:
    """Return the JSON in *body*; raises DiscoveryFailed."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise DiscoveryFailed(f"{where} sent something that is not JSON") from error


def _trouble(error: Exception) -> str:
    # never the error's own text: it may quote what was sent
    reason = getattr(error, "strerror", None)
    return f"cannot be reached: {reason}" if reason else "broke the connection or does not speak HTTP"
