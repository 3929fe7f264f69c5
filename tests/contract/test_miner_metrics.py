"""Contract A.4, D.1: from what a miner says to the metric it becomes, a row each; and what may be set on which ASIC."""

import json
from pathlib import Path

import pytest

from clocks import FakeClock
from discovery_stub import discovery_stub
from exposition import read_strictly
from metric_miners import ALICE, offline
from pluto.axeos.decode import decode_system_info
from pluto.metrics.exposition import Metrics
from pluto.model.state import MinerState, advance
from pluto.model.tuning import tuning_of
from running import running


async def shown(*infos: dict[str, object]) -> dict[str, float]:
    """Return the metrics by name after the miner `x` said *infos*, one poll each."""
    metrics, state = Metrics(FakeClock()), MinerState(ALICE)
    metrics.watch(ALICE, "x")
    for info in infos:
        state = advance(state, decode_system_info(json.dumps({"hostname": "x", **info}).encode()), 0.0)
        metrics.observe(state)
    samples = read_strictly(await metrics.text())
    return {name.removeprefix("x_"): value for name, value in samples.items() if name.startswith("x_")}


@pytest.mark.parametrize(
    ("info", "suffix", "value"),
    [
        ({"power": 15.5}, "power_watts", 15.5),
        ({"voltage": 5123}, "voltage_volts", 5.123),
        ({"current": 3100.5}, "current_amps", 3.1005),
        ({"temp": 55.25}, "temperature_celsius", 55.25),
        ({"hashRate": 500, "hashRate_10m": 400}, "hashrate_ghs", 500),
        ({"hashRate_10m": 400}, "hashrate_ghs", 400),
        ({"hashRate": 0, "hashRate_10m": 400}, "hashrate_ghs", 0),
        ({"sharesAccepted": 7}, "shares_accepted", 7),
        ({"sharesRejected": 0}, "shares_rejected", 0),
        ({"power": 10, "hashRate": 500}, "efficiency", 20),
        ({"power": 10, "hashRate": 0}, "efficiency", 0),
        ({"power": 10, "hashRate": 500, "efficiency": 3}, "efficiency", 20),
        ({"fanSpeedRpm": 5000, "fanspeed": 60}, "fanspeed_rpm", 5000),
        ({"fanspeed": 60}, "fanspeed_rpm", 60),
        ({"uptimeSeconds": 86400}, "uptime_seconds", 86400),
        ({"freeHeap": 123456}, "free_heap_bytes", 123456),
        ({"coreVoltage": 1200}, "core_voltage_volts", 1.2),
        ({"coreVoltageActual": 1187}, "core_voltage_actual_volts", 1.187),
        ({"frequency": 485}, "frequency_mhz", 485),
        ({"vrTemp": 61}, "vr_temperature_celsius", 61),
        ({"freeHeapInternal": 1000}, "free_heap_internal_bytes", 1000),
        ({"freeHeapSpiram": 2000}, "free_heap_spiram_bytes", 2000),
        ({"fanrpm": 4000, "fanSpeedRpm": 1, "fanSpeed": 2}, "fan_rpm", 4000),
        ({"fanSpeedRpm": 3000, "fanSpeed": 2}, "fan_rpm", 3000),
        ({"fanSpeed": 2000}, "fan_rpm", 2000),
        ({"fanspeed": 40}, "fan_duty_percent", 40),
        ({"temp": -1}, "temperature_celsius", -1),
        ({}, "online", 1),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else str(value),
)
async def test_a_field_becomes_its_metric(info: dict[str, object], suffix: str, value: float) -> None:
    assert (await shown(info))[suffix] == pytest.approx(value)


@pytest.mark.parametrize("nothing", [None, "text", [], {}, True])
async def test_what_is_no_number_leaves_the_last_one_and_zero_is_one(nothing: object) -> None:
    field = {} if nothing is None else {"power": nothing}
    assert (await shown({"power": 15}, field))["power_watts"] == 15
    assert (await shown({"power": 15}, {"power": 0}))["power_watts"] == 0
    assert "power_watts" not in await shown(field)


async def test_a_number_first_appears_with_the_first_answer_and_a_failure_leaves_it() -> None:
    metrics = Metrics(FakeClock())
    metrics.watch(ALICE, "x")
    assert "x_power_watts" not in read_strictly(await metrics.text())
    state = advance(MinerState(ALICE), decode_system_info(b'{"hostname":"x","power":3}'), 0.0)
    metrics.observe(state)
    metrics.observe(offline(state))
    samples = read_strictly(await metrics.text())
    assert (samples["x_power_watts"], samples["x_online"]) == (3, 0)


@pytest.mark.parametrize(
    ("asic", "frequencies", "default_mhz", "core_voltages", "default_mv"),
    [
        (
            "BM1397", [400, 425, 450, 475, 485, 500, 525, 550, 575, 590, 600, 610, 620, 630, 640, 650], 425,
            [1100, 1150, 1200, 1250, 1300, 1350, 1400, 1450, 1500], None,
        ),
        ("BM1366", [400, 425, 450, 475, 485, 500, 525, 550, 575], 485, [1100, 1150, 1200, 1250, 1300], 1200),
        ("BM1368", [400, 425, 450, 475, 490, 500, 525, 550, 575], 490, [1100, 1150, 1166, 1200, 1250, 1300], 1166),
        ("BM1370", [400, 490, 525, 550, 575, 600, 625], 525, [1000, 1060, 1100, 1150, 1200, 1250], 1150),
    ],
)  # fmt: skip
def test_each_asic_has_its_frequencies_and_core_voltages(
    asic: str, frequencies: list[int], default_mhz: int, core_voltages: list[int], default_mv: int | None
) -> None:
    for model in (asic, f"2x{asic}-rev2"):
        tuning = tuning_of(model)
        assert tuning is not None
        for choices, values, default in (
            (tuning.frequencies, frequencies, default_mhz),
            (tuning.core_voltages, core_voltages, default_mv),
        ):
            assert [choice.value for choice in choices] == values
            assert [choice.label for choice in choices] == [
                f"{value} (default)" if value == default else str(value) for value in values
            ]
    assert tuning_of("BM9999") is None


async def test_the_options_are_added_when_shown_and_never_stored(tmp_path: Path) -> None:
    mac = "02:00:00:00:00:0a"
    async with discovery_stub() as stub:
        stub.knows(mac, "127.8.0.1", ASICModel="BM1366")
        async with running(tmp_path, discovery_service_host=stub.base) as pluto:
            await pluto.ask("PUT", "/devices/imprint", {"macs": [mac]})
            listed = (await pluto.ask("GET", "/devices/imprint"))[1]["data"][0]
            assert {"frequencyOptions", "coreVoltageOptions"} <= set(listed["info"])
            assert (await pluto.record(mac))["info"] == {"hostname": "axe-0a", "ASICModel": "BM1366"}
