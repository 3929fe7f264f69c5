"""What JSON can hold, as types; and reading it strictly where a client sent it."""

import json
import math
from typing import Final, Never, TypeAlias, cast

import msgspec

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]

MAX_DEPTH: Final = 32
_SURROGATE: Final = b"\\ud"


def parse_strictly(body: bytes) -> Json:
    """Return the JSON in *body*; raises ValueError with a sentence for anything unclear.

    Refused: what is not JSON or not UTF-8, half a surrogate pair, NaN and Infinity, a key that stands twice, nesting
    deeper than MAX_DEPTH.
    """
    try:
        value: Json = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError(f"the JSON is nested deeper than {MAX_DEPTH} levels") from None
    if depth(value) > MAX_DEPTH:
        raise ValueError(f"the JSON is nested deeper than {MAX_DEPTH} levels")
    if _SURROGATE in body.lower():
        _check_surrogates(value)
    return value


def parse_object(body: bytes) -> JsonObject:
    """Return the JSON object in *body*; raises ValueError when it is anything else."""
    return cast("JsonObject", msgspec.json.decode(body, type=dict))


def depth(value: Json) -> int:
    """Return how deep lists and objects are nested: 0 for a plain value, 1 for `[]`. Counts without recursion."""
    level, deepest = [value], 0
    while level := [item for item in level if isinstance(item, (list, dict))]:
        deepest += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return deepest


def _check_surrogates(value: Json) -> None:
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:
        raise ValueError("a text holds half of a character") from None


def _once(pairs: list[tuple[str, Json]]) -> JsonObject:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:100]!r} stands twice in one object")
    return result


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:40]} is too large a number")
    return number


def _no_constant(word: str) -> Never:
    raise ValueError(f"{word} is not a JSON number")
