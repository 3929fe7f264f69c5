"""Questions to Prometheus on behalf of a page: what may be asked, and how much of an answer is passed on (contract A.3)."""

import asyncio
import re
from collections.abc import Mapping
from typing import Final, Self

import aiohttp
import msgspec

from pluto.errors import BadQuery, RelayFailed

MAX_QUERY_CHARACTERS: Final = 8000
MAX_RANGE_S: Final = 7 * 24 * 3600
MIN_STEP_S: Final = 5
MAX_STEP_S: Final = 3600
MAX_POINTS: Final = 11_000
LIMIT_S: Final = 10.0
ANSWER_BYTES: Final = 4 * 1024 * 1024
_STEP: Final = re.compile(r"(\d{1,9})([smh]?)")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}
_TIME: Final = re.compile(r"\d{1,12}(\.\d{1,9})?")


class Relayed(msgspec.Struct, frozen=True):
    """Prometheus' own status and body."""

    status: int
    body: bytes


class Relay:
    """Asks the Prometheus at *base_url*; open within `async with`. Raises BadQuery and RelayFailed."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            trust_env=False, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), headers={"Accept-Encoding": "identity"}
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def instant(self, given: Mapping[str, str]) -> Relayed:
        """Answer a query at one moment: `query`, `time` (Unix seconds, optional)."""
        asked = {"query": _query(given)}
        if given.get("time"):
            asked["time"] = _number(given, "time")
        return await self._ask("/api/v1/query", asked)

    async def over_range(self, given: Mapping[str, str]) -> Relayed:
        """Answer a query over a range: `query`, `start`, `end` (Unix seconds), `step` (seconds, or `15s`, `2m`, `1h`)."""
        start, end, step_s = _number(given, "start"), _number(given, "end"), _step_s(given.get("step", ""))
        seconds = float(end) - float(start)
        if seconds <= 0:
            raise BadQuery("end must be later than start")
        if seconds > MAX_RANGE_S:
            raise BadQuery("the range must not be longer than 7 days")
        if seconds / step_s + 1 > MAX_POINTS:
            raise BadQuery(f"at most {MAX_POINTS:,} points: choose a larger step")
        asked = {"query": _query(given), "start": start, "end": end, "step": f"{step_s}s"}
        return await self._ask("/api/v1/query_range", asked)

    async def over_any_range(self, asked: Mapping[str, str]) -> Relayed:
        """Answer a question of our own: `query`, `start`, `end`, `step`, as Prometheus takes them."""
        return await self._ask("/api/v1/query_range", asked)

    async def _ask(self, path: str, asked: Mapping[str, str]) -> Relayed:
        try:
            async with asyncio.timeout(LIMIT_S):
                return await self._answer(path, asked)
        except TimeoutError as error:
            raise RelayFailed(f"Prometheus did not answer within {LIMIT_S:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise RelayFailed("Prometheus cannot be reached; PROMETHEUS_HOST says where it is looked for") from error

    async def _answer(self, path: str, asked: Mapping[str, str]) -> Relayed:
        if self._session is None:
            raise RelayFailed("not open")
        async with self._session.get(self._base_url + path, params=asked, allow_redirects=False) as answer:
            body = bytearray()
            async for piece in answer.content.iter_any():
                body += piece
                if len(body) > ANSWER_BYTES:
                    raise RelayFailed("Prometheus' answer is larger than 4 MiB: ask for less")
            if 300 <= answer.status < 400 or not _is_json(bytes(body)):
                raise RelayFailed("what answers at PROMETHEUS_HOST is not Prometheus")
            return Relayed(answer.status, bytes(body))


def _query(given: Mapping[str, str]) -> str:
    query = given.get("query", "")
    if not query.strip():
        raise BadQuery("query is missing")
    if len(query) > MAX_QUERY_CHARACTERS:
        raise BadQuery(f"query is longer than {MAX_QUERY_CHARACTERS:,} characters")
    return query


def _number(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "")
    if not _TIME.fullmatch(text):
        raise BadQuery(f"{name} must be a time in Unix seconds")
    return text


def _step_s(text: str) -> int:
    found = _STEP.fullmatch(text)
    if found is None:
        raise BadQuery("step must be seconds, or like 15s, 2m or 1h")
    step_s = int(found[1]) * _SECONDS[found[2]]
    if not MIN_STEP_S <= step_s <= MAX_STEP_S:
        raise BadQuery(f"step must lie between {MIN_STEP_S} s and {MAX_STEP_S} s")
    return step_s


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True
