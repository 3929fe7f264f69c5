"""The presets: named pool settings, stored with their password, shown without (contract H)."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pluto.clock import Clock, iso_milliseconds
from pluto.errors import BadRequest, UnknownPreset
from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import without_secrets
from pluto.store.collection import Collection, json_object
from pluto.store.level import Level
from pluto.store.miners import MinerStore
from pluto.store.seal import MARK, Seal, has_sealed

LIST_KEY: Final = "presets"


class Preset:
    """One stored preset; printing shows its uuid alone."""

    __slots__ = ("_members",)

    def __init__(self, members: JsonObject) -> None:
        self._members = members

    @property
    def uuid(self) -> str:
        """Return its id."""
        return str(self._members["uuid"])

    @property
    def created_at(self) -> str:
        """Return when it was made, as stored."""
        return str(self._members.get("createdAt", ""))

    def shown(self) -> JsonObject:
        """Return what a client may see: everything but the secrets."""
        return without_secrets(self._members)

    def reveal(self) -> JsonObject:
        """Return everything, the password included: for the device and the database alone."""
        return self._members

    def setting(self, name: str) -> Json:
        """Return the setting *name* of its configuration, the password included, or None where there is none."""
        configuration = self._members.get("configuration")
        return configuration.get(name) if isinstance(configuration, dict) else None

    def __repr__(self) -> str:
        return f"Preset({self.uuid})"


class PresetStore:
    """Every preset, in memory and on disk."""

    def __init__(self, level: Level, miners: MinerStore, *, clock: Clock, seal: Seal) -> None:
        self._level = level
        self._miners = miners
        self._clock = clock
        self._seal = seal
        self._collection = Collection(level, LIST_KEY)
        self._presets: dict[str, Preset] = {}

    def load(self, items: Mapping[str, bytes]) -> None:
        """Take the presets from the *items* of the database; raises SealBroken."""
        self._presets = self._collection.load(items, self._read)

    def get(self, uuid: str) -> Preset | None:
        """Return the preset *uuid*, or None."""
        return self._presets.get(uuid)

    def all(self) -> list[Preset]:
        """Return every preset, newest `createdAt` first; equals in list order."""
        return sorted(self._presets.values(), key=_created_at, reverse=True)

    async def create(self, given: JsonObject) -> Preset:
        """Store a preset with the members *given* and an id and times of ours; raises BadRequest, StorageFull."""
        moment = self._clock.utc()
        uuid, now = str(uuid7(moment)), iso_milliseconds(moment)
        preset = Preset({**given, "uuid": uuid, "createdAt": now, "updatedAt": now})
        value = self._sealed(preset)
        async with self._level.writing:
            await self._collection.commit({uuid: value}, sync=True, then=lambda: self._presets.update({uuid: preset}))
        return preset

    async def revise(self, uuid: str, change: Callable[[JsonObject], JsonObject]) -> Preset:
        """Store what *change* makes of the members of preset *uuid*, secrets included.

        Raises UnknownPreset, BadRequest, StorageFull; then it is as it was.
        """
        async with self._level.writing:
            before = self._presets.get(uuid)
            if before is None:
                raise UnknownPreset("there is no such preset")
            kept = {"uuid": uuid, "createdAt": before.created_at, "updatedAt": iso_milliseconds(self._clock.utc())}
            preset = Preset({**change(before.reveal()), **kept})
            value = self._sealed(preset)
            await self._collection.commit({uuid: value}, sync=True, then=lambda: self._presets.update({uuid: preset}))
        return preset

    async def delete(self, uuid: str) -> Preset:
        """Delete the preset *uuid*, take it from the miners that name it, in one write; raises UnknownPreset, StorageFull."""
        async with self._level.writing:
            preset = self._presets.get(uuid)
            if preset is None:
                raise UnknownPreset("there is no such preset")
            changes, cleared = self._miners.clearing(uuid)

            def stored() -> None:
                del self._presets[uuid]
                cleared()

            await self._collection.commit({uuid: None}, sync=True, then=stored, also=changes)
            return preset

    async def seal_again(self, seal: Seal) -> int:
        """Store every preset as *seal* closes it, all in one write, and nothing of how it was; return how many there are."""
        async with self._level.writing:
            values = {id_: msgspec.json.encode(seal.close(preset.reveal(), id_)) for id_, preset in self._presets.items()}
            if values:
                await self._collection.commit(values, sync=True)
                await self._level.compact()
        return len(values)

    def _sealed(self, preset: Preset) -> bytes:
        if has_sealed(preset.reveal()):
            raise BadRequest(f"a password cannot begin with {MARK}")
        return msgspec.json.encode(self._seal.close(preset.reveal(), preset.uuid))

    def _read(self, key: str, value: bytes, _: int) -> Preset:
        return Preset(self._seal.open({**json_object(value), "uuid": key}, key))


def uuid7(moment: datetime) -> UUID:
    """Return a version 7 UUID (RFC 9562) of *moment*: milliseconds, then chance."""
    milliseconds = int(moment.timestamp() * 1000)
    chance = int.from_bytes(os.urandom(10)) & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62 | chance)


def _created_at(preset: Preset) -> str:
    return preset.created_at
