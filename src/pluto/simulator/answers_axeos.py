"""What AxeOS says: every key of system/info with the releases that have it, in the order of the wire."""

import math
import struct
from collections.abc import Callable
from functools import cache
from typing import Final

from pluto.simulator.axeos_keys import NEW_ORDER, OLD_ORDER, STATISTICS
from pluto.simulator.factory import KEPT_PASSWORD, flat
from pluto.simulator.json_text import Json, JsonObject, trimmed
from pluto.simulator.miner import MinerState
from pluto.simulator.physics import Halt, reasons_sorted
from pluto.simulator.profiles import Profile

Reader = Callable[[MinerState], Json]

ABSENT: Final = "\0absent"
"""What a reader returns when the miner has no such member at the moment."""

NETWORK_DIFFICULTY: Final = 146472570619930
SUFFIXES: Final = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def system_info(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/system/info at this moment."""
    miner.now()
    rounded = _rounding(miner.profile)
    answer: JsonObject = {}
    for key, reader in rows(miner.profile):
        value = reader(miner)
        if type(value) is float:
            answer[key] = rounded(value)
        elif value != ABSENT:
            answer[key] = value
    return answer


def is_settled(key: str) -> bool:
    """Return whether *key* changes with a setting, a boot or a move only."""
    return key in _SETTLED or key in _PLAIN_SETTINGS or key.removeprefix("fallbackS").removeprefix("s") in _POOL_TAILS


def asic(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/system/asic (2.7 and newer)."""
    profile, board = miner.profile, miner.profile.board
    answer: JsonObject = {"ASICModel": board.asic}
    if profile.is_at_least(2, 9):
        answer |= {"deviceModel": board.model, "swarmColor": board.swarm_color, "asicCount": board.chips}
    if profile.is_at_least(2, 12):
        answer["hashDomains"] = 4
    if profile.is_at_least(2, 8):
        answer["defaultFrequency"] = board.frequency_mhz
    answer["frequencyOptions"] = list(board.frequency_options)
    if profile.is_at_least(2, 8):
        answer["defaultVoltage"] = board.core_voltage_mv
    answer["voltageOptions"] = list(board.voltage_options)
    return answer


def statistics(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/system/statistics while nothing is recorded: labels and no rows."""
    labels: list[Json] = [label for label, since, until in STATISTICS if since <= miner.profile.release <= until]
    return {"currentTimestamp": int(miner.now().uptime_s * 1000), "labels": labels, "statistics": []}


def difficulty_text(value: float, *, is_spaced: bool) -> str:
    """Return a difficulty as firmware before 2.11 writes it: `5.56G`, or `572.14 M` in 2.10."""
    for size, letter in SUFFIXES:
        if value >= size:
            return f"{value / size:.2f} {letter}" if is_spaced else f"{value / size:.3g}{letter}"
    return str(int(value))


def ip_address(miner: MinerState) -> str:
    """Return the address without its port."""
    return miner.address.partition(":")[0]


@cache
def rows(profile: Profile) -> tuple[tuple[str, Reader], ...]:
    """Return the keys of system/info in order, each with what reads it."""
    order = NEW_ORDER if profile.is_at_least(2, 14) else OLD_ORDER
    return tuple((key, _READERS[key]) for key, since, until in order if since <= profile.release <= until)


@cache
def _rounding(profile: Profile) -> Callable[[float], float]:
    return _to_seven if profile.is_at_least(2, 12) else to_single


def _to_seven(value: float) -> float:
    return trimmed(value, 7)


def to_single(value: float) -> float:
    """Return *value* as it comes out of a 32-bit float."""
    return float(_SINGLE.unpack(_SINGLE.pack(value))[0])


_SINGLE: Final = struct.Struct("<f")


def _stored(key: str) -> Reader:
    return lambda miner: miner.stored[key]


def _pool_setting(prefix: str, name: str) -> Reader:
    """Read a flat pool field: the stored value before 2.14, the running pool's from then on."""
    key = flat(prefix, name)
    index = "secondaryPoolIndex" if prefix else "primaryPoolIndex"

    def read(miner: MinerState) -> Json:
        if not miner.profile.is_at_least(2, 14):
            return miner.stored[key]
        pools = miner.running.get("pools")
        if not isinstance(pools, list):
            return miner.running[key]
        for pool in pools:
            if isinstance(pool, dict) and pool["id"] == miner.running[index]:
                return pool[name]
        return ABSENT

    return read


def _best(read: Callable[[MinerState], float]) -> Reader:
    def write(miner: MinerState) -> Json:
        if miner.profile.is_at_least(2, 11):
            return int(read(miner))
        return difficulty_text(read(miner), is_spaced=miner.profile.is_at_least(2, 10))

    return write


def _temperature(miner: MinerState) -> Json:
    degrees = miner.physics.temperature_celsius
    return degrees if degrees > 0 or miner.profile.is_at_least(2, 11) else 0.0


def _fan_percent(miner: MinerState) -> Json:
    percent = miner.physics.fan_percent
    return percent if miner.profile.is_at_least(2, 11) else round(percent)


def _frequency(miner: MinerState) -> Json:
    return miner.stored["frequency"]


def _fallback(miner: MinerState) -> Json:
    return int(bool(miner.running["useFallbackStratum"]))


def _connection(miner: MinerState) -> Json:
    return "IPv4" if miner.physics.is_hashing else "Not Connected"


def _monitor(miner: MinerState) -> Json:
    physics = miner.physics
    if not physics.is_hashing:
        return ABSENT
    total = physics.hashrate_ghs / physics.board.chips
    rounded = _rounding(miner.profile)
    one: JsonObject = {
        "total": rounded(total),
        "domains": [rounded(domain) for domain in physics.domains_ghs],
        "errorCount": physics.error_count,
    }
    asics: list[Json] = [one for _ in range(physics.board.chips)]
    return {"asics": asics}


def _reasons(miner: MinerState) -> Json:
    return [{"message": message, "count": count} for message, count in reasons_sorted(miner.physics.rejected_for)]


def _with_a_job(value: Callable[[MinerState], Json]) -> Reader:
    return lambda miner: value(miner) if miner.physics.is_hashing or not miner.profile.is_at_least(2, 14) else ABSENT


def _block_height(miner: MinerState) -> Json:
    return 961_000 + int(miner.physics.total_uptime_s / 600)


def _pools(miner: MinerState) -> Json:
    pools = miner.stored["pools"]
    hidden: list[Json] = (
        [pool | {"stratumPassword": KEPT_PASSWORD} for pool in pools if isinstance(pool, dict)] if isinstance(pools, list) else []
    )
    return hidden


def _partitions(miner: MinerState) -> Json:
    return [
        _partition("ota_0", is_current=True, values=(miner.profile.version, "Jul 19 2026", "15:30:00", 58)),
        _partition("ota_1", is_current=False, values=(None, None, None, None)),
    ]


def _partition(label: str, *, is_current: bool, values: tuple[Json, ...]) -> JsonObject:
    keys = ("version", "compileDate", "compileTime", "usagePercent")  # codespell:ignore compiletime
    return {"label": label, "isCurrent": is_current, "isFactory": False, **dict(zip(keys, values, strict=True))}


def _outputs(miner: MinerState) -> Json:
    return [{"value": 312_500_000, "address": str(miner.running["stratumUser"]).partition(".")[0]}]


def _heap(base: int, swing: int) -> Reader:
    return lambda miner: base + int(swing * miner.physics.free_heap_noise)


_SETTLED: Final = frozenset(
    (
        "maxPower", "nominalVoltage", "isPSRAMAvailable", "minFreeHeap", "maxAllocHeap", "coreVoltage", "frequency", "ssid",
        "macAddr", "hostname", "fullHostname", "mdnsHostname", "ipv4", "ipv6", "wifiStatus", "apEnabled", "sharesPending",
        "temp2", "asicCount", "smallCoreCount", "ASICModel", "responseShareBatch", "processTime", "version", "axeOSVersion",
        "idfVersion", "boardVersion", "resetReason", "runningPartition", "fan2rpm", "showNewBlock", "pools",
        "partitions", "statsLimit", "isUsingFallbackStratum",
    )
)  # fmt: skip
_PLAIN_SETTINGS: Final = (
    "flipscreen", "invertfanpolarity", "overheat_mode", "overclockEnabled", "display", "rotation", "invertscreen",
    "displayTimeout", "autofanspeed", "manualFanSpeed", "minFanSpeed", "temptarget", "statsFrequency", "useCustomWWW",
    "useFallbackStratum", "primaryPoolIndex", "secondaryPoolIndex",
)  # fmt: skip
_POOL_SETTINGS: Final = (
    "stratumURL", "stratumPort", "stratumUser", "stratumSuggestedDifficulty", "stratumExtranonceSubscribe",
    "stratumTLS", "stratumCert", "stratumDecodeCoinbase", "stratumProtocol", "stratumV2ChannelType",
    "stratumV2AuthorityPubkey",
)  # fmt: skip
_POOL_TAILS: Final = frozenset(key.removeprefix("s") for key in _POOL_SETTINGS)
_READERS: Final[dict[str, Reader]] = {
    "power": lambda miner: miner.physics.power_watts,
    "voltage": lambda miner: miner.physics.input_voltage_mv,
    "current": lambda miner: miner.physics.current_ma,
    "temp": _temperature,
    "temp2": lambda miner: -1 if miner.profile.is_at_least(2, 11) else 0,
    "vrTemp": lambda miner: miner.physics.vr_temperature_celsius,
    "maxPower": lambda miner: miner.profile.board.max_watts,
    "nominalVoltage": lambda miner: miner.profile.board.nominal_volts,
    "hashRate": lambda miner: miner.physics.hashrate_ghs,
    "hashRate_1m": lambda miner: miner.physics.averages_ghs[0],
    "hashRate_10m": lambda miner: miner.physics.averages_ghs[1],
    "hashRate_1h": lambda miner: miner.physics.averages_ghs[2],
    "expectedHashrate": lambda miner: miner.physics.expected_hashrate_ghs if miner.physics.halt is Halt.NONE else 0,
    "errorPercentage": lambda miner: miner.physics.error_percent,
    "bestDiff": _best(lambda miner: miner.physics.best_difficulty),
    "bestSessionDiff": _best(lambda miner: miner.physics.best_session_difficulty),
    "stratumDiff": lambda miner: int(miner.physics.pool_difficulty),
    "poolDifficulty": lambda miner: int(miner.physics.pool_difficulty),
    "isUsingFallbackStratum": _fallback,
    "poolAddrFamily": lambda miner: 2 if miner.physics.is_hashing else 0,
    "poolConnectionInfo": _connection,
    "isPSRAMAvailable": lambda miner: 1,
    "freeHeap": _heap(8_300_000, 9_000),
    "freeHeapInternal": _heap(104_000, 1_500),
    "freeHeapSpiram": _heap(8_196_000, 7_500),
    "minFreeHeap": lambda miner: 7_980_112,
    "maxAllocHeap": lambda miner: 69_632,
    "cpuUsage": lambda miner: 14.0 + miner.physics.free_heap_noise,
    "coreVoltage": _stored("coreVoltage"),
    "coreVoltageActual": lambda miner: miner.physics.core_voltage_actual_mv,
    "frequency": _frequency,
    "actualFrequency": lambda miner: miner.physics.frequency_actual_mhz,
    "ssid": _stored("ssid"),
    "macAddr": lambda miner: miner.mac,
    "hostname": _stored("hostname"),
    "fullHostname": lambda miner: f"{miner.hostname}.local",
    "mdnsHostname": _stored("hostname"),
    "ipv4": ip_address,
    "ipv6": lambda miner: "",
    "wifiStatus": lambda miner: "Connected!",
    "wifiRSSI": lambda miner: miner.physics.rssi_dbm,
    "apEnabled": lambda miner: 0,
    "sharesAccepted": lambda miner: miner.physics.shares_accepted,
    "sharesRejected": lambda miner: miner.physics.shares_rejected,
    "sharesPending": lambda miner: 0,
    "sharesRejectedReasons": _reasons,
    "uptimeSeconds": lambda miner: int(miner.physics.uptime_s),
    "totalUptimeSeconds": lambda miner: int(miner.physics.total_uptime_s),
    "totalHashes": lambda miner: miner.physics.total_work * 2**32,
    "totalLog2Work": lambda miner: math.log2(max(1.0, miner.physics.total_work * 2**32)),
    "asicCount": lambda miner: miner.profile.board.chips,
    "smallCoreCount": lambda miner: miner.profile.board.cores,
    "ASICModel": lambda miner: miner.profile.board.asic,
    "responseTime": lambda miner: round(miner.physics.response_ms, 3),
    "responseShareBatch": lambda miner: 1,
    "processTime": lambda miner: 1.25,
    "workReceived": lambda miner: int(miner.physics.hashing_s / 30),
    "version": lambda miner: miner.profile.version,
    "axeOSVersion": lambda miner: miner.profile.version,
    "idfVersion": lambda miner: miner.profile.idf,
    "boardVersion": lambda miner: miner.profile.board.version,
    "resetReason": lambda miner: miner.reset_reason,
    "runningPartition": lambda miner: "ota_0",
    "fanspeed": _fan_percent,
    "fanrpm": lambda miner: miner.physics.fan_rpm,
    "fan2rpm": lambda miner: 0,
    "blockFound": lambda miner: miner.blocks_found,
    "showNewBlock": lambda miner: False,
    "blockHeight": _with_a_job(_block_height),
    "scriptsig": _with_a_job(lambda miner: "...simulated/pool\\/"),
    "networkDifficulty": _with_a_job(lambda miner: NETWORK_DIFFICULTY),
    "coinbaseValueTotalSatoshis": _with_a_job(lambda miner: 312_500_000),
    "coinbaseValueUserSatoshis": _with_a_job(lambda miner: 0),
    "coinbaseOutputs": _with_a_job(_outputs),
    "blockSignals": _with_a_job(lambda miner: []),
    "miningPaused": lambda miner: miner.physics.halt is Halt.PAUSED,
    "hashrateMonitor": _monitor,
    "pools": _pools,
    "partitions": _partitions,
    "statsLimit": lambda miner: 720,
    **{key: _stored(key) for key in _PLAIN_SETTINGS},
    **{flat(prefix, key): _pool_setting(prefix, key) for prefix in ("", "fallback") for key in _POOL_SETTINGS},
}
