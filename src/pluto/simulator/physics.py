"""How a miner behaves in time: hashing, heat, fan, shares, luck. Nothing runs: a state advances when somebody asks."""

import math
from collections.abc import Mapping
from enum import Enum
from random import Random
from typing import Final

import msgspec

from pluto.simulator.boards import Board
from pluto.simulator.chance import drifted, hardest, poisson

WORK_PER_GH: Final = 1e9 / 2**32
RAMP_MHZ_PER_S: Final = 62.5
SENSORS_AWAKE_S: Final = 5.0
HASHING_FROM_S: Final = 6.0
TOO_HOT_CELSIUS: Final = 75.0
HEAT_LAG_S: Final = 75.0
AVERAGES_S: Final = (60.0, 600.0, 3600.0, 86400.0)
REASONS: Final = ("Above target", "Stale", "Job not found", "Duplicate share")
VARDIFF_EVERY_S: Final = 30.0
VARDIFF_FASTEST_S, VARDIFF_SLOWEST_S = 5.0, 15.0


class Halt(Enum):
    """Why a miner does no work."""

    NONE = "none"
    PAUSED = "paused"
    SHUT_DOWN = "shut down"
    COOLING = "cooling"


class Tuning(msgspec.Struct, frozen=True):
    """What the running settings say about hashing and cooling."""

    frequency_mhz: float
    core_voltage_mv: float
    is_fan_auto: bool = True
    fan_percent: float = 100.0
    min_fan_percent: float = 25.0
    target_celsius: float = 60.0


class Nature(msgspec.Struct, frozen=True):
    """How this firmware and place behave; *counts_results* is the noisy hash rate estimate before AxeOS 2.11."""

    counts_results: bool = False
    has_vardiff: bool = False
    glitches_per_hour: float = 0.0
    reject_share: float = 0.004
    pool_difficulty: float = 1000.0


class Physics:
    """The state of one miner; `advance` moves it on. The same seed and the same calls give the same state."""

    def __init__(self, board: Board, nature: Nature, seed: int, now_s: float) -> None:
        self.board = board
        self.nature = nature
        self.random = Random(seed)  # noqa: S311 - nothing here is a secret
        self.tuning = Tuning(board.frequency_mhz, board.core_voltage_mv)
        self.ambient_celsius = self.random.uniform(20.0, 28.0)
        self.best_difficulty = 0.0
        self.total_work = 0.0
        self.total_uptime_s = 0.0
        self._rpm_per_percent = board.rpm_per_percent * self.random.uniform(0.92, 1.08)
        self._skill = self.random.uniform(0.985, 1.01)
        self._cooling_at_full = (60.0 - self.ambient_celsius) / board.nominal_watts * math.sqrt(0.45)
        self._temperature = self.ambient_celsius
        self.restart(now_s)

    def restart(self, now_s: float) -> None:
        """Begin a session at *now_s*: counters and averages at zero, nothing hashes yet; the best difficulty stays."""
        self._at_s = now_s
        self.uptime_s = 0.0
        self.halt = Halt.NONE
        self.is_too_hot = False
        self.cooling_left_s = 0.0
        self.frequency_actual_mhz = 0.0
        self.hashrate_ghs = 0.0
        self.averages_ghs = [0.0, 0.0, 0.0, 0.0]
        self.domains_ghs = [0.0, 0.0, 0.0, 0.0]
        self.error_percent = 0.0
        self.error_count = 0
        self.hashing_s = 0.0
        self.shares_accepted = 0
        self.shares_rejected = 0
        self.rejected_for: dict[str, int] = {}
        self.best_session_difficulty = 0.0
        self.pool_difficulty = 0.0
        self.power_watts = self.board.regulator_offset_watts or 1.0
        self.fan_percent = 70.0
        self.fan_rpm = 0
        self.response_ms = 0.0
        self.rssi_dbm = self.random.randint(-70, -42)
        self.free_heap_noise = 0.0
        self._retargeted_s = 0.0
        self._luck = 0.0
        self._wind = 0.0

    def tune(self, tuning: Tuning, now_s: float) -> None:
        """Take *tuning* from *now_s* on; what was before counts with the old one."""
        self.advance(now_s)
        self.tuning = tuning

    def heat_to(self, celsius: float) -> None:
        """Be *celsius* hot now, whatever the reason."""
        self._temperature = celsius
        self.is_too_hot = celsius >= TOO_HOT_CELSIUS

    def cool_for(self, seconds: float) -> None:
        """Do no work for *seconds*, fan at full speed."""
        self.halt = Halt.COOLING
        self.cooling_left_s = seconds
        self.is_too_hot = False

    def advance(self, now_s: float) -> None:
        """Move on to *now_s*; a moment that has passed already changes nothing."""
        elapsed_s = now_s - self._at_s
        if elapsed_s <= 0:
            return
        self._at_s = now_s
        self.uptime_s += elapsed_s
        self.total_uptime_s += elapsed_s
        self._rest(elapsed_s)
        hashed_s = self._hash(elapsed_s)
        self._draw_power()
        self._heat(elapsed_s)
        self._find(hashed_s)
        self._drift(elapsed_s)

    @property
    def is_hashing(self) -> bool:
        """Return whether work is being done."""
        return self.halt is Halt.NONE and self.uptime_s > HASHING_FROM_S

    @property
    def expected_hashrate_ghs(self) -> float:
        """Return frequency x cores x chips, as the firmware computes it."""
        return self.tuning.frequency_mhz * self.board.cores * self.board.chips / 1000

    @property
    def temperature_celsius(self) -> float:
        """Return the chip temperature in the steps of the board's sensor, -1 while the chip is off."""
        if self.uptime_s < SENSORS_AWAKE_S:
            return -1.0
        step = self.board.temperature_step
        return round(self._temperature / step) * step

    @property
    def vr_temperature_celsius(self) -> float:
        """Return the regulator's temperature, 0 on boards without such a sensor."""
        if not self.board.has_vr_sensor:
            return 0.0
        return float(round(self._temperature + 2.0 + 0.35 * self.power_watts / self.board.chips))

    @property
    def core_voltage_actual_mv(self) -> float:
        """Return the measured core voltage: a little below the setting under load."""
        return round(self.tuning.core_voltage_mv - 4.0 - 2.0 * self._wind) if self.halt is Halt.NONE else 0.0

    @property
    def input_current_ma(self) -> float:
        """Return the current at the input."""
        return self.power_watts / self.board.nominal_volts * 1000

    @property
    def input_voltage_mv(self) -> float:
        """Return the input voltage, sagging by 30 mV an ampere."""
        return (self.board.nominal_volts * 1.045) * 1000 - 0.03 * self.input_current_ma

    @property
    def current_ma(self) -> float:
        """Return what the firmware calls current: input, or on a TPS546 the regulator's output."""
        offset = self.board.regulator_offset_watts
        if offset is None:
            return self.input_current_ma
        return max(0.0, self.power_watts - offset) / max(self.tuning.core_voltage_mv / 1000, 0.1) * 1000

    def _rest(self, elapsed_s: float) -> None:
        if self.halt is Halt.COOLING:
            self.cooling_left_s -= elapsed_s
            if self.cooling_left_s <= 0:
                self.halt = Halt.NONE

    def _hash(self, elapsed_s: float) -> float:
        if not self.is_hashing:
            self.hashrate_ghs = 0.0
            self.frequency_actual_mhz = 0.0 if self.halt is not Halt.NONE else 50.0
            self.domains_ghs = [0.0, 0.0, 0.0, 0.0]
            return 0.0
        hashed_s = min(elapsed_s, self.uptime_s - HASHING_FROM_S)
        step = RAMP_MHZ_PER_S * hashed_s
        missing = self.tuning.frequency_mhz - self.frequency_actual_mhz
        self.frequency_actual_mhz += max(-step, min(step, missing))
        self.error_percent = self._errors()
        mean = self.frequency_actual_mhz * self.board.cores * self.board.chips / 1000
        mean *= (1 - self.error_percent / 100) * self._skill
        self.error_count += round(mean * WORK_PER_GH * hashed_s * self.error_percent / 100 / 256)
        self._measure(mean, hashed_s)
        return hashed_s

    def _errors(self) -> float:
        board, tuning = self.board, self.tuning
        strain = tuning.frequency_mhz / board.frequency_mhz - tuning.core_voltage_mv / board.core_voltage_mv
        return min(100.0, 0.2 * math.exp(min(20.0, strain * 25)))

    def _measure(self, mean_ghs: float, hashed_s: float) -> None:
        """Report *mean_ghs* as the firmware sees it: counted in results (noisy), or read from the chips' counters."""
        window_s = 60.0 if self.nature.counts_results else 3.0
        results = max(1.0, mean_ghs * WORK_PER_GH * window_s / 256)
        noise = 1 / math.sqrt(results) if self.nature.counts_results else 0.007
        self._luck = drifted(self.random, self._luck, hashed_s, window_s)
        measured = max(0.0, mean_ghs * (1 + noise * self._luck))
        self.hashing_s += hashed_s
        for place, window in enumerate(AVERAGES_S):
            weight = 1 - math.exp(-hashed_s / max(1e-6, min(window, self.hashing_s)))
            before = self.averages_ghs[place]
            self.averages_ghs[place] = before + (measured - before) * weight if before else measured
        if self.random.random() < self.nature.glitches_per_hour * hashed_s / 3600:
            measured *= self.random.uniform(50, 200)
        self.hashrate_ghs = measured
        shares = [0.96 + 0.08 * self.random.random() for _ in self.domains_ghs]
        whole = measured / sum(shares) / self.board.chips
        self.domains_ghs = [whole * share for share in shares]
        self.total_work += mean_ghs * WORK_PER_GH * hashed_s
        self._work = mean_ghs * WORK_PER_GH * hashed_s

    def _draw_power(self) -> None:
        static = self.board.regulator_offset_watts or 1.0
        load = 0.0
        if self.is_hashing:
            volts = self.tuning.core_voltage_mv / self.board.core_voltage_mv
            load = self.frequency_actual_mhz / self.board.frequency_mhz * volts * volts
        dynamic = max(0.0, self.board.nominal_watts - static) * load
        self.power_watts = static + dynamic * self.random.gauss(1.0, 0.01)

    def _heat(self, elapsed_s: float) -> None:
        self.fan_percent = self._fan()
        resistance = self._cooling_at_full * math.sqrt(100 / max(10.0, self.fan_percent))
        goal = self.ambient_celsius + self.power_watts * resistance
        self._temperature += (goal - self._temperature) * (1 - math.exp(-elapsed_s / HEAT_LAG_S))
        self.is_too_hot = self.halt is Halt.NONE and self._temperature >= TOO_HOT_CELSIUS
        self.fan_rpm = max(0, round(self.fan_percent * self._rpm_per_percent + self.random.uniform(-60, 60)))

    def _fan(self) -> float:
        if self.halt is Halt.COOLING or self.is_too_hot:
            return 100.0
        if self.halt is not Halt.NONE:
            return 30.0
        if not self.tuning.is_fan_auto:
            return max(0.0, min(100.0, self.tuning.fan_percent))
        if self.uptime_s < SENSORS_AWAKE_S:
            return 70.0
        spare = max(1.0, self.tuning.target_celsius - self.ambient_celsius)
        needed = 100 * (self._cooling_at_full * self.power_watts / spare) ** 2
        needed += 3.0 * (self._temperature - self.tuning.target_celsius)
        return max(self.tuning.min_fan_percent, min(100.0, needed))

    def _find(self, hashed_s: float) -> None:
        if hashed_s <= 0:
            return
        found = hardest(self.random, self._work)
        self.best_session_difficulty = max(self.best_session_difficulty, found)
        self.best_difficulty = max(self.best_difficulty, self.best_session_difficulty)
        self._retarget()
        shares = poisson(self.random, self._work / self.pool_difficulty)
        rejected = min(shares, poisson(self.random, shares * self.nature.reject_share))
        self.shares_accepted += shares - rejected
        self.shares_rejected += rejected
        if rejected:
            reason = self.random.choice(REASONS)
            self.rejected_for[reason] = self.rejected_for.get(reason, 0) + rejected

    def _retarget(self) -> None:
        self.pool_difficulty = self.pool_difficulty or self.nature.pool_difficulty
        if not self.nature.has_vardiff or self.uptime_s - self._retargeted_s < VARDIFF_EVERY_S or not self.hashrate_ghs:
            return
        self._retargeted_s = self.uptime_s
        per_s = self.averages_ghs[0] * WORK_PER_GH
        while self.pool_difficulty / per_s < VARDIFF_FASTEST_S:
            self.pool_difficulty *= 2
        while self.pool_difficulty / per_s > VARDIFF_SLOWEST_S and self.pool_difficulty > 1:
            self.pool_difficulty /= 2

    def _drift(self, elapsed_s: float) -> None:
        self._wind = drifted(self.random, self._wind, elapsed_s, 120.0)
        self.rssi_dbm = max(-80, min(-40, self.rssi_dbm + round(self.random.gauss(0.0, min(4.0, 0.3 * math.sqrt(elapsed_s))))))
        self.free_heap_noise = drifted(self.random, self.free_heap_noise, elapsed_s, 10.0)
        if self.is_hashing:
            usual = min(250.0, max(10.0, self.random.lognormvariate(math.log(45.0), 0.6)))
            self.response_ms = usual if self.random.random() > 1e-5 else 15_702_638.0


def reasons_sorted(rejected_for: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return reject reasons and their counts, the most frequent first, as the firmware lists them."""
    return sorted(rejected_for.items(), key=lambda item: -item[1])
