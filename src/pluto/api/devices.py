"""Handlers of the miners: parse, ask one service, answer in the contract's words."""

from collections.abc import Mapping

import msgspec

from pluto.api.call import Answer, Call, listed, plain, said
from pluto.api.parts import Parts
from pluto.api.wire import devices_json, record_json, tuned_record_json
from pluto.errors import BadRequest, NotFound
from pluto.model.match import WAYS, Query
from pluto.model.miner import parse_host

PARTIAL_SYNONYMS: Mapping[str, str] = {"true": "both", "false": "none"}


async def discover(parts: Parts, call: Call) -> Answer:
    """Search now."""
    ip = call.query.get("ip") or None
    if ip is not None and parse_host(ip) is None:
        raise BadRequest("ip must be an IPv4 address like 192.168.1.40")
    return Answer(devices_json(await parts.discover.now(ip, call.query.get("mac") or None)))


async def discovered(parts: Parts, call: Call) -> Answer:
    """What earlier searches found."""
    query = Query(
        macs=call.words("macs"),
        ips=call.words("ips"),
        hostnames=call.words("hostnames"),
        partial_macs=_way(call, "partialMacs"),
        partial_ips=_way(call, "partialIps"),
        partial_hostnames=_way(call, "partialHostnames"),
    )
    return Answer(devices_json(await parts.discover.known(query)))


async def imprint(parts: Parts, call: Call) -> Answer:
    """Register miners."""
    return listed("Devices imprint successful", await parts.imprint.imprint(call.texts("macs")), record_json)


async def imprint_one(parts: Parts, call: Call) -> Answer:
    """Register one more miner; answers all of them."""
    return listed("Devices imprint successful", await parts.imprint.add(call.text("mac")), record_json)


async def imprinted(parts: Parts, call: Call) -> Answer:
    """All records, with tuning options."""
    return listed("Devices retrieved successfully", parts.imprint.all(call.query.get("q", "")), tuned_record_json)


async def imprinted_one(parts: Parts, call: Call) -> Answer:
    """One record, or null."""
    return said("Device retrieved successfully", record_json(parts.imprint.one(call.parameters["id"])))


async def update(parts: Parts, call: Call) -> Answer:
    """Merge over a record."""
    if parts.imprint.one(call.parameters["id"]) is None:
        raise NotFound("Device not found")
    record = await parts.imprint.update(call.parameters["id"], call.object("device"))
    return said("Device updated successfully", record_json(record))


async def remove(parts: Parts, call: Call) -> Answer:
    """Forget a miner."""
    return said("Device deleted successfully", record_json(await parts.remove.miner(call.parameters["id"])))


async def by_preset(parts: Parts, call: Call) -> Answer:
    """The records that name a preset."""
    found = parts.imprint.by_preset(call.parameters["presetId"])
    return listed("Devices by preset retrieved successfully", found, record_json)


async def restart(parts: Parts, call: Call) -> Answer:
    """Restart a miner."""
    answer = await parts.restart.miner(call.parameters["id"])
    return said("Device restarted successfully", msgspec.json.encode(answer))


async def configure(parts: Parts, call: Call) -> Answer:
    """Change what a miner is set to."""
    done = await parts.configure.miner(call.parameters["id"], call.body)
    answer: dict[str, object] = {"message": "Device system info updated successfully", "data": done.data}
    if done.not_applied:
        answer["notApplied"] = done.not_applied
    return plain(answer)


async def listen(parts: Parts, call: Call) -> Answer:
    """Watch exactly these miners, or all."""
    traces = call.flag("traceLogs")
    everybody = call.body.get("macs") is None
    records = await (parts.watch.all(traces=traces) if everybody else parts.watch.listen(call.texts("macs"), traces=traces))
    return listed("Devices listeners set successfully", records, record_json)


def _way(call: Call, name: str) -> str:
    word = call.query.get(name) or call.query.get("partialMatch") or "both"
    way = PARTIAL_SYNONYMS.get(word, word)
    if way not in WAYS:
        raise BadRequest(f"{name} must be one of {', '.join(WAYS)}")
    return way
