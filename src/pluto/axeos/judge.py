"""What of an answer is believable, taken together (axeos.md 11.1): numbers are weighed against one another here."""

from operator import attrgetter
from sys import intern
from typing import Final

import msgspec

from pluto.axeos.cooling import chip_temperatures, fans
from pluto.axeos.model_names import chip_count, model_name, small_cores
from pluto.axeos.plausible import celsius, count, first, from_milli, is_on, not_negative, positive, suffixed
from pluto.axeos.pool_fields import active_pools, pool
from pluto.axeos.reported import Named, named, reported
from pluto.axeos.wire_fields import WireInfo
from pluto.model.miner import MacAddress, parse_mac
from pluto.model.reading import Flags, Pool, Reading

_GLITCH_OF_EXPECTED: Final = 3.0
"""No chip does three times what its clock allows; glitches of the counters are 50 to 200 fold."""
_GLITCH_OF_AVERAGE: Final = 10.0
"""One glitch of 100 fold lifts the mean of ten minutes not even two fold, that of a minute nine fold."""
_IDLE_PART: Final = 0.05
_INPUT_POWER_TOLERANCE: Final = 0.3
_SLOWEST_RESPONSE_MS: Final = 60_000.0
_FAINTEST_DBM: Final = -127.0
_UNKNOWN_DBM_SINCE_2_15: Final = -90.0


class Steady(msgspec.Struct, frozen=True, gc=False):
    """What of an answer is the same for hours, judged; *said* is what the miner said of it."""

    said: tuple[object, ...]
    mac: MacAddress | None
    hostname: str | None
    model: str | None
    asic_model: str | None
    firmware: str | None
    expected_hashrate_ghs: float | None
    core_voltage_volts: float | None
    frequency_mhz: float | None
    best_difficulty: float | None
    best_session_difficulty: float | None
    blocks_found: int | None
    pool: Pool
    wifi_status: str | None
    ip: str | None
    flags: Flags
    named: Named


_SAID: Final = attrgetter(
    "mac_address", "mac", "hostname", "device_model", "miner_model", "first_chip_temperature", "board_version", "asic_model",
    "asic_count", "small_core_count", "monitor", "version", "expected_hashrate", "core_voltage", "frequency", "best_difficulty",
    "best_session_difficulty", "blocks_found", "nerd_blocks_found", "is_new_block_shown", "is_using_fallback", "stratum",
    "stratum_url", "stratum_port", "stratum_user", "fallback_url", "fallback_port", "fallback_user", "pool_difficulty",
    "stratum_difficulty", "is_stratum_connected", "pool_connection", "wifi_status", "ipv4", "host_ip", "overheat_mode",
    "overheat", "is_paused", "is_shut_down", "is_access_point", "power_fault", "hardware_fault",
)  # fmt: skip
"""All that `_steady` looks at, the functions it calls included."""


def steady(wire: WireInfo, known: Steady | None) -> Steady:
    """Return what is steady in *wire*: *known*, from an earlier answer, where the miner says the same of it."""
    said = _SAID(wire)
    if known is not None and known.said == said:
        return known
    wire = _interned(wire)
    said = _SAID(wire)
    blocks = count(first(wire.blocks_found, wire.nerd_blocks_found))
    return Steady(
        said=said,
        mac=parse_mac(wire.mac_address) or parse_mac(wire.mac),
        hostname=wire.hostname or None,
        model=model_name(wire),
        asic_model=wire.asic_model or None,
        firmware=wire.version or None,
        expected_hashrate_ghs=_expected_hashrate(wire),
        core_voltage_volts=from_milli(wire.core_voltage),
        frequency_mhz=positive(wire.frequency),
        best_difficulty=suffixed(wire.best_difficulty),
        best_session_difficulty=suffixed(wire.best_session_difficulty),
        blocks_found=blocks,
        pool=pool(wire),
        wifi_status=wire.wifi_status or None,
        ip=wire.ipv4 or wire.host_ip or None,
        flags=_flags(wire, blocks),
        named=named(wire),
    )


def _interned(wire: WireInfo) -> WireInfo:
    """Return *wire* with words that the whole fleet shares: pools, versions and models are a kilobyte a miner."""
    words = {name: value for name in wire.__struct_fields__ if isinstance(value := getattr(wire, name), str)}
    return msgspec.structs.replace(wire, **{name: intern(word) for name, word in words.items()})


def reading(wire: WireInfo, lasting: Steady) -> Reading:
    """Return *wire* in our words and units; a value that cannot be believed is None, a true zero is 0."""
    expected = lasting.expected_hashrate_ghs
    hashrate, is_glitch = _hashrate(wire, expected)
    minute, ten_minutes = _within(wire.hashrate_1m, expected), _within(wire.hashrate_10m, expected)
    power = _power(wire.power, is_hashing=is_glitch or bool(hashrate))
    voltage = from_milli(first(wire.voltage, wire.lucky_voltage))
    current = None if wire.current is None else wire.current / 1000
    accepted, rejected = _shares(wire)
    return Reading(
        reported=reported(wire, lasting.named),
        mac=lasting.mac,
        hostname=lasting.hostname,
        model=lasting.model,
        asic_model=lasting.asic_model,
        firmware=lasting.firmware,
        hashrate_ghs=hashrate,
        hashrate_1m_ghs=minute,
        hashrate_10m_ghs=ten_minutes,
        hashrate_1h_ghs=_within(wire.hashrate_1h, expected),
        hashrate_1d_ghs=_within(wire.hashrate_1d, expected),
        is_hashrate_glitch=is_glitch,
        expected_hashrate_ghs=expected,
        error_percent=not_negative(wire.error_percentage),
        power_watts=power,
        efficiency_j_per_th=None if hashrate == 0 else _efficiency(power, first(minute, ten_minutes, hashrate), expected),
        input_voltage_volts=voltage,
        current_amps=current,
        is_regulator_output_current=_is_output(voltage, current, power),
        core_voltage_volts=lasting.core_voltage_volts,
        core_voltage_actual_volts=from_milli(wire.core_voltage_actual),
        frequency_mhz=lasting.frequency_mhz,
        frequency_actual_mhz=positive(wire.frequency_actual),
        chip_temperatures_celsius=chip_temperatures(wire),
        vr_temperature_celsius=celsius(wire.vr_temperature),
        fans=fans(wire),
        shares_accepted=accepted,
        shares_rejected=rejected,
        best_difficulty=lasting.best_difficulty,
        best_session_difficulty=lasting.best_session_difficulty,
        blocks_found=lasting.blocks_found,
        pool=lasting.pool,
        pool_response_ms=_response(first(wire.response_time, wire.ping_time)),
        wifi_rssi_dbm=_rssi(wire),
        wifi_status=lasting.wifi_status,
        ip=lasting.ip,
        uptime_seconds=not_negative(wire.uptime),
        free_heap_bytes=not_negative(wire.free_heap),
        flags=lasting.flags,
    )


def _expected_hashrate(wire: WireInfo) -> float | None:
    if wire.expected_hashrate is not None and wire.expected_hashrate > 0:
        return wire.expected_hashrate
    frequency, cores, chips = positive(wire.frequency), positive(small_cores(wire)), chip_count(wire)
    if frequency is None or cores is None or chips is None:
        return None
    return frequency * cores * chips / 1000


def _hashrate(wire: WireInfo, expected: float | None) -> tuple[float | None, bool]:
    """Return the hash rate and whether what was said is a glitch of the counters (then it is None)."""
    said = first(wire.hashrate, wire.hashrate_1m, wire.hashrate_10m)
    if said is None or said < 0:
        return None, False
    if expected is not None:
        most = expected * _GLITCH_OF_EXPECTED
    else:
        average = first(positive(wire.hashrate_10m), positive(wire.hashrate_1m))
        most = said if average is None else average * _GLITCH_OF_AVERAGE
    return (None, True) if said > most else (said, False)


def _within(average: float | None, expected: float | None) -> float | None:
    if average is None or average < 0:
        return None
    return average if expected is None or average <= expected * _GLITCH_OF_EXPECTED else None


def _power(said: float | None, *, is_hashing: bool) -> float | None:
    return positive(said) if is_hashing else not_negative(said)


def _efficiency(power: float | None, mean: float | None, expected: float | None) -> float | None:
    if power is None or not mean or (expected is not None and mean < expected * _IDLE_PART):
        return None
    return power / (mean / 1000)


def _is_output(voltage: float | None, current: float | None, power: float | None) -> bool:
    """Return whether *current* is the core regulator's output: then it does not fit input voltage and power."""
    if voltage is None or current is None or not power:
        return False
    return abs(voltage * current - power) > power * _INPUT_POWER_TOLERANCE


def _shares(wire: WireInfo) -> tuple[int | None, int | None]:
    pools = active_pools(wire)
    accepted, rejected = wire.shares_accepted, wire.shares_rejected
    if accepted is None and pools:
        accepted = _sum([each.accepted for each in pools])
    if rejected is None and pools:
        rejected = _sum([each.rejected for each in pools])
    return count(accepted), count(rejected)


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _response(milliseconds: float | None) -> float | None:
    """Return a round trip that can be: 0 is "none yet", and hours occur."""
    return milliseconds if milliseconds is not None and 0 < milliseconds <= _SLOWEST_RESPONSE_MS else None


def _rssi(wire: WireInfo) -> float | None:
    said = wire.wifi_rssi
    if said is None or not _FAINTEST_DBM <= said < 0:
        return None
    is_unknown = wire.pools is not None and said == _UNKNOWN_DBM_SINCE_2_15
    return None if is_unknown else said


def _flags(wire: WireInfo, blocks: int | None) -> Flags:
    is_new_block = is_on(wire.is_new_block_shown)
    return Flags(
        is_overheated=is_on(wire.overheat if wire.overheat_mode is None else wire.overheat_mode),
        is_paused=is_on(wire.is_paused),
        is_shut_down=is_on(wire.is_shut_down),
        is_access_point=is_on(wire.is_access_point),
        has_found_block=is_new_block if blocks is None else bool(blocks or is_new_block),
        has_power_fault=bool(wire.power_fault),
        has_hardware_fault=bool(wire.hardware_fault),
    )
