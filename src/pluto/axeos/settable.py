"""What can be set on a miner, by AxeOS' names, and which firmware acts on it only after a restart (axeos.md 6)."""

from collections.abc import Mapping
from typing import Final

from pluto.axeos.firmware import Dialect, Firmware, Release
from pluto.model.json_value import Json, JsonObject

OPTION_LISTS: Final = ("frequencyOptions", "coreVoltageOptions")
"""What Pluto adds to an answer (contract A.4): never the miner's own."""

KEPT_PASSWORD: Final = "*****"  # noqa: S105 - what AxeOS 2.15 shows and takes for "as it was"

PRIMARY: Final = "stratum"
FALLBACK: Final = "fallbackStratum"
_POOL_TAILS: Final = (
    "URL", "Port", "User", "Password", "SuggestedDifficulty", "ExtranonceSubscribe", "TLS", "Cert", "DecodeCoinbase",
    "Protocol", "V2ChannelType", "V2AuthorityPubkey",
)  # fmt: skip
POOL_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    prefix + tail: (prefix, PRIMARY + tail) for prefix in (PRIMARY, FALLBACK) for tail in _POOL_TAILS
}
"""Each flat pool field: whose it is, and what it is called within a pool."""

PASSWORDS: Final = ("stratumPassword", "fallbackStratumPassword", "wifiPass")
"""No firmware shows them."""

SETTINGS: Final = frozenset(
    (
        *POOL_FIELDS, "pools", "primaryPoolIndex", "secondaryPoolIndex", "hostname", "ssid", "wifiPass", "frequency",
        "coreVoltage", "invertscreen", "flipscreen", "autofanspeed", "manualFanSpeed", "minFanSpeed", "temptarget",
        "overheat_mode", "overheat_temp", "overclockEnabled", "rotation", "displayTimeout", "autoscreenoff",
        "invertfanpolarity", "jobInterval", "fans",
    )
)  # fmt: skip
"""What a client asks for by naming it; all else in an `info` that comes back whole is a reading."""

FAN_SETTINGS: Final = ("mode", "manualSpeed", "overheatTemp", "pid")
"""The members of an entry of `fans` that can be set."""

_EVERY: Final[Release] = (99, 0)
_AXEOS: Final[Mapping[str, Release]] = {
    **dict.fromkeys(POOL_FIELDS, _EVERY),
    "pools": _EVERY,
    "primaryPoolIndex": _EVERY,
    "secondaryPoolIndex": _EVERY,
    "ssid": _EVERY,
    "wifiPass": _EVERY,
    "rotation": _EVERY,
    "flipscreen": _EVERY,
    "invertfanpolarity": _EVERY,
    "hostname": (2, 13),
    "frequency": (2, 1),
}
_NMAXE: Final[Mapping[str, Release]] = dict.fromkeys((*POOL_FIELDS, "ssid", "wifiPass", "frequency"), _EVERY)
_RESTARTS: Final[Mapping[Dialect, Mapping[str, Release]]] = {
    Dialect.FLAT: _AXEOS,
    Dialect.POOLS: _AXEOS,
    Dialect.NERDQAXE: {},
    Dialect.NMAXE: _NMAXE,
}
"""Field to the last release that acts on it only after a restart."""


def needs_restart(firmware: Firmware, field: str) -> bool:
    """Return whether *firmware* acts on a new value of *field* only after a restart."""
    last = _RESTARTS[firmware.dialect].get(field)
    return last is not None and firmware.is_at_most(last)


def shows_late(firmware: Firmware, field: str) -> bool:
    """Return whether *firmware* goes on showing the old value until the restart, as far as is known."""
    if not needs_restart(firmware, field):
        return False
    if firmware.dialect is Dialect.NMAXE or firmware.release is not None:
        return field in POOL_FIELDS and (firmware.dialect is Dialect.NMAXE or not firmware.is_at_most((2, 13)))
    return True


def asked_settings(asked: JsonObject) -> JsonObject:
    """Return what of *asked* are settings, in its order."""
    return {field: value for field, value in asked.items() if field in SETTINGS}


def is_same(one: Json, other: Json) -> bool:
    """Return whether two values mean the same setting: 1 and true, 485 and 485.0, 3333 and "3333" do."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-6 * max(abs(one), abs(other))
    if isinstance(one, str) != isinstance(other, str):
        return one is not None and other is not None and str(one) == str(other)
    return one == other
