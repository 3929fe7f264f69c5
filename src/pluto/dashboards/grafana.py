"""Grafana's API for public dashboards: which calls, which headers, how long and how much, what an answer means (contract F.2)."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final, Self, cast
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from pluto.clock import iso_milliseconds
from pluto.model.json_value import MAX_DEPTH, Json, JsonObject, depth
from pluto.model.secret import without_secrets

CALLS_AT_ONCE: Final = 4
FAILING_AFTER: Final = 3
"""So many calls in a row without a sensible answer mean that Grafana itself is away, not that one dashboard is odd."""

_KEPT: Final = ("uid", "dashboardUid", "accessToken", "createdBy", "updatedBy", "createdAt")
_SENSIBLE: Final = frozenset({HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})

log = logging.getLogger(__name__)


class NotPublished(Exception):
    """Grafana did not make a dashboard public; the sentence says why."""


class Limits(msgspec.Struct, frozen=True):
    """How long and how much of one call (contract J, trust 12.2)."""

    call_s: float = 5.0
    answer_bytes: int = 4 * 1024 * 1024


_LIMITS: Final = Limits()


class Grafana:
    """The Grafana at *base_url*, asked by at most CALLS_AT_ONCE calls at a time; open within `async with`."""

    def __init__(self, base_url: str, utc: Callable[[], datetime], limits: Limits = _LIMITS) -> None:
        self._base_url = base_url.rstrip("/")
        self._utc = utc
        self._limits = limits
        self._turns = asyncio.Semaphore(CALLS_AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self._in_a_row = 0

    async def __aenter__(self) -> Self:
        """Be ready to ask; Grafana need not be there yet."""
        self._session = aiohttp.ClientSession(
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=CALLS_AT_ONCE),
            headers={
                "X-WEBAUTH-USER": "admin",
                "Origin": self._base_url,
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "Pluto",
            },
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def is_failing(self) -> bool:
        """Return whether nothing sensible was heard of late."""
        return self._in_a_row >= FAILING_AFTER

    async def publish(self, uid: str) -> JsonObject:
        """Make the dashboard *uid* public, if it is not, and return its public record; raises NotPublished."""
        record = await self._record(uid)
        if record is not None and record.get("isEnabled") is True and _token(record):
            return record
        if record is None:
            record = await self._call("POST", _path(uid), {"isEnabled": True})
        public = await self._call("PATCH", f"{_path(uid)}/{_quoted(record.get('uid'))}", self._enabled(record))
        if not _token(public):
            raise NotPublished("Grafana answered without an access token")
        log.info("dashboard published", extra={"uid": uid})
        return public

    async def unpublish(self, uid: str) -> None:
        """End the public dashboard of *uid*, if it is public; raises NotPublished where Grafana cannot be asked."""
        record = await self._call("GET", _path(uid))
        if record.get("isEnabled") is True:
            await self._call("DELETE", f"{_path(uid)}/{_quoted(record.get('uid'))}")
            log.info("dashboard unpublished", extra={"uid": uid})

    async def _record(self, uid: str) -> JsonObject | None:
        """Return the public record, whether enabled or not; None for any other answer and for none (contract F.2 step 1)."""
        try:
            record = await self._call("GET", _path(uid))
        except NotPublished:
            return None
        return record if isinstance(record.get("uid"), str) and record["uid"] else None

    def _enabled(self, record: JsonObject) -> JsonObject:
        return {name: record[name] for name in _KEPT if name in record} | {
            "updatedAt": iso_milliseconds(self._utc()),
            "timeSelectionEnabled": True,
            "isEnabled": True,
            "annotationsEnabled": False,
            "share": "public",
        }

    async def _call(self, method: str, path: str, body: JsonObject | None = None) -> JsonObject:
        """Return the JSON object of a 200; raises NotPublished for everything else, and notes whether Grafana is there."""
        async with self._turns:
            try:
                async with asyncio.timeout(self._limits.call_s):
                    status, value = await self._exchange(method, path, body)
            except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
                self._note(sensible=False, why=_trouble(error, self._limits.call_s))
                raise NotPublished(f"{method}: {_trouble(error, self._limits.call_s)}") from error
        self._note(sensible=status in _SENSIBLE, why=f"status {status}")
        if status != HTTPStatus.OK:
            raise NotPublished(f"{method} was answered with status {status}")
        return value

    async def _exchange(self, method: str, path: str, body: JsonObject | None) -> tuple[int, JsonObject]:
        if self._session is None:
            raise ValueError("not open: use it within async with")
        url = URL(self._base_url + path, encoded=True)
        headers: Mapping[str, str] = {"Content-Type": "application/json"}
        data = None if body is None else msgspec.json.encode(body)
        async with self._session.request(method, url, data=data, headers=headers, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                return answer.status, {}
            return answer.status, _object(await self._read(answer))

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in answer.content.iter_any():
            size += len(piece)
            if size > self._limits.answer_bytes:
                raise ValueError(f"more than {self._limits.answer_bytes:,} bytes")
            pieces.append(piece)
        return b"".join(pieces)

    def _note(self, *, sensible: bool, why: str) -> None:
        was_failing = self.is_failing
        self._in_a_row = 0 if sensible else self._in_a_row + 1
        if self.is_failing and not was_failing:
            log.warning("grafana fails, trying on", extra={"grafana": self._base_url, "why": why})
        if was_failing and not self.is_failing:
            log.info("grafana answers again", extra={"grafana": self._base_url})


def public_url(record: JsonObject) -> str:
    """Return where everybody can see the dashboard of this public record."""
    return f"/grafana/public-dashboards/{quote(_token(record), safe='')}?orgId=1"


def _path(uid: str) -> str:
    return f"/grafana/api/dashboards/uid/{_quoted(uid)}/public-dashboards"


def _quoted(uid: Json) -> str:
    """Return *uid* as one part of a path; raises NotPublished for what would lead elsewhere."""
    if not isinstance(uid, str) or uid in ("", ".", ".."):
        raise NotPublished("the uid cannot be used in an address")
    return quote(uid, safe="")


def _token(record: JsonObject) -> str:
    token = record.get("accessToken")
    return token if isinstance(token, str) else ""


def _object(body: bytes) -> JsonObject:
    """Return the object in *body*, empty for a JSON null (Grafana's answer to DELETE); raises ValueError for anything else."""
    try:
        value: object = msgspec.json.decode(body or b"null")
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("an answer that is not JSON") from error
    if value is None:
        return {}
    if not isinstance(value, dict) or depth(cast("JsonObject", value)) > MAX_DEPTH:
        raise ValueError("an answer that is no plain JSON object")
    record = cast("JsonObject", value)
    token = {"accessToken": record["accessToken"]} if "accessToken" in record else {}  # public by design (contract K)
    return without_secrets(record) | token


def _trouble(error: Exception, call_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no whole answer within {call_s:g} s"
    reason = getattr(error, "strerror", None)
    if reason:
        return f"cannot be reached: {reason}"
    return str(error) if type(error) is ValueError else "broke the connection or does not speak HTTP"
