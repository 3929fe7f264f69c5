"""Which miners name which preset, and which of them are set to another pool than it says."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from pluto.model.miner import MacAddress
from pluto.model.reading import Reading
from pluto.services.presets import Presets, port_of
from pluto.services.views import Views
from pluto.store.presets import Preset

SLICE: Final = 200


class PresetUse(msgspec.Struct, frozen=True):
    """A preset, who names it, and who of those differs from it."""

    preset: Preset
    used_by: Sequence[MacAddress] = ()
    drifted: Sequence[MacAddress] = ()


class PresetUses:
    """Joins presets and miners when somebody asks; costs a look at each miner."""

    def __init__(self, presets: Presets, views: Views) -> None:
        self._presets = presets
        self._views = views

    async def all(self) -> list[PresetUse]:
        """Return every preset with its miners, newest preset first."""
        presets = self._presets.all()
        named = await self._named({preset.uuid: preset for preset in presets})
        return [named.get(preset.uuid, PresetUse(preset)) for preset in presets]

    async def one(self, uuid: str) -> PresetUse:
        """Return one preset with its miners; raises UnknownPreset."""
        preset = self._presets.one(uuid)
        return (await self._named({uuid: preset})).get(uuid, PresetUse(preset))

    async def _named(self, presets: Mapping[str, Preset]) -> dict[str, PresetUse]:
        used: dict[str, list[MacAddress]] = {}
        drifted: dict[str, list[MacAddress]] = {}
        for place, mac in enumerate(self._views.macs()):
            record = self._views.record(mac)
            uuid = record.fields.get("presetUuid")
            if isinstance(uuid, str) and uuid in presets:
                used.setdefault(uuid, []).append(mac)
                if differs(presets[uuid], self._views.view(record).named):
                    drifted.setdefault(uuid, []).append(mac)
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        return {uuid: PresetUse(presets[uuid], macs, drifted.get(uuid, [])) for uuid, macs in used.items()}


def differs(preset: Preset, reading: Reading) -> bool:
    """Return whether a miner is set to another pool than *preset* says; of one on its fallback pool nobody can tell."""
    pool = reading.pool
    if pool.is_fallback:
        return False
    url, port = preset.setting("stratumURL"), port_of(preset.setting("stratumPort"))
    is_elsewhere = isinstance(url, str) and pool.stratum_url is not None and url != pool.stratum_url
    return is_elsewhere or (port is not None and pool.stratum_port is not None and port != pool.stratum_port)
