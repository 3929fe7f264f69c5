"""Handlers of the presets: shown without their passwords."""

import msgspec

from pluto.api.call import Answer, Call, said
from pluto.api.parts import Parts
from pluto.store.presets import Preset


async def retrieved(parts: Parts, call: Call) -> Answer:
    """All presets."""
    shown = [preset.shown() for preset in parts.presets.all()]
    return said("Presets retrieved successfully", msgspec.json.encode(shown))


async def retrieved_one(parts: Parts, call: Call) -> Answer:
    """One preset."""
    return _said("Preset retrieved successfully", parts.presets.one(call.parameters["id"]))


async def create(parts: Parts, call: Call) -> Answer:
    """Keep a preset."""
    return _said("Preset created successfully", await parts.presets.create(call.body))


async def delete(parts: Parts, call: Call) -> Answer:
    """Forget a preset."""
    return _said("Preset deleted successfully", await parts.presets.delete(call.parameters["id"]))


def _said(message: str, preset: Preset) -> Answer:
    return said(message, msgspec.json.encode(preset.shown()))
