"""How the miners' JSON writers spell a value: cJSON tabbed or compact, numbers with 15 or 17 digits, NaN as null."""

import math
from typing import Final, TypeAlias

import msgspec

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]

_WORDS: Final = {True: "true", False: "false", None: "null"}
_KEYS: Final[dict[str, str]] = {}
MAX_KEPT_KEYS: Final = 2000


def compact(value: Json) -> str:
    """Return *value* as cJSON_PrintUnformatted writes it; floats have gone through `trimmed`."""
    return msgspec.json.encode(value).decode()


def trimmed(value: float, digits: int) -> float:
    """Return *value* rounded, an int where it is whole: these writers print no `.0`."""
    short = round(value, digits)
    return int(short) if short.is_integer() else short


def tabbed(value: Json, depth: int = 0) -> str:
    """Return *value* as cJSON_Print writes it: a tab after the colon, arrays in one line."""
    match value:
        case dict():
            inner = "\t" * (depth + 1)
            lines = [f"{inner}{_key(name)}:\t{tabbed(item, depth + 1)}" for name, item in value.items()]
            return "{\n" + ",\n".join(lines) + ("\n" if lines else "") + "\t" * depth + "}"
        case list():
            return "[" + ", ".join([tabbed(item, depth + 1) for item in value]) + "]"
        case _:
            return scalar(value)


def scalar(value: bool | float | str | None) -> str:
    """Return a number, text, truth value or null; whole floats have no point, NaN and infinity are null."""
    kind = type(value)
    if kind is float:
        return number(value)  # type: ignore[arg-type]  # its type has just been asked
    if kind is int:
        return str(value)
    if isinstance(value, str):
        return msgspec.json.encode(value).decode()
    return _WORDS[value]  # type: ignore[index]  # only True, False and None are left


def number(value: float) -> str:
    """Return a float as cJSON does: whole without a point, else 15 digits, or 17 where 15 would lose something."""
    if type(value) is int:
        return str(value)
    if not math.isfinite(value):
        return "null"
    if value.is_integer() and abs(value) < 2**31:
        return str(int(value))
    short = f"{value:.15g}"
    return short if float(short) == value else f"{value:.17g}"


def _key(name: str) -> str:
    written = _KEYS.get(name)
    if written is None:
        written = msgspec.json.encode(name).decode()
        if len(_KEYS) < MAX_KEPT_KEYS:
            _KEYS[name] = written
    return written
