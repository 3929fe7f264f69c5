"""Handlers of `/api/v1` for Pluto's own health: figures, surroundings, its own log, and a bundle to hand on."""

from typing import Final

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.errors import BadField
from pluto.logs import LEVELS
from pluto.model.secret_text import secrets_masked
from pluto.services.support_bundle import CONTENTS

LOG_COLUMNS: Final = ("at", "level", "text")


async def diagnostics(parts: Parts, _call: Call) -> Answer:
    """How Pluto itself is."""
    return plain({"at": parts.wall_s(), **parts.diagnose()})


async def surroundings(parts: Parts, _call: Call) -> Answer:
    """What is around it."""
    return plain({"at": parts.wall_s(), **await parts.surroundings.now()})


async def own_log(parts: Parts, call: Call) -> Answer:
    """The last lines of its own log, oldest first."""
    level = call.query.get("level", "").upper() or LEVELS[0]
    if level not in LEVELS:
        raise BadField("level", f"level must be one of {', '.join(LEVELS).lower()}")
    wanted = LEVELS[LEVELS.index(level) :]
    rows = [(line.at, line.level.lower(), secrets_masked(line.text)) for line in parts.own_log.lines if line.level in wanted]
    return plain({"at": parts.wall_s(), "columns": LOG_COLUMNS, "rows": rows})


async def bundle_contents(parts: Parts, _call: Call) -> Answer:
    """What a support bundle would hold at this moment."""
    files = await parts.bundle.files()
    rows = [{"name": name, "what": CONTENTS[name], "bytes": len(body)} for name, body in files.items()]
    return plain({"at": parts.wall_s(), "files": rows})


async def bundle(parts: Parts, _call: Call) -> Answer:
    """The bundle."""
    headers = {"Content-Disposition": 'attachment; filename="pluto-support.zip"', "Cache-Control": "no-store"}
    return Answer(await parts.bundle.packed(), content_type="application/zip", headers=headers)
