"""Handlers of `/api/v1/settings`: Pluto's own settings, shown and changed."""

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.errors import BadField
from pluto.services.own_settings import GROUPS


async def shown(parts: Parts, _call: Call) -> Answer:
    """Every setting, where its value comes from, and what waits for a restart."""
    rows = await parts.own_settings.rows()
    waiting = [row["name"] for row in rows if row["is_waiting"]]
    return plain({"at": parts.wall_s(), "groups": list(GROUPS), "settings": rows, "waiting_for_restart": waiting})


async def change(parts: Parts, call: Call) -> Answer:
    """Change some of them; all or none."""
    values = call.body.get("values")
    if not isinstance(values, dict):
        raise BadField("values", "values must be an object: setting to value, null for the default")
    await parts.own_settings.change(values)
    return await shown(parts, call)
