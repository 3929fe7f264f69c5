"""The handler of the dashboards."""

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts


async def public(parts: Parts, _call: Call) -> Answer:
    """Every dashboard that is public; those that are not are published, once."""
    return plain(await parts.dashboards.public())
