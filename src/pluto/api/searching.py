"""Handlers of `/api/v1/discovery`: start a search, look at it, stop it."""

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.services.searches import SEARCH_COLUMNS


async def begin(parts: Parts, _call: Call) -> Answer:
    """Start a search, or join the one that runs."""
    id_ = parts.searches.begin()
    return plain({"at": parts.wall_s(), "id": id_, "state": parts.searches.shown(id_)["state"]})


async def look(parts: Parts, call: Call) -> Answer:
    """How a search stands, and what it found."""
    shown = parts.searches.shown(call.parameters["id"])
    return plain({"at": parts.wall_s(), "search": shown, "columns": SEARCH_COLUMNS, "rows": parts.searches.rows()})


async def stop(parts: Parts, call: Call) -> Answer:
    """End a search; what it found stays."""
    id_ = call.parameters["id"]
    await parts.searches.stop(id_)
    return plain({"at": parts.wall_s(), "id": id_, "state": parts.searches.shown(id_)["state"]})
