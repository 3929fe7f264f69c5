"""What AxeOS does with a PATCH: which keys it knows, how it checks them, and when they act."""

from enum import Enum
from typing import Final

import msgspec

from pluto.simulator.factory import KEPT_PASSWORD, flat, new_pool
from pluto.simulator.json_text import Json, JsonObject
from pluto.simulator.miner import MinerState

SLOTS: Final = 8
MAX_SUGGESTED_DIFFICULTY: Final = 10**18
MAX_CERTIFICATE: Final = 3000
MAX_POOL_TEXT: Final = 255
DISPLAYS: Final = ("NONE", "SSD1306 (128x32)", "SSD1309 (128x64)", "SH1107 (64x128)", "SH1107 (128x128)")


class Kind(Enum):
    """How the firmware reads a setting; its limits are lengths of a text and bounds of a number."""

    TEXT = "text"
    WHOLE = "whole number"
    FIGURE = "number"
    FLAG = "0, 1, true or false"
    CHOICE = "one of a few"


class Setting(msgspec.Struct, frozen=True):
    """A key of PATCH /api/system; *since* and *until* are releases, *restarts* says that it acts at the next boot."""

    key: str
    kind: Kind
    low: int = 0
    high: int = 65535
    since: tuple[int, int] = (2, 0)
    until: tuple[int, int] = (9, 99)
    restarts: bool = False
    choices: tuple[Json, ...] = ()


class WrongInput(Exception):
    """A field is not what the firmware accepts: the whole write is refused."""


def _pool_settings(prefix: str) -> tuple[Setting, ...]:
    last = (2, 14)
    rows = (
        ("stratumURL", Kind.TEXT, 0, 255, (2, 0)),
        ("stratumPort", Kind.WHOLE, 0, 65535, (2, 0)),
        ("stratumUser", Kind.TEXT, 0, 255, (2, 0)),
        ("stratumPassword", Kind.TEXT, 0, 255, (2, 0)),
        ("stratumSuggestedDifficulty", Kind.WHOLE, 0, 65535, (2, 9)),
        ("stratumExtranonceSubscribe", Kind.FLAG, 0, 1, (2, 9)),
        ("stratumTLS", Kind.WHOLE, 0, 3, (2, 13)),
        ("stratumCert", Kind.TEXT, 0, MAX_CERTIFICATE, (2, 13)),
        ("stratumDecodeCoinbase", Kind.FLAG, 0, 1, (2, 13)),
        ("stratumV2AuthorityPubkey", Kind.TEXT, 0, 52, (2, 14)),
    )
    choices = (("stratumProtocol", ("SV1", "SV2")), ("stratumV2ChannelType", ("extended", "standard")))
    return (
        *(Setting(flat(prefix, key), kind, low, high, since, last, restarts=True) for key, kind, low, high, since in rows),
        *(Setting(flat(prefix, key), Kind.CHOICE, 0, 0, (2, 14), last, True, values) for key, values in choices),
    )


SETTINGS: Final = (
    Setting("ssid", Kind.TEXT, 1, 32, restarts=True),
    Setting("wifiPass", Kind.TEXT, 0, 63, restarts=True),
    Setting("hostname", Kind.TEXT, 1, 32, until=(2, 13), restarts=True),
    Setting("hostname", Kind.TEXT, 1, 32, since=(2, 14)),
    *_pool_settings(""),
    *_pool_settings("fallback"),
    Setting("primaryPoolIndex", Kind.WHOLE, 0, SLOTS - 1, since=(2, 15), restarts=True),
    Setting("secondaryPoolIndex", Kind.WHOLE, 0, SLOTS - 1, since=(2, 15), restarts=True),
    Setting("useFallbackStratum", Kind.FLAG, since=(2, 11), restarts=True),
    Setting("frequency", Kind.FIGURE, 1, 65535),
    Setting("coreVoltage", Kind.WHOLE, 1, 65535),
    Setting("overclockEnabled", Kind.FLAG, since=(2, 6)),
    Setting("autofanspeed", Kind.FLAG),
    Setting("minFanSpeed", Kind.WHOLE, 0, 99, since=(2, 10)),
    Setting("temptarget", Kind.WHOLE, 35, 66, since=(2, 7)),
    Setting("fanspeed", Kind.WHOLE, 0, 100, until=(2, 10)),
    Setting("manualFanSpeed", Kind.WHOLE, 0, 100, since=(2, 11)),
    Setting("overheat_mode", Kind.WHOLE, 0, 0),
    Setting("display", Kind.CHOICE, since=(2, 9), restarts=True, choices=DISPLAYS),
    Setting("rotation", Kind.CHOICE, since=(2, 9), restarts=True, choices=(0, 90, 180, 270)),
    Setting("invertscreen", Kind.FLAG),
    Setting("displayOffset", Kind.WHOLE, 0, 255, since=(2, 9)),
    Setting("displayTimeout", Kind.WHOLE, -1, 65535, since=(2, 8)),
    Setting("flipscreen", Kind.FLAG, until=(2, 8), restarts=True),
    Setting("invertfanpolarity", Kind.FLAG, until=(2, 6), restarts=True),
    Setting("statsFrequency", Kind.WHOLE, since=(2, 9)),
    Setting("useCustomWWW", Kind.FLAG, since=(2, 15), restarts=True),
)


def patch(miner: MinerState, body: JsonObject) -> None:
    """Store what *body* says, as this release does; raises WrongInput (2.11 and newer), then nothing is stored."""
    changes: list[tuple[Setting, Json]] = []
    for setting in SETTINGS:
        if setting.key in body and setting.since <= miner.profile.release <= setting.until:
            value = _read(miner, setting, body[setting.key])
            if value is not None:
                changes.append((setting, value))
    pools = _pools_after(miner, body["pools"]) if "pools" in body and miner.profile.is_at_least(2, 15) else None
    for setting, value in changes:
        miner.change(setting.key, value, at_once=not setting.restarts)
    if pools is not None:
        miner.change("pools", pools, at_once=False)
    miner.apply()


def put_pool(miner: MinerState, slot: int, body: JsonObject) -> None:
    """Replace pool *slot* (2.15); raises WrongInput."""
    if not 0 <= slot < SLOTS:
        raise WrongInput("no such pool")
    miner.change("pools", _pools_after(miner, [body | {"id": slot}]), at_once=False)


def delete_pool(miner: MinerState, slot: int) -> None:
    """Empty pool *slot* (2.15); raises WrongInput for a slot that is not there or is the primary or secondary one."""
    slots = _slots(miner)
    if slot not in slots or slot in (miner.stored["primaryPoolIndex"], miner.stored["secondaryPoolIndex"]):
        raise WrongInput("pool is in use or empty")
    del slots[slot]
    miner.change("pools", [slots[place] for place in sorted(slots)], at_once=False)


def _read(miner: MinerState, setting: Setting, value: Json) -> Json:
    return _checked(setting, value) if miner.profile.is_at_least(2, 11) else _unchecked(miner, setting, value)


def _checked(setting: Setting, value: Json) -> Json:
    """Read as from 2.11 on; raises WrongInput."""
    match setting.kind:
        case Kind.TEXT:
            is_right = isinstance(value, str) and setting.low <= len(value.encode()) <= setting.high
        case Kind.CHOICE:
            is_right = not isinstance(value, bool) and value in setting.choices
        case Kind.FLAG:
            is_right = isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))
            value = int(value) if isinstance(value, bool) else value
        case Kind.WHOLE | Kind.FIGURE:
            is_right = isinstance(value, int | float) and not isinstance(value, bool) and setting.low <= value <= setting.high
            value = int(value) if is_right and setting.kind is Kind.WHOLE and isinstance(value, float) else value
    if not is_right:
        raise WrongInput(setting.key)
    return value


def _unchecked(miner: MinerState, setting: Setting, value: Json) -> Json:
    """Read as before 2.11: text or nothing, numbers wrap to 16 bits; a text for a number is 0 to 2.5 and ignored later."""
    if setting.kind is Kind.TEXT or setting.choices[:1] == DISPLAYS[:1]:
        return value if isinstance(value, str) else None
    if isinstance(value, int | float):
        wrapped = max(-(2**31), min(2**31 - 1, int(value))) & 0xFFFF
        return 0 if setting.key == "overheat_mode" else _signed(setting, wrapped)
    return None if miner.profile.is_at_least(2, 6) else 0


def _signed(setting: Setting, wrapped: int) -> int:
    return -1 if setting.low < 0 and wrapped == 0xFFFF else wrapped


def _pools_after(miner: MinerState, given: Json) -> list[Json]:
    """Return all slots after *given* has replaced some of them; raises WrongInput."""
    if not isinstance(given, list):
        raise WrongInput("pools")
    slots = _slots(miner)
    for pool in given:
        if not isinstance(pool, dict):
            raise WrongInput("pools")
        slot = pool.get("id")
        if not isinstance(slot, int) or isinstance(slot, bool) or not 0 <= slot < SLOTS:
            raise WrongInput("pools.id")
        _check_pool(pool)
        old = slots.get(slot)
        slots[slot] = new_pool(slot, pool)
        if pool.get("stratumPassword") == KEPT_PASSWORD and old is not None:
            slots[slot]["stratumPassword"] = old["stratumPassword"]
    return [slots[slot] for slot in sorted(slots)]


def _slots(miner: MinerState) -> dict[int, JsonObject]:
    pools = miner.stored["pools"]
    return {int(str(pool["id"])): dict(pool) for pool in pools if isinstance(pool, dict)} if isinstance(pools, list) else {}


_POOL_RULES: Final = (
    Setting("stratumURL", Kind.TEXT, 1, MAX_POOL_TEXT),
    Setting("stratumPort", Kind.WHOLE, 1, 65535),
    Setting("stratumUser", Kind.TEXT, 1, MAX_POOL_TEXT),
    Setting("stratumPassword", Kind.TEXT, 0, MAX_POOL_TEXT),
    Setting("stratumSuggestedDifficulty", Kind.FIGURE, 0, MAX_SUGGESTED_DIFFICULTY),
    Setting("stratumExtranonceSubscribe", Kind.FLAG),
    Setting("stratumTLS", Kind.WHOLE, 0, 2),
    Setting("stratumCert", Kind.TEXT, 0, MAX_CERTIFICATE),
    Setting("stratumDecodeCoinbase", Kind.FLAG),
    Setting("stratumProtocol", Kind.CHOICE, choices=("SV1", "SV2")),
    Setting("stratumV2ChannelType", Kind.CHOICE, choices=("extended", "standard")),
    Setting("stratumV2AuthorityPubkey", Kind.TEXT, 0, 52),
    Setting("stratumV2RequireAuth", Kind.FLAG),
)
_REQUIRED: Final = ("stratumURL", "stratumPort", "stratumUser")


def _check_pool(pool: JsonObject) -> None:
    for rule in _POOL_RULES:
        if rule.key in pool:
            _checked(rule, pool[rule.key])
        elif rule.key in _REQUIRED:
            raise WrongInput(rule.key)
