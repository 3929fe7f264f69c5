"""What the NerdQAxe family does with a PATCH: a field of exactly the right JSON type is taken at once, all else is skipped."""

from collections.abc import Callable, Mapping
from typing import Final

from pluto.simulator.json_text import Json, JsonObject
from pluto.simulator.miner import MinerState

Test = Callable[[Json], bool]


def patch(miner: MinerState, body: JsonObject) -> None:
    """Take what *body* says; nothing is ever refused and everything acts at once."""
    for key, fits in FIELDS.items():
        if key in body and fits(body[key]):
            miner.change(key, body[key], at_once=True)
    miner.apply()


def _is_whole(value: Json, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _text(value: Json) -> bool:
    return isinstance(value, str)


def _flag(value: Json) -> bool:
    return isinstance(value, bool)


def _uint16(value: Json) -> bool:
    return _is_whole(value, 0, 2**16 - 1)


def _positive(value: Json) -> bool:
    return _is_whole(value, 1, 2**16 - 1)


def _uint32(value: Json) -> bool:
    return _is_whole(value, 0, 2**32 - 1)


def _percent(value: Json) -> bool:
    return _is_whole(value, 0, 100)


def _figure(value: Json) -> bool:
    return type(value) in (int, float)


def _pool(prefix: str) -> dict[str, Test]:
    return {
        f"{prefix}URL": _text,
        f"{prefix}User": _text,
        f"{prefix}Password": _text,
        f"{prefix}Port": _uint16,
        f"{prefix}EnonceSubscribe": _flag,
        f"{prefix}TLS": _flag,
    }


FIELDS: Final[Mapping[str, Test]] = {
    "ssid": _text,
    "wifiPass": _text,
    "hostname": _text,
    "coreVoltage": _positive,
    "frequency": _positive,
    "jobInterval": _uint16,
    "stratumDifficulty": _uint32,
    "flipscreen": _flag,
    "invertscreen": _flag,
    "invertfanpolarity": _flag,
    "autoscreenoff": _flag,
    "autofanspeed": lambda value: _is_whole(value, 0, 2),
    "manualFanSpeed": _uint16,
    "overheat_temp": _uint16,
    "pidTargetTemp": _uint16,
    "pidP": _figure,
    "pidI": _figure,
    "pidD": _figure,
    "vrFrequency": _uint32,
    "stratum_keep": lambda value: _is_whole(value, 0, 1),
    "canMaster": lambda value: _is_whole(value, 0, 1),
    "poolMode": lambda value: _is_whole(value, 0, 1),
    "poolBalance": _percent,
    **_pool("stratum"),
    **_pool("fallbackStratum"),
}
"""Key to its test, as of 1.0.36; `fans[]` and `stratumProtocol` came later."""
