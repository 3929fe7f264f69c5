import asyncio
import gzip
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clocks import FakeClock
from exposition import read_strictly
from metric_miners import ALICE, BOB, CAROL, GAMMA, READING, offline, online, reading
from pluto.metrics.exposition import SHELF_SIZE, Metrics, gzipped
from pluto.metrics.families import CONTRACT, SUFFIXES
from pluto.metrics.miner_text import FORGOTTEN_AFTER_S
from pluto.metrics.overview import OVERVIEW
from pluto.model.miner import MacAddress, Miner
from pluto.model.reading import Reading
from pluto.model.state import MinerState

NEVER_UNKNOWN = {"current_behind_regulator": 0, "power_fault": 0, "hardware_fault": 0}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def metrics(clock: FakeClock) -> Metrics:
    return Metrics(clock)


async def scraped(metrics: Metrics) -> dict[str, float]:
    return read_strictly(await metrics.text())


def of(samples: dict[str, float], miner: Miner) -> dict[str, float]:
    """Return the labelled samples of *miner*, without `pluto_miner_` and the label."""
    mac = f'{{mac="{miner.mac}"'
    return {name.replace(mac, "").strip("}").removeprefix("pluto_miner_"): n for name, n in samples.items() if mac in name}


def starting(samples: dict[str, float], prefix: str) -> dict[str, float]:
    return {name.removeprefix(prefix): value for name, value in samples.items() if name.startswith(prefix)}


async def test_before_any_miner_the_overview_is_there_with_zeros_and_no_labels(metrics: Metrics) -> None:
    samples = await scraped(metrics)
    assert {row.name: samples[row.name] for row in OVERVIEW} == {row.name: 0 for row in OVERVIEW}
    assert not [name for name in samples if name.startswith(("firmware_", "shares_by_pool", "pluto_miner_"))]


async def test_a_watched_miner_is_offline_and_says_nothing_until_it_answers(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage", READING)
    samples = await scraped(metrics)
    assert starting(samples, "garage_") == {"online": 0}
    assert samples["total_hardware"] == samples["hardware_offline"] == 1
    assert samples["total_hashrate"] == 1200.5
    assert samples['firmware_version_distribution{version="v2.12.1"}'] == 1
    assert of(samples, ALICE)["up"] == 0
    assert "power_watts" not in of(samples, ALICE)


async def test_what_the_record_says_counts_in_the_sums_until_the_miner_answers_itself(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage", READING)
    for poll in (None, offline(MinerState(ALICE)), offline(offline(MinerState(ALICE)))):
        if poll is not None:
            metrics.observe(poll)
        samples = await scraped(metrics)
        assert (samples["total_power_watts"], samples["total_hashrate"], samples["hardware_offline"]) == (18.5, 1200.5, 1)
        assert not [name for name in samples if name.startswith("pluto_miner_power_watts")]
    metrics.observe(online(ALICE, reading(power_watts=20.0)))
    assert (await scraped(metrics))["total_power_watts"] == 20.0


async def test_an_answer_shows_what_was_reported_and_leaves_out_what_was_not(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    samples = starting(await scraped(metrics), "garage_")
    reported = {row.suffix: getattr(GAMMA, row.suffix) for row in CONTRACT if getattr(GAMMA, row.suffix) is not None}
    assert samples == {**reported, "efficiency": 18.5 / 1.2005, "online": 1}
    assert "vr_temperature_celsius" not in samples
    assert samples["shares_rejected"] == 0


async def test_a_value_falls_to_zero_when_the_miner_says_zero(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    metrics.observe(online(ALICE, reading(hashrate_ghs=0.0)))
    samples = await scraped(metrics)
    assert samples["garage_hashrate_ghs"] == samples["garage_efficiency"] == samples["total_hashrate"] == 0


async def test_a_missing_value_stays_as_it_was_even_if_nobody_scraped_in_between(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    metrics.observe(online(ALICE, reading(power_watts=None, fan_rpm=4000.0)))
    samples = await scraped(metrics)
    assert samples["garage_power_watts"] == 18.5
    assert samples["garage_efficiency"] == 18.5 / 1.2005
    assert samples["garage_fan_rpm"] == 4000
    assert samples["total_power_watts"] == 0


async def test_a_failed_poll_changes_online_and_nothing_else_of_the_miner(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    alice = online(ALICE, READING)
    metrics.observe(alice)
    before = await scraped(metrics)
    metrics.observe(offline(alice))
    after = await scraped(metrics)
    assert starting(after, "garage_") == {**starting(before, "garage_"), "online": 0}
    assert (after["hardware_online"], after["hardware_offline"]) == (0, 1)
    assert (after["total_hashrate"], after["online_hashrate"]) == (1200.5, 0)


async def test_the_labelled_metrics_of_a_miner(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    samples = of(await scraped(metrics), ALICE)
    info = 'info,hostname="garage",model="Bitaxe Gamma",firmware="v2.12.1",pool="public-pool.io:21496"'
    assert samples.pop(info) == 1
    assert samples == {
        "up": 1,
        "restarts_total": 0,
        "hashrate_hashes_per_second": 1200.5e9,
        "hashrate_1m_hashes_per_second": 1190e9,
        "hashrate_10m_hashes_per_second": 1195e9,
        "hashrate_1h_hashes_per_second": 1198e9,
        "hashrate_1d_hashes_per_second": 1199e9,
        "hashrate_glitch": 0,
        "expected_hashrate_hashes_per_second": 1071e9,
        "hardware_error_ratio": 0.005,
        "power_watts": 18.5,
        "efficiency_joules_per_hash": 15.2e-12,
        "input_voltage_volts": 5.07,
        "current_amperes": 3.5,
        "current_behind_regulator": 0,
        "core_voltage_volts": 1.15,
        "core_voltage_actual_volts": 1.143,
        "frequency_hertz": 525e6,
        "frequency_actual_hertz": 524.5e6,
        'temperature_celsius,sensor="asic"': 55.25,
        'temperature_celsius,sensor="vr"': 61,
        "fan_rpm": 4312,
        "fan_duty_ratio": 0.55,
        "fan2_rpm": 0,
        "fan2_duty_ratio": 0.4,
        "shares_accepted_total": 1234,
        "shares_rejected_total": 0,
        "blocks_found_total": 2,
        "block_found": 1,
        "best_difficulty": 4.29e9,
        "best_session_difficulty": 1.1e8,
        "pool_difficulty": 512,
        "pool_response_seconds": 0.0417,
        "pool_connected": 1,
        "using_fallback_pool": 0,
        "wifi_rssi_dbm": -58,
        "uptime_seconds": 86400,
        "free_heap_bytes": 8212340,
        "overheat_mode": 0,
        "paused": 0,
        "shut_down": 0,
        "access_point_mode": 0,
        "power_fault": 0,
        "hardware_fault": 0,
    }


async def test_what_is_not_known_has_no_labelled_sample(metrics: Metrics) -> None:
    metrics.watch(ALICE, None)
    metrics.observe(online(ALICE, Reading()))
    samples = of(await scraped(metrics), ALICE)
    info = f'info,hostname="{ALICE.mac}",model="",firmware="",pool="unknown"'
    assert samples == {info: 1, "up": 1, "restarts_total": 0, "hashrate_glitch": 0, **NEVER_UNKNOWN}


async def test_a_regulator_without_a_chip_is_still_a_temperature(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, msgspec.structs.replace(READING, chip_temperatures_celsius=())))
    temperatures = {name: value for name, value in of(await scraped(metrics), ALICE).items() if "temperature" in name}
    assert temperatures == {'temperature_celsius,sensor="vr"': 61}


async def test_a_miner_long_offline_shows_no_readings_by_label_but_is_still_down(metrics: Metrics, clock: FakeClock) -> None:
    metrics.watch(ALICE, "garage")
    alice = online(ALICE, READING)
    metrics.observe(alice)
    alice = offline(alice, now_s=1.0)
    metrics.observe(alice)
    assert of(await scraped(metrics), ALICE)["power_watts"] == 18.5
    clock.advance_to(1.0 + FORGOTTEN_AFTER_S)
    metrics.observe(offline(alice, now_s=clock.now_s()))
    samples = await scraped(metrics)
    assert "power_watts" not in of(samples, ALICE)
    assert of(samples, ALICE)["up"] == 0
    assert samples["garage_power_watts"] == 18.5


async def test_a_miner_no_longer_watched_is_kept_by_name_only(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.watch(BOB, "attic")
    for miner, name in ((ALICE, "garage"), (BOB, "attic")):
        metrics.observe(online(miner, reading(hostname=name)))
    before = await scraped(metrics)
    metrics.unwatch(ALICE.mac, delete=False)
    metrics.observe(online(ALICE, reading(hashrate_ghs=1.0)))
    after = await scraped(metrics)
    assert starting(after, "garage_") == starting(before, "garage_")
    assert of(after, ALICE) == {}
    assert of(after, BOB) == of(before, BOB)
    assert (after["total_hardware"], after["total_hashrate"]) == (1, 1200.5)


async def test_deleting_removes_exactly_the_series_of_that_miner(metrics: Metrics) -> None:
    for miner, name in ((ALICE, "pre"), (BOB, "pre_two"), (CAROL, "pre")):
        metrics.watch(miner, name)
        metrics.observe(online(miner, reading(hostname=name)))
    before = await scraped(metrics)
    metrics.unwatch(ALICE.mac, delete=True)
    after = await scraped(metrics)
    gone = {name for name in before if name not in after}
    assert gone == {f"pre_{suffix}" for suffix in SUFFIXES if f"pre_{suffix}" in before} | {
        name for name in before if ALICE.mac in name
    }
    assert metrics.prefix(CAROL.mac) == "pre_cccccc"


async def test_kept_series_are_deleted_when_the_miner_is_removed_later(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.unwatch(ALICE.mac, delete=False)
    metrics.unwatch(ALICE.mac, delete=True)
    metrics.unwatch(ALICE.mac, delete=True)
    assert starting(await scraped(metrics), "garage_") == {}
    assert metrics.prefix(ALICE.mac) is None


async def test_a_miner_can_leave_and_come_back(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    metrics.unwatch(ALICE.mac, delete=False)
    metrics.watch(ALICE, "garage")
    samples = await scraped(metrics)
    assert (samples["total_hardware"], samples["garage_online"], samples["garage_power_watts"]) == (1, 0, 18.5)
    metrics.observe(online(ALICE, READING))
    assert (await scraped(metrics))["garage_online"] == 1


async def test_kept_series_give_way_to_a_watched_miner_of_that_name(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    metrics.unwatch(ALICE.mac, delete=False)
    metrics.watch(BOB, "garage")
    metrics.observe(online(BOB, reading(power_watts=3.0)))
    samples = await scraped(metrics)
    assert (samples["garage_power_watts"], samples["garage_aaaaaa_power_watts"]) == (3, 18.5)


async def test_a_renamed_miner_moves_with_that_poll_and_leaves_nothing_behind(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    await scraped(metrics)
    metrics.observe(online(ALICE, reading(hostname="1-attic", power_watts=None)))
    samples = await scraped(metrics)
    assert starting(samples, "garage_") == {}
    assert starting(samples, "_1__attic_")["power_watts"] == 18.5
    metrics.observe(online(ALICE, reading(hostname=None)))
    assert metrics.prefix(ALICE.mac) == "miner_020000aaaaaa"


async def test_either_set_can_be_off(clock: FakeClock) -> None:
    for by_name, by_label in ((True, False), (False, True), (False, False)):
        metrics = Metrics(clock, by_name=by_name, by_label=by_label)
        metrics.watch(ALICE, "garage")
        metrics.observe(online(ALICE, READING))
        text = await metrics.text()
        samples = read_strictly(text)
        assert bool(starting(samples, "garage_")) is by_name
        assert (b"pluto_miner_" in text) is by_label
        assert samples["total_hardware"] == samples["pluto_miners_watched"] == 1


async def test_names_and_texts_of_miners_cannot_break_the_text(metrics: Metrics) -> None:
    nasty = 'a"b\\c\nd{}=,#\r\x00\x85\u2028' + "ü" * 200
    metrics.watch(ALICE, nasty)
    answer = msgspec.structs.replace(reading(version=nasty, stratum_url=nasty, hostname=nasty), hostname=nasty, firmware=nasty)
    metrics.observe(online(ALICE, answer))
    samples = await scraped(metrics)
    cut = nasty[:128].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert samples[f'firmware_version_distribution{{version="{cut}"}}'] == 1
    assert any(f'hostname="{cut}"' in name for name in samples)


async def test_a_number_that_is_none_is_left_out(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(
        online(ALICE, msgspec.structs.replace(reading(power_watts=float("nan")), power_watts=float("inf"), blocks_found=10**400))
    )
    samples = await scraped(metrics)
    assert "garage_power_watts" not in samples
    assert not {"power_watts", "blocks_found_total"} & set(of(samples, ALICE))


async def test_numbers_are_written_shortest_and_exact(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, reading(power_watts=0.1, hashrate_ghs=1200.0, current_amps=-1.0, uptime_seconds=1e22)))
    lines = (await metrics.text()).decode().splitlines()
    for line in ("garage_power_watts 0.1", "garage_hashrate_ghs 1200", "garage_current_amps -1", "garage_uptime_seconds 1e+22"):
        assert line in lines


async def test_a_miner_has_at_most_two_hundred_series(metrics: Metrics) -> None:
    before = len(await scraped(metrics))
    metrics.watch(ALICE, "garage")
    values = dict.fromkeys((row.suffix for row in CONTRACT), 1.0)
    metrics.observe(online(ALICE, reading(**values)))
    assert 60 < len(await scraped(metrics)) - before < 200


async def test_a_scrape_shows_one_instant_although_miners_change_while_it_is_made(metrics: Metrics) -> None:
    miners = [
        Miner(MacAddress(f"02:00:00:00:{place >> 8:02x}:{place & 255:02x}"), None, place) for place in range(3 * SHELF_SIZE)
    ]
    first, last = miners[0], miners[-1]
    for miner in miners:
        metrics.watch(miner, f"m{miner.order}")
        metrics.observe(online(miner, reading(hostname=f"m{miner.order}")))
    scrape = asyncio.create_task(metrics.text())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    # The first is written already, the last is not: what was true of them at the start must be what is shown of both.
    metrics.observe(online(first, reading(hostname="elsewhere")))
    metrics.observe(online(last, reading(hostname="m0", power_watts=99.0)))
    metrics.unwatch(miners[-2].mac, delete=True)
    samples = read_strictly(await scrape)
    assert samples["m0_power_watts"] == samples[f"m{last.order}_power_watts"] == 18.5
    assert f"m{miners[-2].order}_online" in samples
    assert samples["total_hardware"] == len(miners)
    later = await scraped(metrics)
    assert later["m0_power_watts"] == 99
    assert later["total_hardware"] == len(miners) - 1
    assert f"m{miners[-2].order}_online" not in later


async def test_the_loop_gets_its_turn_between_slices(metrics: Metrics) -> None:
    for place in range(5 * SHELF_SIZE):
        miner = Miner(MacAddress(f"02:00:00:00:{place >> 8:02x}:{place & 255:02x}"), None, place)
        metrics.watch(miner, None)
    turns = 0
    scrape = asyncio.create_task(metrics.text())
    while not scrape.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 5


async def test_what_stays_and_what_changes_is_shown_as_it_is_at_every_scrape(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    for chip in (50.0, 50.0, 50.0, 51.0, 51.0, 50.0, 50.0):
        metrics.observe(online(ALICE, msgspec.structs.replace(READING, chip_temperatures_celsius=(chip,))))
        assert of(await scraped(metrics), ALICE)['temperature_celsius,sensor="asic"'] == chip


async def test_compressed_text_is_the_same_text(metrics: Metrics) -> None:
    metrics.watch(ALICE, "garage")
    text = await metrics.text()
    assert gzip.decompress(await gzipped(text)) == text


HOSTNAMES = st.sampled_from(["x", "x_core", "total", "pluto", "", None, "9-é"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["watch", "answer", "fail", "keep", "delete"]), st.integers(0, 3), HOSTNAMES), max_size=25
)


@given(STEPS)
@settings(deadline=None, max_examples=50)
def test_whatever_happens_the_text_is_strict_and_shows_who_is_watched(steps: list[tuple[str, int, Any]]) -> None:
    asyncio.run(_play(steps))


async def _play(steps: list[tuple[str, int, Any]]) -> None:
    metrics = Metrics(FakeClock())
    miners = [Miner(MacAddress(f"02:00:00:00:00:{place:02x}"), None, place) for place in range(4)]
    states: dict[int, MinerState] = {}
    for step, place, hostname in steps:
        miner = miners[place]
        if step == "watch" and place not in states:
            states[place] = MinerState(miner)
            metrics.watch(miner, hostname)
        elif step in ("answer", "fail") and place in states:
            before = states[place]
            states[place] = online(miner, reading(hostname=hostname), before=before) if step == "answer" else offline(before)
            metrics.observe(states[place])
        elif step in ("keep", "delete"):
            states.pop(place, None)
            metrics.unwatch(miner.mac, delete=step == "delete")
        samples = await scraped(metrics)
        assert samples["total_hardware"] == len(states)
        assert samples["hardware_online"] == sum(state.is_online for state in states.values())
        assert {name for name in samples if name.startswith("pluto_miner_up{")} == {
            f'pluto_miner_up{{mac="{miners[place].mac}"}}' for place in states
        }
        for state in states.values():
            assert samples[f"{metrics.prefix(state.miner.mac)}_online"] == state.is_online
