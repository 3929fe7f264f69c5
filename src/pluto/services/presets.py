"""The presets a user keeps, and what applying one means (contract H)."""

import math
import re
from typing import Final

from pluto.errors import BadField, UnknownPreset
from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret
from pluto.store.presets import Preset, PresetStore

MAX_NAME: Final = 128
VERSION: Final = "version"
"""Counts how often a preset was revised; one that never was has none."""
_TEXTS: Final = ("stratumURL", "stratumUser", "stratumPassword")
_PORT: Final = "stratumPort"
_APPLIED: Final = ("stratumURL", _PORT, "stratumPassword")
_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]{1,15}(\.[0-9]*)?\s*", re.ASCII)


class Presets:
    """What a user can ask about presets."""

    def __init__(self, store: PresetStore) -> None:
        self._store = store

    def all(self) -> list[Preset]:
        """Return every preset, newest first."""
        return self._store.all()

    def one(self, uuid: str) -> Preset:
        """Return a preset; raises UnknownPreset."""
        preset = self._store.get(uuid)
        if preset is None:
            raise UnknownPreset("Preset not found")
        return preset

    async def create(self, given: JsonObject) -> Preset:
        """Keep a new preset; raises BadRequest where a member has a wrong type, StorageFull."""
        _check(given)
        return await self._store.create(given)

    async def revise(self, uuid: str, given: JsonObject) -> Preset:
        """Give a preset the name and configuration *given*; a secret that is absent there stays, null takes it away.

        Raises UnknownPreset, BadField where a member has a wrong type, StorageFull.
        """
        if not isinstance(given.get("name"), str):
            raise BadField("name", "name must be a text")
        if not isinstance(given.get("configuration"), dict):
            raise BadField("configuration", "configuration must be an object")
        _check(given)
        return await self._store.revise(uuid, lambda before: _revised(before, given))

    async def copy(self, uuid: str, name: str) -> Preset:
        """Keep the settings of a preset, the secrets among them, a second time as *name*; raises UnknownPreset, StorageFull."""
        members = {**self.one(uuid).reveal(), "name": name}
        members.pop(VERSION, None)
        _check(members)
        return await self._store.create(members)

    async def delete(self, uuid: str) -> Preset:
        """Delete a preset, take it from the miners that name it, and return it; raises UnknownPreset, StorageFull."""
        return await self._store.delete(uuid)


def applied(preset: Preset, info: JsonObject) -> tuple[JsonObject, list[str]]:
    """Return *info* with the preset's pool over it, and which fields the preset gave.

    Host, port and password are the preset's alone: one that it lacks is not sent at all. The user is never the preset's.
    """
    given: JsonObject = {name: preset.setting(name) for name in _APPLIED}
    given[_PORT] = port_of(given[_PORT])
    known = {name: value for name, value in given.items() if value is not None}
    return {**{name: value for name, value in info.items() if name not in _APPLIED}, **known}, list(known)


def port_of(value: Json) -> Json:
    """Return a preset's port as a miner wants it: a number; text that is none is 0, what is not there stays None."""
    if not isinstance(value, str):
        return value
    number = float(value) if _NUMBER.fullmatch(value) else 0.0
    return int(number) if number == math.floor(number) else number


def _revised(before: JsonObject, given: JsonObject) -> JsonObject:
    old, new = before.get("configuration"), given["configuration"]
    kept = {name: value for name, value in old.items() if is_secret(name, value)} if isinstance(old, dict) else {}
    wanted = {**kept, **new} if isinstance(new, dict) else kept
    version = before.get(VERSION)
    return {
        **before,
        "name": given["name"],
        "configuration": {name: value for name, value in wanted.items() if value is not None},
        VERSION: (version if isinstance(version, int) else 1) + 1,
    }


def _check(given: JsonObject) -> None:
    name = given.get("name", "-")
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_NAME:
        raise BadField("name", f"name must be a text of 1 to {MAX_NAME} characters")
    configuration = given.get("configuration", {})
    if not isinstance(configuration, dict):
        raise BadField("configuration", "configuration must be an object")
    for member in _TEXTS:
        if not isinstance(configuration.get(member), str | None):
            raise BadField(member, f"{member} must be a text")
    port = configuration.get(_PORT)
    if isinstance(port, bool) or not isinstance(port, int | float | str | None):
        raise BadField(_PORT, f"{_PORT} must be a number, or a text that holds one")
