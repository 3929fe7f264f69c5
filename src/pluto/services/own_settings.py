"""Pluto's own settings as a person sees and changes them: where each value comes from, and from when on a new one counts."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from pluto.discovery.networks import configured_networks
from pluto.errors import BadField, BadRequest, BadSetting
from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret
from pluto.model.standing import Limits
from pluto.settings import SETTINGS, Settings, read_settings
from pluto.store.settings_file import SettingsFile, Value

GROUPS: Final[Mapping[str, Sequence[str]]] = {
    "polling": ("SYSTEM_INFO_TIMEOUT_MS", "AUTO_LISTEN", "PLUTO_FLUSH_S", "DELETE_DATA_ON_DEVICE_REMOVE", "PLUTO_LOG_LEVEL"),
    "discovery": (
        "PLUTO_DISCOVERY_NETWORKS", "PLUTO_DISCOVERY_INTERFACES", "PLUTO_DISCOVERY_MAX_ADDRESSES", "PLUTO_DISCOVERY_MDNS",
        "DISCOVERY_SERVICE_HOST",
    ),
    "thresholds": ("PLUTO_HOT_CHIP_CELSIUS", "PLUTO_HOT_VR_CELSIUS", "PLUTO_LOW_PERCENT", "PLUTO_REJECTED_PERCENT"),
    "costs": ("PLUTO_PRICE_PER_KWH",),
    "history": ("PLUTO_HISTORY", "PLUTO_HISTORY_RAW_HOURS", "PLUTO_HISTORY_MINUTE_DAYS", "PLUTO_HISTORY_HOUR_DAYS"),
    "integrations": ("PROMETHEUS_HOST", "GF_HOST", "PLUTO_METRICS_BY_NAME", "PLUTO_METRICS_BY_LABEL"),
}  # fmt: skip
"""What may be changed here. What decides who reaches Pluto, whom it contacts and where it writes is the operator's alone."""

AT_ONCE: Final = frozenset(
    (*GROUPS["thresholds"], *GROUPS["costs"], "PLUTO_DISCOVERY_NETWORKS", "PLUTO_DISCOVERY_MAX_ADDRESSES", "PLUTO_LOG_LEVEL",
     "DELETE_DATA_ON_DEVICE_REMOVE")
)  # fmt: skip
"""Counts without a restart."""

CHOICES: Final[Mapping[str, Sequence[str]]] = {"PLUTO_LOG_LEVEL": ("debug", "info", "warning", "error")}
"""Settings that are one of a few words."""

_FIELDS: Final = {field.encode_name: field for field in msgspec.structs.fields(Settings)}
_TYPES: Final = {
    field.encode_name: field.type for field in cast("msgspec.inspect.StructType", msgspec.inspect.type_info(Settings)).fields
}
_GROUP_OF: Final = {name: group for group, names in GROUPS.items() for name in names}


class OwnSettings:
    """The settings in force, those that wait for a restart, and how to change them.

    *fixed* names what the environment or the command line says, which no file changes; *changed* hears of new ones in force.
    """

    def __init__(self, settings: Settings, fixed: Collection[str], changed: Callable[[Settings], None]) -> None:
        self._settings = settings
        self._fixed = fixed
        self._changed = changed
        self._file = SettingsFile(Path(settings.data_dir))
        self._began_with = frozenset(_in_file(self._file))
        self._writing = asyncio.Lock()

    @property
    def now(self) -> Settings:
        """Return the settings in force."""
        return self._settings

    async def rows(self) -> list[JsonObject]:
        """Return one row for each setting; raises BadRequest where `pluto.toml` cannot be read."""
        stored = await asyncio.to_thread(self._file.read)
        return [self._row(name, stored) for name in SETTINGS]

    async def change(self, values: JsonObject) -> None:
        """Write these into `pluto.toml` (None: back to the default); those of AT_ONCE count from now on.

        Raises BadField for an unknown, fixed or impossible one with nothing written, StorageFull.
        """
        changes = {name: self._wanted(name, value) for name, value in values.items()}
        if not changes:
            raise BadField("values", "values names at least one setting")
        async with self._writing:
            await asyncio.to_thread(self._file.change, changes)
        stored = _read(self._settings.data_dir, {})
        new = {
            field: getattr(stored, field)
            for field in (_FIELDS[name].name for name in changes if name in AT_ONCE)
            if getattr(stored, field) != getattr(self._settings, field)
        }
        if new:
            self._settings = msgspec.structs.replace(self._settings, **new)
            self._changed(self._settings)

    def _wanted(self, name: str, value: Json) -> Value | None:
        if name not in SETTINGS:
            raise BadField(name[:100], f"{name[:100]} is no setting")
        if name not in _GROUP_OF:
            raise BadField(name, f"{name} is set in the environment or in pluto.toml by whoever runs Pluto, not here")
        if name in self._fixed:
            raise BadField(name, f"{name} is set in the environment, which wins")
        if value is None:
            return None
        wanted = _of_kind(name, value)
        if (problem := _problem(self._settings.data_dir, name, wanted)) is not None:
            raise BadField(name, problem)
        return wanted

    def _row(self, name: str, stored: Mapping[str, object]) -> JsonObject:
        field = _FIELDS[name]
        value, next_value = getattr(self._settings, field.name), stored.get(name, field.default)
        is_hidden = is_secret(name, "set")
        is_waiting = (
            name not in self._fixed and name in (stored.keys() | self._began_with) and _plain(next_value) != _plain(value)
        )
        is_editable = name in _GROUP_OF and name not in self._fixed
        choices: list[Json] = list(CHOICES.get(name, ()))
        row: JsonObject = {
            "name": name,
            "group": _GROUP_OF.get(name),
            "kind": _kind(name),
            "value": None if is_hidden else _plain(value),
            "default": None if is_hidden else _plain(field.default),
            "source": self._source(name, stored, is_default=value == field.default),
            "meaning": SETTINGS[name],
            "is_editable": is_editable,
            "needs_restart": name not in AT_ONCE,
            "after_restart": _plain(next_value) if is_waiting and not is_hidden else None,
            "is_waiting": is_waiting,
            "choices": choices or None,
            "problem": _problem(self._settings.data_dir, name, next_value) if name in stored else None,
        }
        return row | _bounds(name)

    def _source(self, name: str, stored: Mapping[str, object], *, is_default: bool) -> str:
        if name in self._fixed:
            return "environment"
        if name in (stored if name in AT_ONCE else self._began_with):
            return "file"
        return "default" if is_default else "environment"


def limits_of(settings: Settings) -> Limits:
    """Return from where on a value is a condition."""
    return Limits(
        chip_celsius=settings.hot_chip_celsius,
        vr_celsius=settings.hot_vr_celsius,
        low_percent=settings.low_percent,
        rejected_percent=settings.rejected_percent,
    )


def _in_file(file: SettingsFile) -> Mapping[str, object]:
    try:
        return file.read()
    except BadRequest:  # it was read at the start: who broke it meanwhile hears of it when he looks
        return {}


def _kind(name: str) -> str:
    default: object = _FIELDS[name].default
    if isinstance(default, bool):
        return "flag"
    return "number" if isinstance(default, int | float) else "list" if isinstance(default, tuple) else "text"


def _of_kind(name: str, value: Json) -> Value:
    kind = _kind(name)
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    if kind == "flag" and isinstance(value, bool):
        return value
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if kind == "text" and isinstance(value, str) and value.isprintable():
        return value.strip()
    if kind == "list" and isinstance(value, list) and len(texts) == len(value) and all(map(str.isprintable, texts)):
        return [text.strip() for text in texts if text.strip()]
    raise BadField(name, f"{name} must be {_WANTED[kind]}")


_WANTED: Final = {"flag": "true or false", "number": "a number", "text": "a text on one line", "list": "a list of texts"}


def _problem(folder: str, name: str, value: object) -> str | None:
    """Return why *value* cannot be the setting *name*, or None."""
    try:
        configured_networks(_read(folder, {name: _as_variable(value)}))
    except BadSetting as error:
        return str(error)
    return None


def _as_variable(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, cast("Sequence[object]", value)))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(folder: str, given: Mapping[str, str]) -> Settings:
    return read_settings({"PLUTO_DATA_DIR": folder, **given})


def _plain(value: Any) -> Json:
    return list(cast("Sequence[Json]", value)) if isinstance(value, tuple | list) else cast("Json", value)


def _bounds(name: str) -> JsonObject:
    kind = _TYPES[name]
    if not isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        return {}
    least = kind.ge if kind.ge is not None else kind.gt
    most = kind.le if kind.le is not None else None if kind.lt is None else kind.lt - 1
    return {"minimum": least, "maximum": most}
