"""What can be set on a miner, as a form shows it: what is set now, its unit, and what the firmware takes (axeos.md 6); pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from pluto.axeos import nested
from pluto.axeos.firmware import Dialect, Firmware, firmware_of
from pluto.axeos.settable import FALLBACK, PASSWORDS, PRIMARY, needs_restart
from pluto.model.asic_options import AsicOptions
from pluto.model.json_value import Json, JsonObject
from pluto.model.tuning import tuning_of


class Choice(msgspec.Struct, frozen=True):
    """One value that may be set; *is_default* marks the vendor's own."""

    value: float
    is_default: bool = False


class Setting(msgspec.Struct, frozen=True):
    """One field of the form, by the name that a change takes.

    *kind* is text, number, flag, choice or secret; a secret's *value* is always null. With *choices* only these are usual: others
    are possible where *is_open* says so, at a risk. *value* has the type in which the firmware wants it back.
    """

    name: str
    group: str
    kind: str
    value: Json
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: Sequence[Choice] = ()
    is_open: bool = False
    needs_restart: bool = False


class _Row(msgspec.Struct, frozen=True):
    name: str
    group: str
    kind: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[float, ...] = ()


_PORT: Final = 65535
_ROWS: Final = (
    _Row("hostname", "network", "text", high=32),
    *(
        row
        for prefix in (PRIMARY, FALLBACK)
        for row in (
            _Row(f"{prefix}URL", prefix, "text", high=255),
            _Row(f"{prefix}Port", prefix, "number", low=1, high=_PORT),
            _Row(f"{prefix}User", prefix, "text", high=255),
            _Row(f"{prefix}Password", prefix, "secret", high=255),
            _Row(f"{prefix}SuggestedDifficulty", prefix, "number", low=0),
            _Row(f"{prefix}ExtranonceSubscribe", prefix, "flag"),
        )
    ),
    _Row("frequency", "performance", "number", "mhz", low=1, high=_PORT),
    _Row("coreVoltage", "performance", "number", "millivolts", low=1, high=_PORT),
    _Row("autofanspeed", "cooling", "flag"),
    _Row("temptarget", "cooling", "number", "celsius", low=35, high=66),
    _Row("minFanSpeed", "cooling", "number", "percent", low=0, high=99),
    _Row("manualFanSpeed", "cooling", "number", "percent", low=0, high=100),
    _Row("overheat_temp", "cooling", "number", "celsius", low=40, high=90),
    _Row("rotation", "display", "choice", "degrees", choices=(0, 90, 180, 270)),
    _Row("invertscreen", "display", "flag"),
    _Row("flipscreen", "display", "flag"),
    _Row("autoscreenoff", "display", "flag"),
    _Row("displayTimeout", "display", "number", "minutes", low=-1, high=_PORT),
)
_SHOWS_NONE: Final = {f"{PRIMARY}Password": f"{PRIMARY}URL", f"{FALLBACK}Password": f"{FALLBACK}URL"}
"""No firmware shows a password; there is one where there is a pool."""
_NERD_FANS: Final = (0, 1, 2)


def settings_of(info: JsonObject, asic: AsicOptions | None) -> list[Setting]:
    """Return the form for the miner that said *info*; *asic* is what it offers to choose from, None where it did not say."""
    firmware = firmware_of(info)
    shown = nested.shown(info) if firmware.dialect is Dialect.NMAXE else info
    return [_setting(row, shown, firmware, _steps(row.name, info, asic)) for row in _ROWS if _is_there(row, shown)]


def _is_there(row: _Row, shown: JsonObject) -> bool:
    value = shown.get(_SHOWS_NONE.get(row.name, row.name))
    return isinstance(value, str | int | float)


def _setting(row: _Row, shown: JsonObject, firmware: Firmware, steps: Sequence[Choice]) -> Setting:
    value = None if row.name in PASSWORDS else shown.get(row.name)
    kind, choices = row.kind, [*steps, *map(Choice, row.choices)]
    if row.name == "autofanspeed" and firmware.dialect is Dialect.NERDQAXE:
        kind, choices = "choice", [*map(Choice, _NERD_FANS)]
    if kind == "flag" and firmware.dialect is Dialect.NERDQAXE:
        value = bool(value)  # it shows 0 and 1, and skips what comes back as a number
    return Setting(
        row.name,
        row.group,
        kind,
        value,
        row.unit,
        row.low,
        row.high,
        choices,
        is_open=bool(steps),
        needs_restart=needs_restart(firmware, row.name),
    )


def _steps(name: str, info: JsonObject, asic: AsicOptions | None) -> Sequence[Choice]:
    """Return what the maker offers for a clock or a voltage: the miner's own list, else the one known for its ASIC."""
    if name not in _TUNED:
        return ()
    if asic is not None and (said := _TUNED[name](asic)):
        return said
    known = tuning_of((asic.asic_model if asic is not None else None) or str(info.get("ASICModel") or ""))
    if known is None:
        return ()
    return [
        Choice(row.value, row.label != str(row.value))
        for row in (known.frequencies if name == "frequency" else known.core_voltages)
    ]


def _frequencies(asic: AsicOptions) -> Sequence[Choice]:
    return [Choice(step, step == asic.default_frequency_mhz) for step in asic.frequencies_mhz]


def _core_voltages(asic: AsicOptions) -> Sequence[Choice]:
    return [Choice(round(step * 1000), step == asic.default_core_voltage_volts) for step in asic.core_voltages_volts]


_TUNED: Final[Mapping[str, Callable[[AsicOptions], Sequence[Choice]]]] = {
    "frequency": _frequencies,
    "coreVoltage": _core_voltages,
}
