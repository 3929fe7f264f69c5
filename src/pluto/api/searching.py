"""Handlers of `/api/v1/discovery`: where one can search, start a search, look at it, stop it, try one address."""

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.errors import BadField
from pluto.services.named_host import NoHost, host_of
from pluto.services.searches import SEARCH_COLUMNS


async def places(parts: Parts, _call: Call) -> Answer:
    """Where miners can be looked for, and how the last search stands."""
    where = parts.search_places
    members = {"networks": where.rows(), "service": where.service, "max_addresses": where.most, "search": parts.searches.shown()}
    return plain({"at": parts.wall_s(), **members})


async def check(parts: Parts, call: Call) -> Answer:
    """Try one address, step by step."""
    address = call.body.get("address")
    if not isinstance(address, str):
        raise BadField("address", "address must be a text like 192.168.1.40")
    try:
        steps = await parts.check.steps(await host_of(address.strip()))
    except NoHost as error:
        raise BadField("address", str(error)) from error
    return plain(
        {"at": parts.wall_s(), "address": address.strip(), "is_miner": all(step.is_ok for step in steps), "steps": steps}
    )


async def begin(parts: Parts, call: Call) -> Answer:
    """Start a search, or join the one that runs."""
    texts = call.body.get("networks")
    networks = [text for text in texts if isinstance(text, str)] if isinstance(texts, list) else []
    if texts is not None and (not isinstance(texts, list) or len(networks) != len(texts)):
        raise BadField("networks", "networks must be a list of texts like 192.168.1.0/24")
    id_ = parts.searches.begin(parts.search_places.wanted(networks))
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
