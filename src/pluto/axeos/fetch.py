"""Any other question to a miner, by aiohttp and bounded: no redirects, no proxies, no cookies, no more than it may say."""

import asyncio
from collections.abc import Mapping
from typing import Final, Self

import aiohttp
import msgspec

from pluto.axeos.reach import Reach, Refusal, Target
from pluto.errors import MinerNonsense, MinerUnreachable

CONNECT_LIMIT_S: Final = 2.0
ANSWER_BYTES: Final = 64 * 1024


class Reply(msgspec.Struct, frozen=True):
    """What a miner answered: any status, the body whole."""

    status: int
    body: bytes


class MinerClient:
    """Asks one miner one thing; `async with` closes its connections. Raises MinerUnreachable and MinerNonsense."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True, use_dns_cache=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Pluto", "Accept-Encoding": "identity"},
            auto_decompress=False,
            trust_env=False,
            max_line_size=8 * 1024,
            max_field_size=16 * 1024,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, host: str, path: str, limit_s: float) -> Reply:
        """Return the answer to `GET path`."""
        return await self.send("GET", host, path, b"", limit_s)

    async def send(self, method: str, host: str, path: str, body: bytes, limit_s: float) -> Reply:
        """Return the answer to *method* *path* with a JSON *body* (none where empty), all of it within *limit_s*."""
        target = self._reach.check(host)
        if isinstance(target, Refusal):
            raise MinerUnreachable(target.sentence)
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            async with asyncio.timeout(limit_s):
                return await self._exchange(method, target, path, (body, headers))
        except TimeoutError as error:
            raise MinerUnreachable(f"{host} did not answer within {limit_s:g} s") from error
        except aiohttp.ClientConnectionError as error:
            raise MinerUnreachable(f"{host}: {error}") from error
        except aiohttp.ClientError as error:
            raise MinerNonsense(f"{host} answered no HTTP that can be read") from error

    async def _exchange(self, method: str, target: Target, path: str, message: tuple[bytes, Mapping[str, str]]) -> Reply:
        body, headers = message
        async with self._session.request(
            method,
            f"http://{target.ip}:{target.port}{path}",
            data=body or None,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(sock_connect=CONNECT_LIMIT_S),
        ) as answer:
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise MinerNonsense("the answer is compressed, which nobody asked for")
            pieces = bytearray()
            async for piece in answer.content.iter_any():
                pieces += piece
                if len(pieces) > ANSWER_BYTES:
                    raise MinerNonsense("the answer is over 64 KiB")
            return Reply(answer.status, bytes(pieces))
