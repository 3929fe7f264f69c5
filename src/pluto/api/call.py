"""One request and one answer, as handlers see them: parameters, query and JSON in, JSON out."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from pluto.errors import BadRequest
from pluto.model.json_value import JsonObject

JSON_TYPE: Final = "application/json; charset=utf-8"


class Call(msgspec.Struct, frozen=True):
    """What a client asks: *parameters* from the path, *query* as sent, *body* an object (`{}` where none was sent)."""

    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: JsonObject
    accepts_gzip: bool = False
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
    """What a client gets."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = {}


def said(message: str, data: bytes) -> Answer:
    """Return the contract's `{"message": …, "data": …}` around JSON that is ready."""
    return Answer(b'{"message":' + msgspec.json.encode(message) + b',"data":' + data + b"}")


def plain(value: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return *value* as the whole JSON answer."""
    return Answer(msgspec.json.encode(value), status)
