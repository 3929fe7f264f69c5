"""What the maker of a miner offers to choose from: clocks and core voltages."""

import msgspec


class AsicOptions(msgspec.Struct, frozen=True, gc=False):
    """Steps that the firmware suggests, in its order; None and empty where it does not say."""

    asic_model: str | None = None
    model: str | None = None
    asic_count: int | None = None
    frequencies_mhz: tuple[float, ...] = ()
    default_frequency_mhz: float | None = None
    core_voltages_volts: tuple[float, ...] = ()
    default_core_voltage_volts: float | None = None
