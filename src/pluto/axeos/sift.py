"""How any answer becomes a strict JSON object within the limits of trust 5.11: value by value, what cannot stay is left out."""

import json
import math
from typing import Final

from pluto.axeos.limits import MAX_DEPTH, MAX_KEYS, MAX_NUMBER, MAX_STRING, MAX_VALUES
from pluto.errors import MinerNonsense
from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret

_MAX_DIGITS: Final = 400
"""An integer of more digits than a float can hold is beyond MAX_NUMBER without being computed."""


def sifted(body: bytes) -> JsonObject:
    """Return the object in *body* without secrets, with finite numbers and cut strings; raise MinerNonsense if it is none."""
    # commas are counted, even those in strings, since that takes a hundredth of the time that parsing takes
    if body.count(b",") > MAX_VALUES:
        raise MinerNonsense(f"the answer has more than {MAX_VALUES} values")
    parsed = _parsed(body.decode(errors="replace"))
    if not isinstance(parsed, dict):
        raise MinerNonsense("the answer is JSON, but not an object")
    return _Sieve().members(parsed, depth=1)


def _parsed(text: str) -> Json:
    try:
        parsed: Json = json.loads(text, parse_int=_integer)
    except RecursionError as error:
        raise MinerNonsense(f"the answer is nested deeper than {MAX_DEPTH}") from error
    except ValueError as error:
        raise MinerNonsense(f"the answer is not JSON: {error}") from error
    return parsed


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < _MAX_DIGITS else math.inf


class _Sieve:
    """Counts the keys that went through it, so that their limit holds for the whole answer."""

    def __init__(self) -> None:
        self._keys = 0

    def members(self, members: JsonObject, depth: int) -> JsonObject:
        self._keys += len(members)
        if self._keys > MAX_KEYS:
            raise MinerNonsense(f"the answer has more than {MAX_KEYS} keys")
        if depth > MAX_DEPTH:
            raise MinerNonsense(f"the answer is nested deeper than {MAX_DEPTH}")
        return {
            _text(key): self._value(value, depth)
            for key, value in members.items()
            if not (is_secret(key, value) or _is_beyond(value))
        }

    def _elements(self, elements: list[Json], depth: int) -> list[Json]:
        if depth > MAX_DEPTH:
            raise MinerNonsense(f"the answer is nested deeper than {MAX_DEPTH}")
        # null keeps the places of those behind it
        return [None if _is_beyond(element) else self._value(element, depth) for element in elements]

    def _value(self, value: Json, depth: int) -> Json:
        match value:
            case dict():
                return self.members(value, depth + 1)
            case list():
                return self._elements(value, depth + 1)
            case str():
                return _text(value)
            case _:
                return value


def _is_beyond(value: Json) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, int) and not -MAX_NUMBER < value < MAX_NUMBER


def _text(text: str) -> str:
    """Cut *text*, and replace halves of surrogate pairs, which no UTF-8 can hold."""
    cut = text[:MAX_STRING]
    return cut if cut.isascii() else cut.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
