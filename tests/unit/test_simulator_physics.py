"""A pretend miner ages like a real one: counters rise, records stand, heat follows power, whenever somebody asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pluto.simulator.boards import BOARDS
from pluto.simulator.chance import hardest, poisson
from pluto.simulator.physics import Halt, Nature, Physics, Tuning

GAMMA = BOARDS["gamma"]
STEPS = st.lists(
    st.tuples(st.sampled_from(["wait", "tune", "pause", "resume", "restart"]), st.floats(0.0, 50_000.0)), max_size=30
)


def _aged(seconds: float, seed: int = 1, nature: Nature | None = None, step_s: float = 5.0) -> Physics:
    physics = Physics(GAMMA, nature or Nature(), seed, 0.0)
    at_s = 0.0
    while at_s < seconds:
        at_s += step_s
        physics.advance(at_s)
    return physics


@given(steps=STEPS, seed=st.integers(0, 1000), has_vardiff=st.booleans(), counts=st.booleans())
def test_counters_fall_at_a_restart_only_and_the_best_difficulty_never(
    steps: list[tuple[str, float]], seed: int, has_vardiff: bool, counts: bool
) -> None:
    physics = Physics(GAMMA, Nature(counts_results=counts, has_vardiff=has_vardiff), seed, 0.0)
    now_s, booted_s = 0.0, 0.0
    for what, amount in steps:
        before = (physics.shares_accepted, physics.shares_rejected, physics.best_session_difficulty, physics.uptime_s)
        best, work = physics.best_difficulty, physics.total_work
        match what:
            case "wait":
                now_s += amount
                physics.advance(now_s)
            case "tune":
                physics.tune(Tuning(300 + amount % 600, 1000 + amount % 300), now_s)
            case "pause" | "resume":
                physics.halt = Halt.PAUSED if what == "pause" else Halt.NONE
            case _:
                physics.restart(now_s)
                booted_s, before = now_s, (0, 0, 0.0, 0.0)
        after = (physics.shares_accepted, physics.shares_rejected, physics.best_session_difficulty, physics.uptime_s)
        assert all(new >= old for old, new in zip(before, after, strict=True))
        assert physics.best_difficulty >= max(best, physics.best_session_difficulty)
        assert physics.total_work >= work
        assert physics.uptime_s == pytest.approx(now_s - booted_s, abs=1e-3)
        assert sum(physics.rejected_for.values()) == physics.shares_rejected
        assert physics.hashrate_ghs >= 0
        assert -80 <= physics.rssi_dbm <= -40
        assert 0 <= physics.fan_percent <= 100


@given(st.lists(st.floats(0.01, 1000.0), min_size=1, max_size=20), st.integers(0, 100))
def test_the_same_seed_and_the_same_questions_give_the_same_miner(waits: list[float], seed: int) -> None:
    twins = [Physics(GAMMA, Nature(), seed, 0.0) for _ in range(2)]
    for twin in twins:
        at_s = 0.0
        for wait in waits:
            at_s += wait
            twin.advance(at_s)
    first, second = (
        (twin.hashrate_ghs, twin.shares_accepted, twin.best_difficulty, twin.power_watts, twin.fan_rpm) for twin in twins
    )
    assert first == second


def test_a_moment_that_has_passed_changes_nothing() -> None:
    physics = _aged(600)
    before = (physics.hashrate_ghs, physics.shares_accepted, physics.uptime_s)
    physics.advance(10.0)
    assert (physics.hashrate_ghs, physics.shares_accepted, physics.uptime_s) == before


def test_a_boot_has_no_sensors_and_no_hash_rate_then_ramps_up() -> None:
    physics = Physics(GAMMA, Nature(), 1, 0.0)
    physics.advance(3.0)
    assert (physics.temperature_celsius, physics.hashrate_ghs, physics.pool_difficulty) == (-1.0, 0.0, 0.0)
    physics.advance(9.0)
    assert 0 < physics.hashrate_ghs < 0.5 * GAMMA.nominal_hashrate_ghs
    physics.advance(30.0)
    assert physics.hashrate_ghs == pytest.approx(GAMMA.nominal_hashrate_ghs, rel=0.05)


def test_an_estimate_from_results_is_noisy_and_chip_counters_are_not() -> None:
    def spread(nature: Nature) -> float:
        rates: list[float] = []
        physics = Physics(GAMMA, nature, 5, 0.0)
        for at_s in range(60, 6000, 60):
            physics.advance(float(at_s))
            rates.append(physics.hashrate_ghs / GAMMA.nominal_hashrate_ghs)
        return max(rates[2:]) - min(rates[2:])

    assert spread(Nature()) < 0.06
    assert spread(Nature(counts_results=True)) > 0.25


def test_a_day_of_shares_and_luck_is_what_the_hash_rate_gives() -> None:
    physics = _aged(86400, step_s=300.0)
    expected = GAMMA.nominal_hashrate_ghs * 1e9 * 86400 / 2**32 / 1000
    assert physics.shares_accepted + physics.shares_rejected == pytest.approx(expected, rel=0.05)
    assert 0.001 < physics.shares_rejected / physics.shares_accepted < 0.01
    assert physics.best_session_difficulty > physics.pool_difficulty


def test_vardiff_finds_one_share_in_five_to_fifteen_seconds() -> None:
    physics = _aged(1200, nature=Nature(has_vardiff=True, pool_difficulty=16.0))
    interval_s = physics.pool_difficulty * 2**32 / (physics.averages_ghs[0] * 1e9)
    assert 4.5 < interval_s < 16


def test_the_fan_holds_the_chip_near_its_target_at_the_power_the_board_is_made_for() -> None:
    physics = _aged(1800)
    assert 48 < physics.temperature_celsius < 63
    assert 14 < physics.power_watts / (physics.hashrate_ghs / 1000) < 21


def test_a_fan_at_zero_gets_too_hot_within_minutes() -> None:
    physics = _aged(600)
    physics.tune(Tuning(525, 1150, is_fan_auto=False, fan_percent=0.0), 600.0)
    physics.advance(1200.0)
    assert physics.is_too_hot


def test_too_little_voltage_for_the_frequency_makes_errors() -> None:
    physics = _aged(60)
    healthy = physics.error_percent
    physics.tune(Tuning(600, 1050), 60.0)
    physics.advance(120.0)
    assert physics.error_percent > 20 * healthy


def test_a_glitch_is_fifty_to_two_hundred_times_too_high_for_one_reading() -> None:
    physics = _aged(60, nature=Nature(glitches_per_hour=1e6))
    assert 45 < physics.hashrate_ghs / GAMMA.nominal_hashrate_ghs < 210


def test_rare_events_come_as_often_as_expected() -> None:
    physics = Physics(GAMMA, Nature(), 9, 0.0)
    for mean in (0.3, 5.0, 400.0):
        counts = [poisson(physics.random, mean) for _ in range(2000)]
        assert sum(counts) / len(counts) == pytest.approx(mean, rel=0.1)
    records = sorted(hardest(physics.random, 1000.0) for _ in range(2001))
    assert records[1000] == pytest.approx(1443, rel=0.1)  # the median: work / ln 2
