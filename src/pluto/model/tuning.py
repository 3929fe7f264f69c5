"""Which frequencies and core voltages the vendors offer for each ASIC."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec


class TuningChoice(msgspec.Struct, frozen=True):
    """One choice: *value* in MHz or mV, and the text a person picks it by."""

    label: str
    value: int


class Tuning(msgspec.Struct, frozen=True):
    """What may be set: frequencies in MHz, core voltages in mV."""

    frequencies: Sequence[TuningChoice]
    core_voltages: Sequence[TuningChoice]


def _choices(text: str) -> tuple[TuningChoice, ...]:
    """Return the choices of a row below; the one with a star is the vendor's default."""
    values = sorted((int(word.rstrip("*")), word.endswith("*")) for word in text.split())
    return tuple(TuningChoice(f"{value} (default)" if is_default else str(value), value) for value, is_default in values)


TUNING: Final[Mapping[str, Tuning]] = {
    asic: Tuning(_choices(frequencies), _choices(core_voltages))
    for asic, frequencies, core_voltages in (
        (
            "BM1397",
            "400 425* 450 475 485 500 525 550 575 590 600 610 620 630 640 650",
            "1150 1100 1200 1250 1300 1350 1400 1450 1500",
        ),
        ("BM1366", "400 425 450 475 485* 500 525 550 575", "1100 1150 1200* 1250 1300"),
        ("BM1368", "400 425 450 475 490* 500 525 550 575", "1100 1150 1166* 1200 1250 1300"),
        ("BM1370", "400 490 525* 550 575 600 625", "1000 1060 1100 1150* 1200 1250"),
    )
}
_ASIC: Final = re.compile(r"BM\d{4}")


def tuning_of(asic_model: str) -> Tuning | None:
    """Return the choices for `BM1370`, or for the first such word in a longer name; None for an unknown ASIC."""
    if (known := TUNING.get(asic_model)) is not None:
        return known
    found = _ASIC.search(asic_model)
    return TUNING.get(found[0]) if found else None
