"""Every metric of a miner, a row each: its name, its help text, and where its value comes from.

CONTRACT are the metrics called after the miner (contract D.1), from the numbers as reported. LABELLED and STATE are
the metrics `pluto_miner_*` with the label `mac`, in base units, from the fields of `Reading`, which was judged believable.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final, Literal

import msgspec

from pluto.metrics.text import LARGEST
from pluto.model.reading import Fan, Reading, Reported
from pluto.model.state import MinerState

Kind = Literal["gauge", "counter"]


class Family(msgspec.Struct, frozen=True):
    """A metric `<prefix>_<suffix>`: the value is the field of `Reported` that is called like the suffix."""

    suffix: str
    help: str


class Labelled(msgspec.Struct, frozen=True):
    """A metric `pluto_miner_<suffix>`; rows of one name stand together and differ in *label*.

    The value is the *field* of `Reading`, as *turn* makes it where it is there.
    """

    suffix: str
    help: str
    field: str
    turn: Callable[[Any], float | None] | None = None
    kind: Kind = "gauge"
    label: str = ""

    @property
    def name(self) -> str:
        """Return the metric's full name."""
        return f"pluto_miner_{self.suffix}"


class OfState(msgspec.Struct, frozen=True):
    """A metric `pluto_miner_<suffix>` that exists from the moment of watching, answer or no answer."""

    suffix: str
    help: str
    value: Callable[[MinerState], float]
    kind: Kind = "gauge"

    @property
    def name(self) -> str:
        """Return the metric's full name."""
        return f"pluto_miner_{self.suffix}"


def efficiency(said: Reported) -> float | None:
    """Return joules per terahash of *said*; 0 at no hash rate, None when power or hash rate is missing."""
    if said.power_watts is None or said.hashrate_ghs is None:
        return None
    hashrate_ths = said.hashrate_ghs / 1000
    return said.power_watts / hashrate_ths if hashrate_ths else 0.0


CONTRACT: Final = (
    Family("power_watts", "Power in watts"),
    Family("voltage_volts", "Input voltage in volts"),
    Family("current_amps", "Current in amperes"),
    Family("temperature_celsius", "ASIC temperature in degrees Celsius"),
    Family("hashrate_ghs", "Hash rate in GH/s"),
    Family("shares_accepted", "Shares the pool accepted since start"),
    Family("shares_rejected", "Shares the pool rejected since start"),
    Family("fanspeed_rpm", "Fan speed, in percent from AxeOS 2.1.9 on"),
    Family("uptime_seconds", "Seconds since start"),
    Family("free_heap_bytes", "Free memory in bytes"),
    Family("core_voltage_volts", "Core voltage that is set, in volts"),
    Family("core_voltage_actual_volts", "Core voltage that is measured, in volts"),
    Family("frequency_mhz", "ASIC frequency that is set, in MHz"),
    Family("vr_temperature_celsius", "Voltage regulator in degrees Celsius"),
    Family("free_heap_internal_bytes", "Free internal memory in bytes"),
    Family("free_heap_spiram_bytes", "Free SPI memory in bytes"),
    Family("fan_rpm", "Fan speed in turns a minute"),
    Family("fan_duty_percent", "Fan duty in percent"),
)

EFFICIENCY: Final = Family("efficiency", "Joules per terahash")
ONLINE: Final = Family("online", "1 if the last poll succeeded")
NAMED: Final = (*CONTRACT, EFFICIENCY, ONLINE)
"""All that is called after the miner; the last two are computed."""

SUFFIXES: Final = tuple(family.suffix for family in NAMED)
"""The last part of every name that begins with a miner's prefix."""


def contract_values(last: tuple[float | None, ...], said: Reported) -> tuple[float | None, ...]:
    """Return a value for each of CONTRACT and EFFICIENCY: that of *said*, and *last*'s where it says nothing."""
    now = (*_CONTRACT_VALUES(said), efficiency(said))
    if None not in now:
        return now
    return tuple([old if new is None else new for new, old in zip(now, last, strict=True)])


_CONTRACT_VALUES: Final[Callable[[Reported], tuple[float | None, ...]]] = attrgetter(*(family.suffix for family in CONTRACT))
NO_VALUES: Final[tuple[float | None, ...]] = (None,) * (len(CONTRACT) + 1)


def _times(factor: float) -> Callable[[float], float]:
    return lambda value: value * factor


def _part(divisor: float) -> Callable[[float], float]:
    return lambda value: value / divisor  # dividing by a whole number rounds once: 15.2 J/TH is 1.52e-11


def _count(value: int) -> int | None:
    """Leave out what is too large for Prometheus to read at all: one such number would fail the scrape."""
    return value if value <= LARGEST else None


def _hottest(temperatures_celsius: Sequence[float]) -> float | None:
    return max(temperatures_celsius, default=None)


def _fan_rpm(place: int) -> Callable[[Sequence[Fan]], float | None]:
    return lambda fans: fans[place].fan_rpm if place < len(fans) else None


def _fan_duty(place: int) -> Callable[[Sequence[Fan]], float | None]:
    def duty(fans: Sequence[Fan]) -> float | None:
        percent = fans[place].fan_percent if place < len(fans) else None
        return None if percent is None else percent / 100

    return duty


_GIGA: Final = 1e9
_MEGA: Final = 1e6
_TERA: Final = 1e12

STATE: Final = (
    OfState("up", "1 if the last poll of the miner succeeded.", lambda state: int(state.is_online)),
    OfState("restarts_total", "Restarts seen: its uptime fell between two polls.", lambda state: state.restarts, "counter"),
)

LABELLED: Final = (
    Labelled("hashrate_hashes_per_second", "Hash rate now.", "hashrate_ghs", _times(_GIGA)),
    Labelled("hashrate_1m_hashes_per_second", "Hash rate, mean of 1 minute.", "hashrate_1m_ghs", _times(_GIGA)),
    Labelled("hashrate_10m_hashes_per_second", "Hash rate, mean of 10 minutes.", "hashrate_10m_ghs", _times(_GIGA)),
    Labelled("hashrate_1h_hashes_per_second", "Hash rate, mean of 1 hour.", "hashrate_1h_ghs", _times(_GIGA)),
    Labelled("hashrate_1d_hashes_per_second", "Hash rate, mean of 1 day.", "hashrate_1d_ghs", _times(_GIGA)),
    Labelled("hashrate_glitch", "1 if the hash rate reported last was not believable.", "is_hashrate_glitch", int),
    Labelled(
        "expected_hashrate_hashes_per_second",
        "Hash rate that frequency and cores promise.",
        "expected_hashrate_ghs",
        _times(_GIGA),
    ),
    Labelled("hardware_error_ratio", "Share of the work lost to hardware errors, 0 to 1.", "error_percent", _part(100)),
    Labelled("power_watts", "Electrical power drawn.", "power_watts"),
    Labelled("efficiency_joules_per_hash", "Energy for one hash.", "efficiency_j_per_th", _part(_TERA)),
    Labelled("input_voltage_volts", "Voltage of the supply.", "input_voltage_volts"),
    Labelled("current_amperes", "Current as the miner measures it.", "current_amps"),
    Labelled(
        "current_behind_regulator",
        "1 if the current is that behind the voltage regulator, not that of the supply.",
        "is_regulator_output_current",
        int,
    ),
    Labelled("core_voltage_volts", "Core voltage that is set.", "core_voltage_volts"),
    Labelled("core_voltage_actual_volts", "Core voltage that is measured.", "core_voltage_actual_volts"),
    Labelled("frequency_hertz", "ASIC frequency that is set.", "frequency_mhz", _times(_MEGA)),
    Labelled("frequency_actual_hertz", "ASIC frequency that is in force.", "frequency_actual_mhz", _times(_MEGA)),
    Labelled(
        "temperature_celsius",
        "Temperature of the hottest ASIC (asic) and of the voltage regulator (vr).",
        "chip_temperatures_celsius",
        _hottest,
        label=',sensor="asic"',
    ),
    Labelled(
        "temperature_celsius",
        "Temperature of the hottest ASIC (asic) and of the voltage regulator (vr).",
        "vr_temperature_celsius",
        label=',sensor="vr"',
    ),
    Labelled("fan_rpm", "Speed of the first fan in turns a minute.", "fans", _fan_rpm(0)),
    Labelled("fan_duty_ratio", "Duty of the first fan, 0 to 1.", "fans", _fan_duty(0)),
    Labelled("fan2_rpm", "Speed of the second fan in turns a minute.", "fans", _fan_rpm(1)),
    Labelled("fan2_duty_ratio", "Duty of the second fan, 0 to 1.", "fans", _fan_duty(1)),
    Labelled(
        "shares_accepted_total",
        "Shares the pool accepted since the miner started.",
        "shares_accepted",
        _count,
        "counter",
    ),
    Labelled(
        "shares_rejected_total",
        "Shares the pool rejected since the miner started.",
        "shares_rejected",
        _count,
        "counter",
    ),
    Labelled("blocks_found_total", "Blocks found.", "blocks_found", _count, "counter"),
    Labelled("block_found", "1 if the miner says that it has found a block.", "flags.has_found_block", int),
    Labelled("best_difficulty", "Hardest share ever.", "best_difficulty"),
    Labelled("best_session_difficulty", "Hardest share since the miner started.", "best_session_difficulty"),
    Labelled("pool_difficulty", "Difficulty the pool asks of a share.", "pool.pool_difficulty"),
    Labelled("pool_response_seconds", "Time the pool took to answer.", "pool_response_ms", _part(1000)),
    Labelled("pool_connected", "1 if the miner is connected to its pool.", "pool.is_connected", int),
    Labelled("using_fallback_pool", "1 if the miner works for its fallback pool.", "pool.is_fallback", int),
    Labelled("wifi_rssi_dbm", "Strength of the Wi-Fi signal in dBm.", "wifi_rssi_dbm"),
    Labelled("uptime_seconds", "Time since the miner started.", "uptime_seconds"),
    Labelled("free_heap_bytes", "Free memory.", "free_heap_bytes"),
    Labelled("overheat_mode", "1 if the miner has stopped because it is too hot.", "flags.is_overheated", int),
    Labelled("paused", "1 if mining is paused.", "flags.is_paused", int),
    Labelled("shut_down", "1 if mining is shut down.", "flags.is_shut_down", int),
    Labelled("access_point_mode", "1 if the miner offers its own Wi-Fi, for setting up.", "flags.is_access_point", int),
    Labelled("power_fault", "1 if the miner reports a fault of its power supply.", "flags.has_power_fault", int),
    Labelled("hardware_fault", "1 if the miner reports a fault of its hardware.", "flags.has_hardware_fault", int),
)

INFO_NAME: Final = "pluto_miner_info"
INFO_HELP: Final = "Who the miner is: always 1, the facts are labels."

READING_VALUES: Final[Callable[[Reading], tuple[Any, ...]]] = attrgetter(*(row.field for row in LABELLED))
"""Take the field of each of LABELLED out of a reading, at once."""
