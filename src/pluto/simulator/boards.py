"""What the boards are made of: chips, nominal tuning, power, sensors."""

from collections.abc import Mapping
from typing import Final

import msgspec


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of hardware; *regulator_offset_watts* is None where input power is measured and not estimated by a TPS546."""

    model: str
    version: str
    asic: str
    chips: int
    cores: int
    frequency_mhz: int
    core_voltage_mv: int
    joules_per_th: float
    nominal_volts: int
    max_watts: int
    regulator_offset_watts: float | None
    has_vr_sensor: bool
    temperature_step: float
    rpm_per_percent: float
    swarm_color: str
    frequency_options: tuple[int, ...]
    voltage_options: tuple[int, ...]

    @property
    def nominal_hashrate_ghs(self) -> float:
        """Return the expected hash rate at the nominal frequency."""
        return self.frequency_mhz * self.cores * self.chips / 1000

    @property
    def nominal_watts(self) -> float:
        """Return the input power at nominal tuning."""
        return self.nominal_hashrate_ghs / 1000 * self.joules_per_th


BOARDS: Final[Mapping[str, Board]] = {
    "ultra": Board(
        model="Ultra",
        version="204",
        asic="BM1366",
        chips=1,
        cores=894,
        frequency_mhz=485,
        core_voltage_mv=1200,
        joules_per_th=26.0,
        nominal_volts=5,
        max_watts=25,
        regulator_offset_watts=None,
        has_vr_sensor=False,
        temperature_step=1.0,
        rpm_per_percent=72.0,
        swarm_color="purple",
        frequency_options=(400, 425, 450, 475, 485, 500, 525, 550, 575),
        voltage_options=(1100, 1150, 1200, 1250, 1300),
    ),
    "supra": Board(
        model="Supra",
        version="401",
        asic="BM1368",
        chips=1,
        cores=1276,
        frequency_mhz=490,
        core_voltage_mv=1166,
        joules_per_th=21.0,
        nominal_volts=5,
        max_watts=40,
        regulator_offset_watts=None,
        has_vr_sensor=False,
        temperature_step=1.0,
        rpm_per_percent=95.0,
        swarm_color="blue",
        frequency_options=(400, 425, 450, 475, 485, 490, 500, 525, 550, 575),
        voltage_options=(1100, 1150, 1166, 1200, 1250, 1300),
    ),
    "gamma": Board(
        model="Gamma",
        version="601",
        asic="BM1370",
        chips=1,
        cores=2040,
        frequency_mhz=525,
        core_voltage_mv=1150,
        joules_per_th=17.0,
        nominal_volts=5,
        max_watts=40,
        regulator_offset_watts=5.0,
        has_vr_sensor=True,
        temperature_step=0.125,
        rpm_per_percent=80.0,
        swarm_color="green",
        frequency_options=(400, 490, 525, 550, 600, 625),
        voltage_options=(1000, 1060, 1100, 1150, 1200, 1250),
    ),
    "gamma602": Board(
        model="Gamma",
        version="602",
        asic="BM1370",
        chips=1,
        cores=2040,
        frequency_mhz=525,
        core_voltage_mv=1150,
        joules_per_th=16.6,
        nominal_volts=5,
        max_watts=40,
        regulator_offset_watts=5.0,
        has_vr_sensor=True,
        temperature_step=0.125,
        rpm_per_percent=76.0,
        swarm_color="green",
        frequency_options=(400, 490, 525, 550, 600, 625),
        voltage_options=(1000, 1060, 1100, 1150, 1200, 1250),
    ),
    "nerdqaxe++": Board(
        model="NerdQAxe++",
        version="",
        asic="BM1370",
        chips=4,
        cores=2040,
        frequency_mhz=600,
        core_voltage_mv=1150,
        joules_per_th=16.5,
        nominal_volts=12,
        max_watts=100,
        regulator_offset_watts=None,
        has_vr_sensor=True,
        temperature_step=0.0625,
        rpm_per_percent=40.0,
        swarm_color="#e700d8",
        frequency_options=(500, 515, 525, 550, 575, 590, 600),
        voltage_options=(1120, 1130, 1140, 1150, 1160, 1170, 1180, 1190, 1200),
    ),
    "nmaxe": Board(
        model="NMAxe",
        version="",
        asic="BM1366",
        chips=1,
        cores=894,
        frequency_mhz=525,
        core_voltage_mv=1200,
        joules_per_th=25.0,
        nominal_volts=5,
        max_watts=25,
        regulator_offset_watts=None,
        has_vr_sensor=True,
        temperature_step=0.1,
        rpm_per_percent=48.0,
        swarm_color="",
        frequency_options=(400, 450, 500, 525, 550, 575),
        voltage_options=(1100, 1150, 1200, 1250, 1300),
    ),
}
"""Nominal values after the firmware's own tables; efficiency after recorded answers."""
