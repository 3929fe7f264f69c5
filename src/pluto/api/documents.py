"""Problem documents, the errors of `/api/v1`: a stable code for programs, a sentence for people."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from pluto.api.call import Answer
from pluto.errors import (
    BadField,
    BadRequest,
    CannotDo,
    DiscoveryFailed,
    HistoryOff,
    MinerUnreachable,
    NotFound,
    PlutoError,
    StorageFull,
    TooBusy,
    UnknownPreset,
    UnknownSearch,
    WriteFailed,
    WrongMiner,
)

PREFIX: Final = "/api/v1/"
PROBLEM_TYPE: Final = "application/problem+json"
FAILED: Final = "the request failed, see the log"

CODES: Final[Mapping[type[PlutoError], tuple[HTTPStatus, str]]] = {
    BadRequest: (HTTPStatus.BAD_REQUEST, "bad_request"),
    BadField: (HTTPStatus.BAD_REQUEST, "bad_request"),
    NotFound: (HTTPStatus.NOT_FOUND, "unknown_miner"),
    UnknownSearch: (HTTPStatus.NOT_FOUND, "unknown_search"),
    UnknownPreset: (HTTPStatus.NOT_FOUND, "unknown_preset"),
    HistoryOff: (HTTPStatus.CONFLICT, "history_off"),
    CannotDo: (HTTPStatus.CONFLICT, "cannot_do"),
    TooBusy: (HTTPStatus.SERVICE_UNAVAILABLE, "too_busy"),
    StorageFull: (HTTPStatus.INSUFFICIENT_STORAGE, "storage_full"),
    DiscoveryFailed: (HTTPStatus.INTERNAL_SERVER_ERROR, "discovery_failed"),
    MinerUnreachable: (HTTPStatus.INTERNAL_SERVER_ERROR, "miner_unreachable"),
    WrongMiner: (HTTPStatus.INTERNAL_SERVER_ERROR, "wrong_miner"),
    WriteFailed: (HTTPStatus.INTERNAL_SERVER_ERROR, "write_failed"),
}
"""An error that is not here is a fault of ours: 500 `failed`, a trace in the log, nothing of it in the answer."""

REFUSALS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.UNAUTHORIZED: "not_signed_in",
    HTTPStatus.FORBIDDEN: "foreign_origin",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "wrong_method",
    HTTPStatus.REQUEST_TIMEOUT: "too_slow",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "wrong_content_type",
    HTTPStatus.MISDIRECTED_REQUEST: "foreign_host",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "too_large",
}
"""What is refused before a handler is asked."""

log = logging.getLogger(__name__)


class _Refusal(msgspec.Struct):
    error: str = ""


def is_v1(path: str) -> bool:
    """Return whether errors under *path* are problem documents."""
    return path.lower().startswith(PREFIX)


def document(status: HTTPStatus, code: str, detail: str, field: str | None = None) -> Answer:
    """Return a problem document; *field* is the parameter or member that is to blame."""
    members = {"title": status.phrase, "status": status.value, "code": code, "detail": detail}
    return Answer(msgspec.json.encode(members | ({"field": field} if field else {})), status, PROBLEM_TYPE)


def of_error(error: Exception) -> Answer:
    """Return what a client of `/api/v1` hears of *error*."""
    known = CODES.get(type(error)) if isinstance(error, PlutoError) else None
    if known is None:
        log.error("request failed unexpectedly", exc_info=error)
        return document(HTTPStatus.INTERNAL_SERVER_ERROR, "failed", FAILED)
    status, code = known
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request failed", extra={"why": str(error)})
    return document(status, code, _sentence(error), error.field if isinstance(error, BadField) else None)


def _sentence(error: Exception) -> str:
    """Return what happened, and the miner's own words where it gave any."""
    said = error.details if isinstance(error, WriteFailed) else None
    return f"{error}: {said}" if isinstance(said, str) and said not in {"", str(error)} else str(error)


def of_refusal(answer: Answer) -> Answer:
    """Return a refusal `{"error": …}` as a problem document; everything else as it is."""
    if answer.status < HTTPStatus.BAD_REQUEST or answer.content_type == PROBLEM_TYPE:
        return answer
    sentence = msgspec.json.decode(answer.body, type=_Refusal).error
    made = document(answer.status, REFUSALS.get(answer.status, "failed"), sentence)
    return msgspec.structs.replace(made, headers=answer.headers)
