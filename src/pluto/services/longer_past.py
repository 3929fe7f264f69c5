"""What Prometheus remembers of our labelled metrics: how each metric of the history is called there, and asked for."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec

from pluto.errors import RelayFailed
from pluto.history.metrics import FLEET, Metric, metrics_of
from pluto.history.query import Chart, Question, step_of, times_for
from pluto.model.json_value import Json, JsonObject
from pluto.services.relay import Relay

MIN_STEP_S: Final = 60
"""Prometheus is asked for what the finer tiers of the own history hold no more."""
SAMPLES_A_POINT: Final = 60
DIGITS: Final = 4

_OF_MINER: Final[Mapping[str, tuple[str, float]]] = {
    "hashrate_ghs": ("pluto_miner_hashrate_hashes_per_second{$}", 1e-9),
    "hashrate_10m_ghs": ("pluto_miner_hashrate_10m_hashes_per_second{$}", 1e-9),
    "expected_hashrate_ghs": ("pluto_miner_expected_hashrate_hashes_per_second{$}", 1e-9),
    "power_watts": ("pluto_miner_power_watts{$}", 1),
    "efficiency_j_per_th": ("pluto_miner_efficiency_joules_per_hash{$}", 1e12),
    "chip_temperature_celsius": ('pluto_miner_temperature_celsius{$,sensor="asic"}', 1),
    "vr_temperature_celsius": ('pluto_miner_temperature_celsius{$,sensor="vr"}', 1),
    "fan_percent": ("pluto_miner_fan_duty_ratio{$}", 100),
    "fan_rpm": ("pluto_miner_fan_rpm{$}", 1),
    "core_voltage_volts": ("pluto_miner_core_voltage_volts{$}", 1),
    "core_voltage_actual_volts": ("pluto_miner_core_voltage_actual_volts{$}", 1),
    "input_voltage_volts": ("pluto_miner_input_voltage_volts{$}", 1),
    "frequency_mhz": ("pluto_miner_frequency_hertz{$}", 1e-6),
    "error_percent": ("pluto_miner_hardware_error_ratio{$}", 100),
    "shares_accepted": ("pluto_miner_shares_accepted_total{$}", 1),
    "shares_rejected": ("pluto_miner_shares_rejected_total{$}", 1),
    "pool_response_ms": ("pluto_miner_pool_response_seconds{$}", 1e3),
    "wifi_rssi_dbm": ("pluto_miner_wifi_rssi_dbm{$}", 1),
    "free_heap_bytes": ("pluto_miner_free_heap_bytes{$}", 1),
}
_OF_FLEET: Final[Mapping[str, tuple[str, float]]] = {
    "hashrate_ghs": ("sum(pluto_miner_hashrate_hashes_per_second)", 1e-9),
    "expected_hashrate_ghs": ("sum(pluto_miner_expected_hashrate_hashes_per_second)", 1e-9),
    "power_watts": ("sum(pluto_miner_power_watts)", 1),
    "efficiency_j_per_th": ("sum(pluto_miner_power_watts) / (sum(pluto_miner_hashrate_hashes_per_second) > 0)", 1e12),
    "chip_temperature_p50_celsius": ('quantile(0.5, pluto_miner_temperature_celsius{sensor="asic"})', 1),
    "chip_temperature_p95_celsius": ('quantile(0.95, pluto_miner_temperature_celsius{sensor="asic"})', 1),
    "chip_temperature_max_celsius": ('max(pluto_miner_temperature_celsius{sensor="asic"})', 1),
    "shares_accepted": ("pluto_miner_shares_accepted_total", 1),
    "shares_rejected": ("pluto_miner_shares_rejected_total", 1),
    "miners_online": ("sum(pluto_miner_up)", 1),
    "miners_watched": ("count(pluto_miner_up)", 1),
}
_COLUMNS: Final[Mapping[str, str]] = {
    "avg": "avg_over_time(($)[@])",
    "min": "min_over_time(($)[@])",
    "max": "max_over_time(($)[@])",
}
_SUM: Final = "sum(increase($[@]))"


class _Grid(msgspec.Struct, frozen=True):
    """The points of a chart: where each begins, and how long it is."""

    times: Sequence[int]
    step_s: int


class _Line(msgspec.Struct):
    values: list[tuple[float, Annotated[str, msgspec.Meta(max_length=40)]]]


class _Lines(msgspec.Struct):
    result: list[_Line]


class _Answer(msgspec.Struct):
    data: _Lines


class LongerPast:
    """Answers a chart's question from Prometheus. Raises RelayFailed where it cannot be asked."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    async def chart(self, question: Question) -> Chart:
        """Return the points of *question*, None where Prometheus knows nothing."""
        grid = _grid(question)
        asked = [metric for metric in metrics_of(question.miner) if metric.name in question.metrics]
        found = await asyncio.gather(*(self._values(metric, question.miner, grid) for metric in asked))
        values = {metric.name: columns for metric, columns in zip(asked, found, strict=True)}
        by_name = {name: values[name] for name in question.metrics}
        return Chart(grid.step_s, grid.step_s, list(grid.times), by_name, "prometheus")

    async def _values(self, metric: Metric, miner: str, grid: _Grid) -> JsonObject:
        expression, factor = _OF_FLEET[metric.name] if miner == FLEET else _OF_MINER[metric.name]
        expression = expression.replace("$", f'mac="{miner}"')
        about: JsonObject = {"unit": metric.unit, "kind": "count" if metric.is_count else "gauge"}
        wanted = {"sum": _SUM} if metric.is_count else _COLUMNS
        period = f"{grid.step_s}s" if metric.is_count else f"{grid.step_s}s:{max(15, grid.step_s // SAMPLES_A_POINT)}s"
        queries = [form.replace("$", expression).replace("@", period) for form in wanted.values()]
        columns = await asyncio.gather(*(self._column(query, grid, factor) for query in queries))
        return about | dict(zip(wanted, columns, strict=True))

    async def _column(self, query: str, grid: _Grid, factor: float) -> Json:
        first_s, last_s = grid.times[0] + grid.step_s, grid.times[-1] + grid.step_s
        asked = {"query": query, "start": str(first_s), "end": str(last_s), "step": str(grid.step_s)}
        reply = await self._relay.over_any_range(asked)
        values: list[Json] = [None] * len(grid.times)
        for at_s, text in _samples(reply.status, reply.body):
            place = round((at_s - first_s) / grid.step_s)
            number = float(text) * factor
            if 0 <= place < len(values) and math.isfinite(number):
                values[place] = round(number, DIGITS)
        return values


def _grid(question: Question) -> _Grid:
    step_s = step_of(question, MIN_STEP_S)
    return _Grid(times_for(question, step_s), step_s)


def _samples(status: int, body: bytes) -> list[tuple[float, str]]:
    if status != 200:
        raise RelayFailed(f"Prometheus answered with status {status}")
    try:
        lines = msgspec.json.decode(body, type=_Answer).data.result
    except msgspec.DecodeError as error:
        raise RelayFailed("what answers at PROMETHEUS_HOST is not Prometheus") from error
    return [(at_s, text) for line in lines[:1] for at_s, text in line.values]
