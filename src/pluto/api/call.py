"""One request and one answer, as handlers see them: parameters, query and JSON in, JSON out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from pluto.access.peers import Peer
from pluto.access.roles import STRANGER, Visitor
from pluto.errors import BadRequest
from pluto.model.json_value import JsonObject
from pluto.model.record import Record

JSON_TYPE: Final = "application/json; charset=utf-8"
SLICE: Final = 200
"""Records made into JSON in one go: 10,000 of them must not hold up a poll."""


class Call(msgspec.Struct, frozen=True):
    """What a client asks: *parameters* from the path, *query* as sent, *body* an object (`{}` where none was sent).

    *visitor* is who asks, *peer* where from.
    """

    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: JsonObject
    accepts_gzip: bool = False
    visitor: Visitor = STRANGER
    peer: Peer = Peer("")
    known_tags: Sequence[str] = ()

    def flag(self, name: str) -> bool | None:
        """Return a boolean of the body, None where it is absent or null; raises BadRequest for anything else."""
        value = self.body.get(name)
        if value is not None and not isinstance(value, bool):
            raise BadRequest(f"{name} must be true or false")
        return value

    def text(self, name: str) -> str:
        """Return a text of the body; raises BadRequest where it is missing or something else."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise BadRequest(f"{name} must be a text")
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts of the body; raises BadRequest where it is missing or something else."""
        value = self.body.get(name)
        if not isinstance(value, list):
            raise BadRequest(f"{name} must be a list of texts")
        texts = [item for item in value if isinstance(item, str)]
        if len(texts) != len(value):
            raise BadRequest(f"{name} must be a list of texts")
        return texts

    def object(self, name: str) -> JsonObject:
        """Return an object of the body; raises BadRequest where it is missing or something else."""
        value = self.body.get(name)
        if not isinstance(value, dict):
            raise BadRequest(f"{name} must be an object")
        return value

    def words(self, name: str) -> Sequence[str]:
        """Return a comma list of the query; empty where it is absent."""
        return [word for word in (part.strip() for part in self.query.get(name, "").split(",")) if word]


class Answer(msgspec.Struct, frozen=True):
    """What a client gets: *body*, or *pieces* of it, made while they are sent, where it is too large to be held as a whole."""

    body: bytes = b""
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = {}
    pieces: AsyncIterable[bytes] | None = None


def said(message: str, data: bytes) -> Answer:
    """Return the contract's `{"message": …, "data": …}` around JSON that is ready."""
    return Answer(b'{"message":' + msgspec.json.encode(message) + b',"data":' + data + b"}")


def listed(message: str, records: Sequence[Record], form: Callable[[Record], bytes]) -> Answer:
    """Return `said` with a list of *records*, each as *form* makes it: in slices, where they are many."""
    if len(records) <= SLICE:
        return said(message, b"[" + b",".join(map(form, records)) + b"]")
    return Answer(pieces=_pieces(message, records, form))


async def _pieces(message: str, records: Sequence[Record], form: Callable[[Record], bytes]) -> AsyncGenerator[bytes]:
    opening = b'{"message":' + msgspec.json.encode(message) + b',"data":['
    for start in range(0, len(records), SLICE):
        yield opening + b",".join(map(form, records[start : start + SLICE]))
        opening = b","
        await asyncio.sleep(0)
    yield b"]}"


def plain(value: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return *value* as the whole JSON answer."""
    return Answer(msgspec.json.encode(value), status)
