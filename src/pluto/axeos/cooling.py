"""Which sensors and fans a firmware names: one word was speed, then duty, then both (axeos.md 5.3)."""

from pluto.axeos.plausible import celsius, first, not_negative, positive
from pluto.axeos.wire_fields import WireInfo
from pluto.model.reading import Fan


def chip_temperatures(wire: WireInfo) -> tuple[float, ...]:
    """Return what the chips' own sensors say, else what the firmware says of the chips; without sensors that say nothing."""
    own = _celsius(*wire.chip_temperatures) if wire.chip_temperatures else ()
    if own:
        return own
    # BitForge: `temp` is the mean of these two, not a third sensor
    return _celsius(wire.first_chip_temperature, wire.second_chip_temperature) or _celsius(
        wire.temperature, wire.second_temperature
    )


def _celsius(*values: float | None) -> tuple[float, ...]:
    return tuple([value for value in values if celsius(value) is not None and value is not None])


def fans(wire: WireInfo) -> tuple[Fan, ...]:
    """Return the fans that are there; one that stands still is."""
    listed = [Fan(_percent(first(fan.percent, fan.speed)), not_negative(fan.rpm)) for fan in wire.fans or ()]
    found = listed or (_first_fan(wire), _second_fan(wire))
    return tuple([fan for fan in found if fan is not None and (fan.fan_percent is not None or fan.fan_rpm is not None)])


def _first_fan(wire: WireInfo) -> Fan:
    is_bitforge = wire.first_chip_temperature is not None
    duty = first(wire.fan_percent, wire.fan_speed if is_bitforge else None)
    speed = first(wire.fan_rpm, wire.fan_speed_rpm, None if is_bitforge else wire.fan_speed)
    return Fan(_percent(duty), not_negative(speed))


def _second_fan(wire: WireInfo) -> Fan | None:
    """AxeOS has one duty for both fans and says 0 rpm where there is no second; NerdQAxe counts its fans."""
    if wire.fan_count is not None and wire.fan_count < 2:
        return None
    if wire.second_fan_percent is not None or wire.fan_count is not None:
        return Fan(_percent(wire.second_fan_percent), not_negative(wire.nerd_second_fan_rpm))
    speed = positive(first(wire.nerd_second_fan_rpm, wire.second_fan_rpm))
    return None if speed is None else Fan(None, speed)


def _percent(duty: float | None) -> float | None:
    return duty if duty is not None and 0 <= duty <= 100 else None
