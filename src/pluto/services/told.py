"""What a miner said to a change, as a client may hear it: JSON where it is, without secrets, the request's own blanked."""

import html
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final
from urllib.parse import quote

import msgspec

from pluto.axeos.fetch import Reply
from pluto.errors import WriteFailed
from pluto.model.json_value import MAX_DEPTH, Json, depth
from pluto.model.secret import is_secret, without_secrets

BLANK: Final = "***"
_SHORT: Final = 4
"""A secret of fewer characters is blanked only where it stands alone: the usual pool password is `x`."""


def said(reply: Reply, secrets: Collection[str] = ()) -> Json:
    """Return the body of *reply*: JSON if it is, else text, empty text where there is none; no secret in it."""
    text = reply.body.decode(errors="replace")
    try:
        value: Json = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return blanked(text, secrets)
    return _clean(value, secrets) if depth(value) <= MAX_DEPTH else blanked(text, secrets)


def failed(sentence: str, secrets: Collection[str] = ()) -> WriteFailed:
    """Return the error for a miner that gave no answer, *sentence* saying why."""
    return WriteFailed(sentence, blanked(sentence, secrets))


def refused(reply: Reply, secrets: Collection[str] = ()) -> WriteFailed:
    """Return the error for a miner that answered another status than 2xx."""
    sentence = f"the miner answered status {reply.status}"
    return WriteFailed(sentence, said(reply, secrets) or sentence)


def is_done(reply: Reply) -> bool:
    """Return whether the miner says that it did it."""
    return 200 <= reply.status < 300


def secrets_in(value: Json) -> list[str]:
    """Return every secret value in *value*, at any depth, the longest first."""
    found = {text for text in _secrets(value) if text}
    return sorted(found, key=len, reverse=True)


def blanked(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with each of *secrets* replaced by stars, however it is escaped."""
    for secret in secrets:
        for spelling in dict.fromkeys(_spellings(secret)):
            pattern = re.escape(spelling)
            text = re.sub(pattern if len(secret) >= _SHORT else rf"(?<!\w){pattern}(?!\w)", BLANK, text)
    return text


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield msgspec.json.encode(secret).decode()[1:-1]
    yield secret.encode("unicode_escape").decode()
    yield quote(secret, safe="")
    yield html.escape(secret)


def _secrets(value: Json) -> Iterator[str]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _within(item) if is_secret(key, item) else _secrets(item)
        case list():
            for item in value:
                yield from _secrets(item)
        case _:
            return


def _within(value: Json) -> Iterator[str]:
    """Yield every text and number in *value*: all of it is secret."""
    match value:
        case dict():
            for item in value.values():
                yield from _within(item)
        case list():
            for item in value:
                yield from _within(item)
        case bool() | None:
            return
        case _:
            yield str(value)


def _clean(value: Json, secrets: Collection[str]) -> Json:
    match value:
        case dict():
            return {blanked(key, secrets): _clean(item, secrets) for key, item in without_secrets(value).items()}
        case list():
            return [_clean(item, secrets) for item in value]
        case str():
            return blanked(value, secrets)
        case _:
            return value
