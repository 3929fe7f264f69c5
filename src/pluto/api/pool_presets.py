"""Handlers of `/api/v1/presets`: presets with the miners that use them; a password goes in and never out."""

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.errors import BadField
from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret, without_secrets
from pluto.services.preset_use import PresetUse
from pluto.services.presets import VERSION


async def listed(parts: Parts, _call: Call) -> Answer:
    """All presets, with who uses each and who differs from it."""
    return plain({"at": parts.wall_s(), "presets": [_shown(use) for use in await parts.preset_uses.all()]})


async def one(parts: Parts, call: Call) -> Answer:
    """One preset with its miners."""
    return await _answered(parts, call.parameters["id"])


async def revise(parts: Parts, call: Call) -> Answer:
    """Change a preset; a password that is absent stays."""
    uuid = call.parameters["id"]
    await parts.presets.revise(uuid, call.body)
    return await _answered(parts, uuid)


async def copy(parts: Parts, call: Call) -> Answer:
    """Keep a preset a second time; its password does not leave the server."""
    name = call.body.get("name")
    if not isinstance(name, str):
        raise BadField("name", "name must be a text")
    return await _answered(parts, (await parts.presets.copy(call.parameters["id"], name)).uuid)


async def _answered(parts: Parts, uuid: str) -> Answer:
    return plain({"at": parts.wall_s(), "preset": _shown(await parts.preset_uses.one(uuid))})


def _shown(use: PresetUse) -> JsonObject:
    members = use.preset.reveal()
    configuration: Json = members.get("configuration")
    settings = configuration if isinstance(configuration, dict) else {}
    used_by: list[Json] = list(use.used_by)
    drifted: list[Json] = list(use.drifted)
    secrets: list[Json] = [name for name, value in sorted(settings.items()) if is_secret(name, value)]
    return {
        "uuid": use.preset.uuid,
        "name": members.get("name"),
        "version": members.get(VERSION, 1),
        "created_at": use.preset.created_at,
        "updated_at": members.get("updatedAt"),
        "configuration": without_secrets(settings),
        "secrets_set": secrets,
        "used_by": used_by,
        "drifted": drifted,
    }
