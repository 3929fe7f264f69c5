"""One decoded answer of a miner, in our words and units."""

from typing import Final

import msgspec

from pluto.model.miner import MacAddress


class Fan(msgspec.Struct, frozen=True, gc=False):
    """One fan: duty in percent, speed in turns a minute; None where the firmware does not say."""

    fan_percent: float | None = None
    fan_rpm: float | None = None


class Pool(msgspec.Struct, frozen=True, gc=False):
    """Where the shares go."""

    stratum_url: str | None = None
    stratum_port: int | None = None
    stratum_user: str | None = None
    pool_difficulty: float | None = None
    is_fallback: bool | None = None
    is_connected: bool | None = None


class Flags(msgspec.Struct, frozen=True, gc=False):
    """What the miner says of itself; None where the firmware has no such field."""

    is_overheated: bool | None = None
    is_paused: bool | None = None
    is_shut_down: bool | None = None
    is_access_point: bool | None = None
    has_found_block: bool | None = None
    has_power_fault: bool = False
    has_hardware_fault: bool = False


class Reported(msgspec.Struct, frozen=True, gc=False):
    """The numbers as the miner gave them, for the metrics of contract D: a -1 or a glitch stays, units are the contract's."""

    power_watts: float | None = None
    voltage_volts: float | None = None
    current_amps: float | None = None
    temperature_celsius: float | None = None
    hashrate_ghs: float | None = None
    shares_accepted: float | None = None
    shares_rejected: float | None = None
    fanspeed_rpm: float | None = None
    uptime_seconds: float | None = None
    free_heap_bytes: float | None = None
    core_voltage_volts: float | None = None
    core_voltage_actual_volts: float | None = None
    frequency_mhz: float | None = None
    vr_temperature_celsius: float | None = None
    free_heap_internal_bytes: float | None = None
    free_heap_spiram_bytes: float | None = None
    fan_rpm: float | None = None
    fan_duty_percent: float | None = None
    version: str | None = None
    stratum_url: str | None = None
    stratum_port: str | None = None
    hostname: str | None = None


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One answer, decoded and judged: a value that is not believable is None, a true zero is 0 (axeos.md 11.1).

    *is_regulator_output_current* says that *current_amps* flows out of the core regulator, not into the miner.
    """

    reported: Reported = Reported()
    mac: MacAddress | None = None
    hostname: str | None = None
    model: str | None = None
    asic_model: str | None = None
    firmware: str | None = None
    hashrate_ghs: float | None = None
    hashrate_1m_ghs: float | None = None
    hashrate_10m_ghs: float | None = None
    hashrate_1h_ghs: float | None = None
    hashrate_1d_ghs: float | None = None
    is_hashrate_glitch: bool = False
    expected_hashrate_ghs: float | None = None
    error_percent: float | None = None
    power_watts: float | None = None
    efficiency_j_per_th: float | None = None
    input_voltage_volts: float | None = None
    current_amps: float | None = None
    is_regulator_output_current: bool = False
    core_voltage_volts: float | None = None
    core_voltage_actual_volts: float | None = None
    frequency_mhz: float | None = None
    frequency_actual_mhz: float | None = None
    chip_temperatures_celsius: tuple[float, ...] = ()
    vr_temperature_celsius: float | None = None
    fans: tuple[Fan, ...] = ()
    shares_accepted: int | None = None
    shares_rejected: int | None = None
    best_difficulty: float | None = None
    best_session_difficulty: float | None = None
    blocks_found: int | None = None
    pool: Pool = Pool()
    pool_response_ms: float | None = None
    wifi_rssi_dbm: float | None = None
    wifi_status: str | None = None
    ip: str | None = None
    uptime_seconds: float | None = None
    free_heap_bytes: float | None = None
    flags: Flags = Flags()

    @property
    def chip_temperature_celsius(self) -> float | None:
        """Return the hottest chip, or None when no sensor says anything believable."""
        return max(self.chip_temperatures_celsius, default=None)

    @property
    def first_fan(self) -> Fan:
        """Return the first fan, or one that says nothing."""
        return self.fans[0] if self.fans else _NO_FAN

    @property
    def is_hashing(self) -> bool | None:
        """Return whether work is done: False at a true 0 GH/s, None when the hash rate is not known."""
        return None if self.hashrate_ghs is None else self.hashrate_ghs > 0


_NO_FAN: Final = Fan()
