"""Error class to status and body, and the bodies of refusals that no error stands for."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from pluto.api.call import Answer, plain
from pluto.errors import (
    BadField,
    BadQuery,
    BadRequest,
    CannotDraw,
    DiscoveryFailed,
    MinerUnreachable,
    NotFound,
    PlutoError,
    RelayFailed,
    StorageFull,
    TooBusy,
    TooManyAttempts,
    UnknownPreset,
    WriteFailed,
    WrongMiner,
    WrongPassword,
)

FAILED: Final = "Failed to process the request"

STATUS: Final[Mapping[type[PlutoError], HTTPStatus]] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    BadField: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    WrongPassword: HTTPStatus.UNAUTHORIZED,
    UnknownPreset: HTTPStatus.NOT_FOUND,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    CannotDraw: HTTPStatus.INTERNAL_SERVER_ERROR,
    DiscoveryFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
    MinerUnreachable: HTTPStatus.INTERNAL_SERVER_ERROR,
    WrongMiner: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""An error that is not here is a fault of ours: 500, a trace in the log, nothing of it in the answer."""

log = logging.getLogger(__name__)


def refusal(status: HTTPStatus, sentence: str) -> Answer:
    """Return `{"error": sentence}`."""
    return plain({"error": sentence}, status)


def problem(error: Exception, missing: Answer, failure: str) -> Answer:
    """Return what a client hears of *error*: *missing* is the route's not-found, *failure* its text for a 500."""
    match error:
        case WriteFailed():
            log.warning("change failed", extra={"why": str(error)})
            return plain({"error": failure, "details": error.details}, HTTPStatus.INTERNAL_SERVER_ERROR)
        case TooBusy():
            return _later(HTTPStatus.SERVICE_UNAVAILABLE, str(error), error.retry_after_s)
        case TooManyAttempts():
            return _later(HTTPStatus.TOO_MANY_REQUESTS, str(error), error.retry_after_s)
        case BadQuery():
            return plain({"status": "error", "error": str(error)}, HTTPStatus.BAD_REQUEST)
        case RelayFailed():
            return plain({"status": "error", "error": str(error)}, HTTPStatus.INTERNAL_SERVER_ERROR)
        case _:
            return _by_status(error, missing, failure)


def _later(status: HTTPStatus, sentence: str, after_s: int) -> Answer:
    return msgspec.structs.replace(refusal(status, sentence), headers={"Retry-After": str(after_s)})


def _by_status(error: Exception, missing: Answer, failure: str) -> Answer:
    status = STATUS.get(type(error)) if isinstance(error, PlutoError) else None
    match status:
        case None:
            log.error("request failed unexpectedly", exc_info=error)
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)
        case HTTPStatus.NOT_FOUND:
            return missing
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("request failed", extra={"why": str(error)})
            return refusal(status, failure)
        case _:
            return refusal(status, str(error))


def missing_with_data(message: str) -> Answer:
    """Return the contract's not-found with `data: null`."""
    return plain({"message": message, "data": None}, HTTPStatus.NOT_FOUND)


def missing_bare(message: str) -> Answer:
    """Return the contract's not-found without `data`."""
    return plain({"message": message}, HTTPStatus.NOT_FOUND)


def missing_error(sentence: str) -> Answer:
    """Return `{"error": sentence}` for what does not exist."""
    return refusal(HTTPStatus.NOT_FOUND, sentence)
