"""Which single numbers can be believed, each by its own rule: "no reading" comes as -1, 0, null, or something absurd."""

import math
import re
from typing import Final

from pluto.axeos.wire_fields import Switch, Written

_HOTTEST_CELSIUS: Final = 150.0
_SUFFIXED: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kKMGTPE]?)\s*")
_EXPONENTS: Final = {"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def first(*values: float | None) -> float | None:
    """Return the first that is there; a zero is there."""
    for value in values:
        if value is not None:
            return value
    return None


def positive(value: float | None) -> float | None:
    """Return *value* where zero and less mean "no reading"."""
    return value if value is not None and value > 0 else None


def not_negative(value: float | None) -> float | None:
    """Return *value* where less than zero means "no reading" and zero is real."""
    return value if value is not None and value >= 0 else None


def from_milli(value: float | None) -> float | None:
    """Return volts of millivolts; 0 and less mean "not measured"."""
    return value / 1000 if value is not None and value > 0 else None


def count(value: float | None) -> int | None:
    """Return a whole number of things."""
    return int(value) if value is not None and value >= 0 else None


def celsius(value: float | None) -> float | None:
    """Return a temperature that silicon at work can have."""
    return value if value is not None and 0 < value <= _HOTTEST_CELSIUS else None


def is_on(value: Switch | None) -> bool | None:
    """Return what a boolean, or 0 and 1, says; None where the firmware has no such field."""
    return None if value is None else bool(value)


def suffixed(value: Written | None) -> float | None:
    """Return a number that may be written like `2.03 G` or `572M` (axeos.md 11.2); None for what is no such number."""
    if not isinstance(value, str):
        return not_negative(value)
    found = _SUFFIXED.fullmatch(value)
    if found is None:
        return None
    number = float(f"{found[1]}e{_EXPONENTS[found[2]]}")  # one rounding: a product has two, and shows 2029999999.9999998
    return number if math.isfinite(number) else None
