"""Handlers of the questions to Prometheus: its own status and body are passed on."""

from http import HTTPStatus

from pluto.api.call import Answer, Call
from pluto.api.parts import Parts


async def query(parts: Parts, call: Call) -> Answer:
    """At one moment."""
    relayed = await parts.relay.instant(call.query)
    return Answer(relayed.body, HTTPStatus(relayed.status))


async def query_range(parts: Parts, call: Call) -> Answer:
    """Over a range."""
    relayed = await parts.relay.over_range(call.query)
    return Answer(relayed.body, HTTPStatus(relayed.status))
