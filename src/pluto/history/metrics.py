"""Which numbers are remembered, in which order and how exactly: the columns of every block, for ever."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, mul
from typing import Any, Final

import msgspec

from pluto.model.reading import Reading

NONE: Final = -(2**31)
"""Stands for a number that is not known."""
_LARGEST: Final = 2**31 - 1


class Metric(msgspec.Struct, frozen=True):
    """One remembered number: kept as a whole count of 1/*scale*. A count is added up, a gauge averaged.

    New ones go to the end of their table: what older blocks do not hold reads as unknown.
    """

    name: str
    unit: str
    scale: float
    is_count: bool = False

    def whole(self, value: float | None) -> int:
        """Return *value* as it is kept, NONE where it is unknown or beyond what fits."""
        if value is None:
            return NONE
        scaled = value * self.scale
        return round(scaled) if -_LARGEST < scaled < _LARGEST else NONE


MINER_METRICS: Final[Sequence[Metric]] = (
    Metric("hashrate_ghs", "ghs", 10),
    Metric("hashrate_10m_ghs", "ghs", 10),
    Metric("expected_hashrate_ghs", "ghs", 10),
    Metric("power_watts", "watts", 100),
    Metric("efficiency_j_per_th", "j_per_th", 100),
    Metric("chip_temperature_celsius", "celsius", 10),
    Metric("vr_temperature_celsius", "celsius", 10),
    Metric("fan_percent", "percent", 10),
    Metric("fan_rpm", "rpm", 1),
    Metric("core_voltage_volts", "volts", 1000),
    Metric("core_voltage_actual_volts", "volts", 1000),
    Metric("input_voltage_volts", "volts", 1000),
    Metric("frequency_mhz", "mhz", 10),
    Metric("error_percent", "percent", 100),
    Metric("shares_accepted", "", 1, is_count=True),
    Metric("shares_rejected", "", 1, is_count=True),
    Metric("pool_response_ms", "ms", 10),
    Metric("wifi_rssi_dbm", "dbm", 1),
    Metric("free_heap_bytes", "bytes", 1 / 1024),
)
FLEET_METRICS: Final[Sequence[Metric]] = (
    Metric("hashrate_ghs", "ghs", 1),
    Metric("expected_hashrate_ghs", "ghs", 1),
    Metric("power_watts", "watts", 10),
    Metric("efficiency_j_per_th", "j_per_th", 100),
    Metric("chip_temperature_p50_celsius", "celsius", 10),
    Metric("chip_temperature_p95_celsius", "celsius", 10),
    Metric("chip_temperature_max_celsius", "celsius", 10),
    Metric("shares_accepted", "", 1, is_count=True),
    Metric("shares_rejected", "", 1, is_count=True),
    Metric("miners_online", "", 1),
    Metric("miners_watched", "", 1),
)
FLEET: Final = "fleet"
"""The pseudo miner that stands for all of them."""

ACCEPTED: Final = next(place for place, metric in enumerate(MINER_METRICS) if metric.name == "shares_accepted")
REJECTED: Final = ACCEPTED + 1


def metrics_of(miner: str) -> Sequence[Metric]:
    """Return the table of a MAC, or of FLEET."""
    return FLEET_METRICS if miner == FLEET else MINER_METRICS


def kept(reading: Reading) -> list[int]:
    """Return the values of MINER_METRICS as they are kept; counters as they stand."""
    values = _taken(reading)
    if None not in values:  # nearly always, and then a third of the time: every poll pays for this
        whole = list(map(round, map(mul, values, _SCALES)))
        if min(whole) > -_LARGEST and max(whole) < _LARGEST:
            return whole
    return [metric.whole(value) for metric, value in zip(MINER_METRICS, values, strict=True)]


_FIELD: Final[Mapping[str, str]] = {"fan_percent": "first_fan.fan_percent", "fan_rpm": "first_fan.fan_rpm"}
_SCALES: Final = tuple(metric.scale for metric in MINER_METRICS)
_taken: Final[Callable[[Reading], tuple[Any, ...]]] = attrgetter(
    *(_FIELD.get(metric.name, metric.name) for metric in MINER_METRICS)
)
