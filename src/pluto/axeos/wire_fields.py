"""How firmware spells what we read: every vendor name, in AxeOS' flat shape and its relatives', and in the NMAxe's nested one."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, field, inspect

from pluto.axeos.limits import MAX_NUMBER
from pluto.model.json_value import Json, JsonObject

Number: TypeAlias = Annotated[float, Meta(gt=-float(MAX_NUMBER), lt=float(MAX_NUMBER))]
Written: TypeAlias = Number | str
"""A number, or text that holds one: firmware changed its mind between releases."""
Switch: TypeAlias = bool | Number
"""A boolean, or 0 and 1."""

WireT = TypeVar("WireT", bound=msgspec.Struct)


class WireFan(msgspec.Struct, frozen=True, gc=False):
    """One of `fans[]`: NerdQAxe says speedPerc, NMAxe speed."""

    percent: Number | None = field(name="speedPerc", default=None)
    speed: Number | None = None
    rpm: Number | None = None


class WireStratumPool(msgspec.Struct, frozen=True, gc=False):
    """One of the pools that a NerdQAxe works for now."""

    connected: bool | None = None
    difficulty: Written | None = field(name="poolDifficulty", default=None)
    accepted: Number | None = None
    rejected: Number | None = None


class WireStratum(msgspec.Struct, frozen=True, gc=False):
    """NerdQAxe 1.0.35 and later."""

    is_using_fallback: Switch | None = field(name="usingFallback", default=None)
    pools: list[WireStratumPool] = []


class WirePart(msgspec.Struct, frozen=True, gc=False):
    """An object of which only the number counts."""


class WireMonitor(msgspec.Struct, frozen=True, gc=False):
    """AxeOS 2.11 and later: an entry a chip."""

    asics: list[WirePart] = []


class WireInfo(msgspec.Struct, frozen=True, gc=False):
    """The fields of system/info that we read; vendor units. What is missing, null or of a wrong type is None."""

    power: Number | None = None
    voltage: Number | None = None
    lucky_voltage: Number | None = field(name="voltagei", default=None)
    current: Number | None = None
    temperature: Number | None = field(name="temp", default=None)
    second_temperature: Number | None = field(name="temp2", default=None)
    vr_temperature: Number | None = field(name="vrTemp", default=None)
    hashrate: Number | None = field(name="hashRate", default=None)
    hashrate_1m: Number | None = field(name="hashRate_1m", default=None)
    hashrate_10m: Number | None = field(name="hashRate_10m", default=None)
    hashrate_1h: Number | None = field(name="hashRate_1h", default=None)
    hashrate_1d: Number | None = field(name="hashRate_1d", default=None)
    expected_hashrate: Number | None = field(name="expectedHashrate", default=None)
    error_percentage: Number | None = field(name="errorPercentage", default=None)
    best_difficulty: Written | None = field(name="bestDiff", default=None)
    best_session_difficulty: Written | None = field(name="bestSessionDiff", default=None)
    pool_difficulty: Written | None = field(name="poolDifficulty", default=None)
    stratum_difficulty: Written | None = field(name="stratumDiff", default=None)
    is_using_fallback: Switch | None = field(name="isUsingFallbackStratum", default=None)
    free_heap: Number | None = field(name="freeHeap", default=None)
    free_heap_internal: Number | None = field(name="freeHeapInternal", default=None)
    free_heap_spiram: Number | None = field(name="freeHeapSpiram", default=None)
    core_voltage: Number | None = field(name="coreVoltage", default=None)
    core_voltage_actual: Number | None = field(name="coreVoltageActual", default=None)
    frequency: Number | None = None
    frequency_actual: Number | None = field(name="actualFrequency", default=None)
    mac_address: str | None = field(name="macAddr", default=None)
    mac: str | None = None
    hostname: str | None = None
    ipv4: str | None = None
    host_ip: str | None = field(name="hostip", default=None)
    wifi_status: str | None = field(name="wifiStatus", default=None)
    wifi_rssi: Number | None = field(name="wifiRSSI", default=None)
    is_access_point: Switch | None = field(name="apEnabled", default=None)
    shares_accepted: Number | None = field(name="sharesAccepted", default=None)
    shares_rejected: Number | None = field(name="sharesRejected", default=None)
    uptime: Number | None = field(name="uptimeSeconds", default=None)
    asic_count: Number | None = field(name="asicCount", default=None)
    small_core_count: Number | None = field(name="smallCoreCount", default=None)
    asic_model: str | None = field(name="ASICModel", default=None)
    device_model: str | None = field(name="deviceModel", default=None)
    miner_model: str | None = field(name="minerModel", default=None)
    stratum_url: str | None = field(name="stratumURL", default=None)
    stratum_port: Written | None = field(name="stratumPort", default=None)
    stratum_user: str | None = field(name="stratumUser", default=None)
    fallback_url: str | None = field(name="fallbackStratumURL", default=None)
    fallback_port: Written | None = field(name="fallbackStratumPort", default=None)
    fallback_user: str | None = field(name="fallbackStratumUser", default=None)
    pool_connection: str | None = field(name="poolConnectionInfo", default=None)
    is_stratum_connected: Switch | None = field(name="isStratumConnected", default=None)
    response_time: Number | None = field(name="responseTime", default=None)
    ping_time: Number | None = field(name="lastpingrtt", default=None)
    version: str | None = None
    board_version: str | None = field(name="boardVersion", default=None)
    overheat_mode: Switch | None = None
    overheat: Switch | None = None
    is_paused: Switch | None = field(name="miningPaused", default=None)
    is_shut_down: Switch | None = field(name="shutdown", default=None)
    power_fault: str | Switch | None = None
    hardware_fault: str | Switch | None = None
    fan_percent: Number | None = field(name="fanspeed", default=None)
    fan_speed: Number | None = field(name="fanSpeed", default=None)
    fan_speed_rpm: Number | None = field(name="fanSpeedRpm", default=None)
    fan_rpm: Number | None = field(name="fanrpm", default=None)
    second_fan_rpm: Number | None = field(name="fan2rpm", default=None)
    nerd_second_fan_rpm: Number | None = field(name="fanrpm2", default=None)
    second_fan_percent: Number | None = field(name="fanspeed2", default=None)
    fan_count: Number | None = field(name="fanCount", default=None)
    fans: list[WireFan] | None = None
    blocks_found: Number | None = field(name="blockFound", default=None)
    nerd_blocks_found: Number | None = field(name="foundBlocks", default=None)
    is_new_block_shown: Switch | None = field(name="showNewBlock", default=None)
    first_chip_temperature: Number | None = field(name="chiptemp1", default=None)
    second_chip_temperature: Number | None = field(name="chiptemp2", default=None)
    chip_temperatures: list[Number | None] = field(name="asicTemps", default=[])
    stratum: WireStratum | None = None
    monitor: WireMonitor | None = field(name="hashrateMonitor", default=None)
    pools: list[WirePart] | None = None


class WireAsic(msgspec.Struct, frozen=True, gc=False):
    """GET /api/system/asic."""

    asic_model: str | None = field(name="ASICModel", default=None)
    device_model: str | None = field(name="deviceModel", default=None)
    asic_count: Number | None = field(name="asicCount", default=None)
    default_frequency: Number | None = field(name="defaultFrequency", default=None)
    default_voltage: Number | None = field(name="defaultVoltage", default=None)
    frequencies: list[Number | None] = field(name="frequencyOptions", default=[])
    voltages: list[Number | None] = field(name="voltageOptions", default=[])


SURE_SIGN: Final = "ASICModel"
MINER_SIGNS: Final = (
    ("ASICModel",),
    ("hashRate", "hashRate_10m"),
    ("stratumURL",),
    ("boardVersion",),
    ("deviceModel",),
    ("freeHeap",),
)
"""Of these rows two make a miner (axeos.md 1)."""

_NMAXE_SIGNS: Final = ("miner", "identity")
NMAXE_SIGN: Final = b'"identity"'
"""No answer of the nested shape comes without these bytes, unless it is written in unicode escapes."""

_NMAXE: Final[Mapping[str, tuple[str, str]]] = {
    "power": ("power", "power"),
    "voltage": ("power", "vbus"),
    "current": ("power", "ibus"),
    "temp": ("temps", "asic"),
    "vrTemp": ("temps", "vcore"),
    "ASICModel": ("asic", "model"),
    "asicCount": ("asic", "count"),
    "coreVoltage": ("asic", "vcoreReq"),
    "coreVoltageActual": ("asic", "vcoreReal"),
    "frequency": ("asic", "freqReq"),
    "hashRate": ("miner", "hashRate"),
    "bestDiff": ("miner", "bestDiffEver"),
    "bestSessionDiff": ("miner", "bestDiffSession"),
    "poolDifficulty": ("miner", "poolDiff"),
    "blockFound": ("miner", "blkhits"),
    "freeHeap": ("miner", "freeHeap"),
    "sharesAccepted": ("miner", "sAccepted"),
    "sharesRejected": ("miner", "sRejected"),
    "uptimeSeconds": ("miner", "uptimeSeconds"),
    "miningPaused": ("miner", "paused"),
    "version": ("identity", "fwVersion"),
    "deviceModel": ("identity", "hwModel"),
    "hostname": ("identity", "hostName"),
    "macAddr": ("identity", "macAddr"),
    "mac": ("identity", "mac"),
    "wifiRSSI": ("identity", "rssi"),
    "stratumURL": ("stratum", "url"),
    "stratumUser": ("stratum", "user"),
}
"""Flat name, and where the NMAxe has it, in the same units. Its smallCoreCnt is left out: it counts all chips together."""


def is_nmaxe(answer: JsonObject) -> bool:
    """Return whether *answer* has the nested shape of the NMAxe."""
    return all(isinstance(answer.get(sign), dict) for sign in _NMAXE_SIGNS)


def flattened(answer: JsonObject) -> JsonObject:
    """Return the NMAxe's *answer* under the names of AxeOS."""
    flat: JsonObject = {"fans": answer.get("fans"), **_first_fan(answer)}
    for name, (group, member) in _NMAXE.items():
        members = answer.get(group)
        if isinstance(members, dict):
            flat[name] = members.get(member)
    return flat


def _first_fan(answer: JsonObject) -> JsonObject:
    match answer.get("fans"):
        case [dict() as fan, *_]:
            return {"fanspeed": fan.get("speed"), "fanrpm": fan.get("rpm")}
        case _:
            return {}


def salvaged(kind: type[WireT], answer: JsonObject) -> WireT:
    """Return the fields of *answer* that have the type *kind* wants; the others are absent."""
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError:
        return _picked(kind, answer)


def _picked(kind: type[WireT], answer: JsonObject) -> WireT:
    sound = {column.name: _fitting(column.type, answer.get(column.encode_name)) for column in _columns(kind)}
    return kind(**{name: value for name, value in sound.items() if value is not None})


@cache
def _columns(kind: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(kind)
    return described.fields if isinstance(described, inspect.StructType) else ()


def _fitting(wanted: inspect.Type, value: Json) -> object:
    """Return *value* where it is what is *wanted*, in lists and objects the part that is; else None."""
    match wanted, value:
        case inspect.UnionType(types=options), _:
            fitting = (_fitting(option, value) for option in options)
            return next((found for found in fitting if found is not None), None)
        case inspect.StructType(cls=kind), dict():
            return _picked(kind, value)
        case inspect.ListType(item_type=item), list():
            return [found for element in value if (found := _fitting(item, element)) is not None]
        case (inspect.BoolType(), bool()) | (inspect.StrType(), str()):
            return value
        case inspect.FloatType(), (int() | float()) if not isinstance(value, bool) and abs(value) < MAX_NUMBER:
            return float(value)
        case _:
            return None
