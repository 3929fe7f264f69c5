"""Which dialect a miner's answer shows, by its shape, and how old its firmware is."""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

import msgspec

from pluto.axeos.wire_fields import is_nmaxe
from pluto.model.json_value import JsonObject

Release = tuple[int, int]

UNKNOWN_RELEASE: Final[Release] = (2, 10)
"""What a firmware without a readable version is taken for: one that restarts for whatever any release restarts for."""

_VERSION: Final = re.compile(r"v?(2)\.(\d{1,3})(?!\d)")


class Dialect(Enum):
    """How a firmware wants to be told."""

    FLAT = "flat"
    POOLS = "pools"
    NERDQAXE = "nerdqaxe"
    NMAXE = "nmaxe"


class Firmware(msgspec.Struct, frozen=True):
    """*release* is AxeOS' or the one it was made after; None where nothing tells."""

    dialect: Dialect
    release: Release | None = None

    def is_at_most(self, release: Release) -> bool:
        """Return whether this is *release* or older; an unknown one counts as UNKNOWN_RELEASE."""
        return (self.release or UNKNOWN_RELEASE) <= release


def firmware_of(info: JsonObject) -> Firmware:
    """Return the firmware that answers with *info*."""
    for dialect, is_spoken in _SIGNS:
        if is_spoken(info):
            return Firmware(dialect, _release(info))
    return Firmware(Dialect.FLAT, _release(info))


def has_pools(info: JsonObject) -> bool:
    """Return whether *info* lists pools as AxeOS 2.15 and newer do: objects with an `id`."""
    pools = info.get("pools")
    return isinstance(pools, list) and bool(pools) and all(isinstance(pool, dict) and "id" in pool for pool in pools)


def _is_nerdqaxe(info: JsonObject) -> bool:
    model = info.get("deviceModel")
    return "hashRateTimestamp" in info or (isinstance(model, str) and model.startswith(("Nerd", "Q13")))


_SIGNS: Final[Sequence[tuple[Dialect, Callable[[JsonObject], bool]]]] = (
    (Dialect.NMAXE, is_nmaxe),
    (Dialect.NERDQAXE, _is_nerdqaxe),
    (Dialect.POOLS, has_pools),
)
_MADE_AFTER: Final[Sequence[tuple[str, Release]]] = (("chiptemp1", (2, 6)), ("minerModel", (2, 1)))
"""BitForge and Lucky count their versions themselves."""
_CAME_WITH: Final[Sequence[tuple[str, Release]]] = (("pools", (2, 15)), ("miningPaused", (2, 14)))


def _release(info: JsonObject) -> Release | None:
    for key, release in _MADE_AFTER:
        if key in info:
            return release
    version = info.get("version")
    if isinstance(version, str) and (found := _VERSION.match(version)):
        return int(found[1]), int(found[2])
    return next((release for key, release in _CAME_WITH if key in info), None)
