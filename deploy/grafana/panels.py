"""What Pluto's three Grafana dashboards show, a row for each panel; `python deploy/grafana/draw.py` makes the JSON of it.

Only panels that Grafana brings itself, and no template variables: shared dashboards support neither the one nor the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Query:
    """A PromQL expression and how its lines are called; *last* asks for the newest value alone."""

    expr: str
    legend: str = ""
    last: bool = False
    right: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel: *at* is x, y, width, height of Grafana's 24 columns; *steps* colours from a value on."""

    title: str
    kind: str
    at: tuple[int, int, int, int]
    unit: str
    queries: Sequence[Query]
    steps: Sequence[tuple[float | None, str]] = ()
    about: str = ""
    stacked: bool = False
    least: float | None = None
    most: float | None = None


HEAT: Final = (
    (None, "blue"), (10, "super-light-blue"), (20, "light-green"), (30, "green"), (40, "dark-green"),
    (50, "yellow"), (60, "orange"), (70, "dark-orange"), (80, "red"), (90, "dark-red"),
)  # fmt: skip
ONLINE: Final = ((None, "red"), (1, "green"))
NONE_WANTED: Final = ((None, "green"), (1, "red"))
J_PER_TH: Final = "suffix: J/TH"
H: Final = "@@hostname@@"

DEVICE: Final = (
    Panel("Online", "stat", (0, 0, 4, 3), "none", [Query(f"{H}_online", "Online")], ONLINE),
    Panel("Hash rate now", "stat", (4, 0, 4, 3), "GHs", [Query(f"{H}_hashrate_ghs", "Hash rate")]),
    Panel("Power now", "stat", (8, 0, 4, 3), "watt", [Query(f"{H}_power_watts", "Power")]),
    Panel("Shares accepted", "stat", (12, 0, 4, 3), "short", [Query(f"{H}_shares_accepted", "Accepted")]),
    Panel("Shares rejected", "stat", (16, 0, 4, 3), "short", [Query(f"{H}_shares_rejected", "Rejected")]),
    Panel("Uptime", "stat", (20, 0, 4, 3), "s", [Query(f"{H}_uptime_seconds", "Uptime")]),
    Panel("Hash rate", "timeseries", (0, 3, 24, 11), "GHs", [
        Query(f"{H}_hashrate_ghs", "Hashrate"),
        Query(f"avg_over_time({H}_hashrate_ghs[$__range])", "Average hashrate"),
    ]),
    Panel("Power Info", "timeseries", (0, 14, 12, 8), "watt", [Query(f"{H}_power_watts", "Power")]),
    Panel("Efficiency", "timeseries", (12, 14, 12, 8), J_PER_TH, [
        Query(f"{H}_power_watts/({H}_hashrate_ghs/1000)", "Average efficiency"),
    ], about="Joules for a terahash; less is better."),
    Panel("Temperature", "bargauge", (0, 22, 6, 7), "celsius", [
        Query(f"{H}_temperature_celsius", "Temperature"),
        Query(f"{H}_vr_temperature_celsius", "Voltage regulator"),
    ], HEAT, least=0, most=100),
    Panel("Fan Speed (%)", "bargauge", (6, 22, 6, 7), "percent", [Query(f"{H}_fanspeed_rpm", "Fan speed")], least=0, most=100,
        about="Percent. AxeOS 2.1.4 to 2.1.8 report turns a minute here; the panel Fan has both, each under its own name."),
    Panel("Core Voltage", "timeseries", (12, 22, 12, 7), "volt", [
        Query(f"{H}_core_voltage_actual_volts", "Core Actual Voltage"),
        Query(f"{H}_core_voltage_volts", "Core Voltage"),
        Query(f"{H}_voltage_volts", "Voltage"),
    ]),
    Panel("Temperatures", "timeseries", (0, 29, 12, 8), "celsius", [
        Query(f"{H}_temperature_celsius", "ASIC"),
        Query(f"{H}_vr_temperature_celsius", "Voltage regulator"),
    ]),
    Panel("Fan", "timeseries", (12, 29, 12, 8), "rotrpm", [
        Query(f"{H}_fan_rpm", "Speed"),
        Query(f"{H}_fan_duty_percent", "Duty", right=True, unit="percent"),
    ], least=0),
    Panel("Shares", "timeseries", (0, 37, 12, 8), "short", [
        Query(f"{H}_shares_accepted", "Accepted"),
        Query(f"{H}_shares_rejected", "Rejected"),
    ], least=0, about="Since the miner started."),
    Panel("Shares rejected", "timeseries", (12, 37, 12, 8), "percentunit", [
        Query(f"{H}_shares_rejected/clamp_min({H}_shares_accepted+{H}_shares_rejected,1)", "Rejected"),
    ], least=0, about="Of all shares sent since the miner started."),
    Panel("Frequency", "timeseries", (0, 45, 8, 7), "rothz", [Query(f"{H}_frequency_mhz*1e6", "Frequency")]),
    Panel("Current", "timeseries", (8, 45, 8, 7), "amp", [Query(f"{H}_current_amps", "Current")]),
    Panel("Uptime", "timeseries", (16, 45, 8, 7), "s", [Query(f"{H}_uptime_seconds", "Uptime")], least=0),
    Panel("Memory", "timeseries", (0, 52, 12, 7), "bytes", [
        Query(f"{H}_free_heap_bytes", "Free"),
        Query(f"{H}_free_heap_internal_bytes", "Free, internal"),
        Query(f"{H}_free_heap_spiram_bytes", "Free, SPI RAM"),
    ], least=0),
    Panel("Online", "state-timeline", (12, 52, 12, 7), "none", [Query(f"{H}_online", "Online")], ONLINE),
)  # fmt: skip

OVERVIEW: Final = (
    Panel("Hardware", "text", (0, 0, 6, 1), "", []),
    Panel("", "stat", (0, 1, 6, 2), "none", [Query("total_hardware", "Total hardware")]),
    Panel("", "stat", (0, 3, 6, 2), "none", [Query("hardware_online", "Hardware online")], ((None, "green"),)),
    Panel("", "stat", (0, 5, 6, 2), "none", [Query("hardware_offline", "Hardware offline")], NONE_WANTED),
    Panel("Total Power", "timeseries", (6, 0, 9, 7), "watt", [
        Query("total_power_watts", "Total power"),
        Query("online_power_watts", "Of online miners"),
    ]),
    Panel("Efficiency", "timeseries", (15, 0, 9, 7), J_PER_TH, [Query("total_efficiency", "Average efficiency")],
        about="Joules for a terahash; less is better."),
    Panel("Timeline & Average Hashrate", "timeseries", (0, 7, 24, 8), "GHs", [
        Query("total_hashrate", "Total hashrate"),
        Query("total_hashrate/total_hardware", "Average hashrate"),
        Query("online_hashrate", "Of online miners"),
    ]),
    Panel("Online and offline", "timeseries", (0, 15, 12, 8), "none", [
        Query("hardware_online", "Online"),
        Query("hardware_offline", "Offline"),
    ], stacked=True, least=0),
    Panel("Firmware Fragmentation", "piechart", (12, 15, 12, 8), "none", [
        Query("firmware_version_distribution", "{{version}}", last=True),
    ]),
    Panel("Shares accepted by pool", "timeseries", (0, 23, 12, 8), "short", [
        Query("shares_by_pool_accepted", "{{pool}}"),
    ], least=0),
    Panel("Shares rejected by pool", "timeseries", (12, 23, 12, 8), "short", [
        Query("shares_by_pool_rejected", "{{pool}}"),
    ], least=0),
    Panel("Shares rejected", "bargauge", (0, 31, 24, 7), "percentunit", [
        Query("shares_by_pool_rejected/clamp_min(shares_by_pool_accepted+shares_by_pool_rejected,1)", "{{pool}}", last=True),
    ], ((None, "green"), (0.01, "yellow"), (0.03, "red")), least=0, about="Of all shares sent, for each pool."),
)  # fmt: skip

WHO: Final = "on (mac) group_left (hostname) pluto_miner_info"
HASHRATE: Final = "pluto_miner_hashrate_hashes_per_second"
PROMISE: Final = "(pluto_miner_expected_hashrate_hashes_per_second > 0)"
ASIC: Final = 'pluto_miner_temperature_celsius{sensor="asic"}'
P99: Final = "histogram_quantile(0.99, sum by (le) (rate({}[$__rate_interval])))"
FLEET: Final = (
    Panel("Miners", "stat", (0, 0, 4, 4), "none", [Query("count(pluto_miner_up) or vector(0)", "Watched")]),
    Panel("Offline", "stat", (4, 0, 4, 4), "none", [Query("count(pluto_miner_up == 0) or vector(0)", "Offline")], NONE_WANTED),
    Panel("Hash rate", "stat", (8, 0, 4, 4), "Hs", [Query(f"sum({HASHRATE})", "Hash rate")]),
    Panel("Power", "stat", (12, 0, 4, 4), "watt", [Query("sum(pluto_miner_power_watts)", "Power")]),
    Panel("Efficiency", "stat", (16, 0, 4, 4), J_PER_TH, [
        Query(f"1e12 * sum(pluto_miner_power_watts) / sum({HASHRATE} and on (mac) pluto_miner_power_watts)", "Efficiency"),
    ]),
    Panel("Faults", "stat", (20, 0, 4, 4), "none", [
        Query('count(sum by (mac) ({__name__=~"pluto_miner_(overheat_mode|power_fault|hardware_fault)"}) > 0) or vector(0)',
            "Faults"),
    ], NONE_WANTED, about="Miners that say they are too hot, or have a fault of power supply or hardware."),
    Panel("Hash rate, expected and measured", "timeseries", (0, 4, 12, 8), "Hs", [
        Query(f"sum({HASHRATE})", "Measured"),
        Query("sum(pluto_miner_expected_hashrate_hashes_per_second)", "Expected"),
    ], least=0),
    Panel("Online and offline", "timeseries", (12, 4, 12, 8), "none", [
        Query("count(pluto_miner_up == 1) or vector(0)", "Online"),
        Query("count(pluto_miner_up == 0) or vector(0)", "Offline"),
    ], stacked=True, least=0),
    Panel("Furthest below their promise", "bargauge", (0, 12, 8, 9), "percentunit", [
        Query(f"bottomk(10, {HASHRATE} / {PROMISE} * {WHO})", "{{hostname}}", last=True),
    ], ((None, "red"), (0.8, "yellow"), (0.95, "green")), least=0, most=1.2),
    Panel("Hottest", "bargauge", (8, 12, 8, 9), "celsius", [
        Query(f"topk(10, {ASIC} * {WHO})", "{{hostname}}", last=True),
    ], HEAT, least=0, most=100),
    Panel("Least efficient", "bargauge", (16, 12, 8, 9), J_PER_TH, [
        Query(f"topk(10, 1e12 * pluto_miner_efficiency_joules_per_hash * {WHO})", "{{hostname}}", last=True),
    ], least=0),
    Panel("All miners", "table", (0, 21, 24, 12), "", [
        Query("pluto_miner_info", "Miner", last=True),
        Query("max by (mac) (pluto_miner_up)", "Online", last=True),
        Query(f"max by (mac) ({HASHRATE})", "Hash rate", last=True, unit="Hs"),
        Query("max by (mac) (pluto_miner_power_watts)", "Power", last=True, unit="watt"),
        Query("1e12 * max by (mac) (pluto_miner_efficiency_joules_per_hash)", "Efficiency", last=True, unit=J_PER_TH),
        Query(f"max by (mac) ({ASIC})", "Temperature", last=True, unit="celsius"),
        Query("max by (mac) (pluto_miner_uptime_seconds)", "Uptime", last=True, unit="s"),
    ]),
    Panel("Power", "timeseries", (0, 33, 12, 8), "watt", [Query("sum(pluto_miner_power_watts)", "Power")], least=0),
    Panel("Temperatures", "timeseries", (12, 33, 12, 8), "celsius", [
        Query(f"max({ASIC})", "Hottest ASIC"),
        Query(f"avg({ASIC})", "Mean of the ASICs"),
        Query('max(pluto_miner_temperature_celsius{sensor="vr"})', "Hottest voltage regulator"),
    ]),
    Panel("Shares a minute", "timeseries", (0, 41, 12, 8), "short", [
        Query("60 * sum(rate(pluto_miner_shares_accepted_total[$__rate_interval]))", "Accepted"),
        Query("60 * sum(rate(pluto_miner_shares_rejected_total[$__rate_interval]))", "Rejected"),
    ], least=0),
    Panel("Hash rate by pool", "timeseries", (12, 41, 12, 8), "Hs", [
        Query(f"sum by (pool) ({HASHRATE} * on (mac) group_left (pool) pluto_miner_info)", "{{pool}}"),
    ], stacked=True, least=0),
    Panel("Firmware", "piechart", (0, 49, 8, 8), "none", [
        Query("count by (firmware) (pluto_miner_info)", "{{firmware}}", last=True),
    ]),
    Panel("Models", "piechart", (8, 49, 8, 8), "none", [Query("count by (model) (pluto_miner_info)", "{{model}}", last=True)]),
    Panel("Restarts", "bargauge", (16, 49, 8, 8), "short", [
        Query(f"topk(10, increase(pluto_miner_restarts_total[$__range]) * {WHO})", "{{hostname}}", last=True),
    ], least=0, about="In the time shown."),
    Panel("Polls by how they ended", "timeseries", (0, 57, 8, 8), "reqps", [
        Query("sum by (outcome) (rate(pluto_polls_total[$__rate_interval]))", "{{outcome}}"),
    ], stacked=True, least=0),
    Panel("Pluto keeps time", "timeseries", (8, 57, 8, 8), "s", [
        Query(P99.format("pluto_poll_lateness_seconds_bucket"), "Polls late, p99"),
        Query(P99.format("pluto_poll_duration_seconds_bucket"), "Polls last, p99"),
    ], least=0),
    Panel("Pluto's own needs", "timeseries", (16, 57, 8, 8), "percentunit", [
        Query('rate(process_cpu_seconds_total{job="pluto"}[$__rate_interval])', "Of one core"),
        Query('process_resident_memory_bytes{job="pluto"}', "Memory", right=True, unit="bytes"),
    ], least=0),
)  # fmt: skip
