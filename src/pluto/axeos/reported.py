"""Which numbers count as reported, for the metrics of contract D: what the miner said, in volts and amperes, not judged."""

import msgspec

from pluto.axeos.wire_fields import WireInfo, Written
from pluto.model.reading import Reported


class Named(msgspec.Struct, frozen=True, gc=False):
    """The words of a `Reported`."""

    version: str | None
    stratum_url: str | None
    stratum_port: str | None
    hostname: str | None


def named(wire: WireInfo) -> Named:
    """Return the words as the miner gave them."""
    return Named(wire.version, wire.stratum_url, _as_text(wire.stratum_port), wire.hostname or None)


def reported(wire: WireInfo, words: Named) -> Reported:
    """Return the numbers as the miner gave them, None where it gave none, and *words*."""
    return Reported(
        power_watts=wire.power,
        voltage_volts=_from_milli(wire.voltage),
        current_amps=_from_milli(wire.current),
        temperature_celsius=wire.temperature,
        hashrate_ghs=_first(wire.hashrate, wire.hashrate_10m),
        shares_accepted=wire.shares_accepted,
        shares_rejected=wire.shares_rejected,
        fanspeed_rpm=_first(wire.fan_speed_rpm, wire.fan_percent),
        uptime_seconds=wire.uptime,
        free_heap_bytes=wire.free_heap,
        core_voltage_volts=_from_milli(wire.core_voltage),
        core_voltage_actual_volts=_from_milli(wire.core_voltage_actual),
        frequency_mhz=wire.frequency,
        vr_temperature_celsius=wire.vr_temperature,
        free_heap_internal_bytes=wire.free_heap_internal,
        free_heap_spiram_bytes=wire.free_heap_spiram,
        fan_rpm=_first(_first(wire.fan_rpm, wire.fan_speed_rpm), wire.fan_speed),
        fan_duty_percent=wire.fan_percent,
        version=words.version,
        stratum_url=words.stratum_url,
        stratum_port=words.stratum_port,
        hostname=words.hostname,
    )


def _from_milli(value: float | None) -> float | None:
    return None if value is None else value / 1000


def _first(value: float | None, other: float | None) -> float | None:
    return other if value is None else value


def _as_text(port: Written | None) -> str | None:
    return port if port is None or isinstance(port, str) else f"{port:.15g}"
