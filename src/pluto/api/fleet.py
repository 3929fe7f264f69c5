"""Handlers of `/api/v1` for the miners that are ours: the table, one miner, adding, watching, forgetting."""

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.axeos.beside import pools_of, rejections_of
from pluto.axeos.verbs import Verb, commands_of
from pluto.errors import BadField
from pluto.metrics.exposition import compressed
from pluto.model.columns import FLEET, ONE, ONE_ROWS, names
from pluto.model.json_value import Json, JsonObject, parse_object
from pluto.model.miner import parse_any_mac
from pluto.model.record import Record
from pluto.services.add import Added

POLL_COLUMNS: Final = ("at", "duration_ms", "result", "detail")


async def table(parts: Parts, call: Call) -> Answer:
    """All miners in columns; 304 while nothing changed."""
    tag = parts.views.tag
    if tag in call.known_tags:
        return Answer(b"", HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    opening = {"at": parts.wall_s(), "interval_s": parts.interval_s, "columns": names(FLEET), "rows": []}
    pieces = _table(msgspec.json.encode(opening)[: -len(b"]}")], parts.views.rows())
    if call.accepts_gzip:
        return Answer(headers=headers | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}, pieces=compressed(pieces))
    return Answer(headers=headers, pieces=pieces)


async def _table(opening: bytes, slices: AsyncIterable[list[list[Json]]]) -> AsyncGenerator[bytes]:
    async for rows in slices:
        yield opening + msgspec.json.encode(rows)[1:-1]
        opening = b","
    yield (b"" if opening == b"," else opening) + b"]}"


async def one(parts: Parts, call: Call) -> Answer:
    """One miner's view."""
    record = _miner(parts, call)
    row = parts.views.row(record.mac, ONE_ROWS) or []
    info, limits = parse_object(record.info), parts.views.limits
    members = {
        "miner": dict(zip([column.name for column in ONE], row, strict=True)),
        "can": list(commands_of(info)),
        "pools": pools_of(info),
        "rejected_for": rejections_of(info),
        "limits": {"chip_temperature_celsius": limits.chip_celsius, "vr_temperature_celsius": limits.vr_celsius},
    }
    return plain({"at": parts.wall_s(), **members})


async def raw(parts: Parts, call: Call) -> Answer:
    """The last good answer of a miner."""
    record = _miner(parts, call)
    view = parts.views.view(record)
    members = {"at": parts.wall_s(), "mac": record.mac, "reading_at": view.reading_at, "info": msgspec.Raw(record.info)}
    return plain(members)


async def polls(parts: Parts, call: Call) -> Answer:
    """The last polls of a miner."""
    past = parts.views.polls(_miner(parts, call))
    rows = [(poll.at_s, round(poll.took_s * 1000, 1), poll.result, poll.detail) for poll in past]
    return plain({"at": parts.wall_s(), "columns": POLL_COLUMNS, "rows": rows})


async def add(parts: Parts, call: Call) -> Answer:
    """Imprint miners by MAC or address, a result each."""
    macs, addresses = _list(call, "macs"), _list(call, "addresses")
    macs = [parse_any_mac(mac) or mac for mac in macs]
    added = await parts.add.all(macs, addresses, watch=call.flag("watch") is not False)
    parts.dashboards.draw_overview()
    return plain({"at": parts.wall_s(), "results": [_result(one) for one in added]})


async def remove(parts: Parts, call: Call) -> Answer:
    """Forget a miner, its history too where the query says so."""
    record = await parts.remove.miner(_miner(parts, call).key)
    if call.query.get("history", "").lower() == "true":
        parts.forget_history(record.mac)
    return plain({"at": parts.wall_s(), **_who(record)})


async def watch(parts: Parts, call: Call) -> Answer:
    """Begin to poll one miner."""
    record = _miner(parts, call)
    await parts.watch.also([record.mac])
    parts.dashboards.draw_overview()
    return _watched(parts, record)


async def unwatch(parts: Parts, call: Call) -> Answer:
    """End polling one miner."""
    record = _miner(parts, call)
    parts.watch.leave(record)
    return _watched(parts, record)


async def restart(parts: Parts, call: Call) -> Answer:
    """Restart one miner."""
    record = _miner(parts, call)
    await parts.restart.miner(record.key)
    return plain({"at": parts.wall_s(), "mac": record.mac})


async def identify(parts: Parts, call: Call) -> Answer:
    """Let one miner show itself."""
    return await _told(parts, call, Verb.IDENTIFY)


async def pause(parts: Parts, call: Call) -> Answer:
    """Let one miner stop hashing."""
    return await _told(parts, call, Verb.PAUSE)


async def resume(parts: Parts, call: Call) -> Answer:
    """Let one miner hash again."""
    return await _told(parts, call, Verb.RESUME)


async def settings(parts: Parts, call: Call) -> Answer:
    """What can be set on one miner."""
    record = _miner(parts, call)
    offered = await parts.offer.of(record)
    members = {"at": parts.wall_s(), "mac": record.mac, "choices_by_miner": offered.by_miner, "settings": offered.settings}
    return plain(members)


async def change(parts: Parts, call: Call) -> Answer:
    """Change settings of one miner."""
    record = _miner(parts, call)
    done = await parts.configure.miner(record.key, {"info": call.object("settings")})
    return plain({"at": parts.wall_s(), "mac": record.mac, "not_applied": done.not_applied})


async def _told(parts: Parts, call: Call, verb: Verb) -> Answer:
    record = _miner(parts, call)
    await parts.instruct.miner(record.key, verb)
    return plain({"at": parts.wall_s(), "mac": record.mac})


def _watched(parts: Parts, record: Record) -> Answer:
    return plain({"at": parts.wall_s(), "mac": record.mac, "is_watched": parts.watch.is_watched(record.mac)})


def _miner(parts: Parts, call: Call) -> Record:
    asked = call.parameters["mac"]
    return parts.views.record(parse_any_mac(asked) or asked)


def _list(call: Call, name: str) -> Sequence[str]:
    value = call.body.get(name)
    if value is None:
        return ()
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(texts) != len(value):
        raise BadField(name, f"{name} must be a list of texts")
    return texts


def _result(added: Added) -> JsonObject:
    members: JsonObject = {"asked": added.asked, "result": added.result}
    if added.record is not None:
        members |= _who(added.record)
    if added.reason is not None:
        members["reason"] = added.reason
    return members


def _who(record: Record) -> JsonObject:
    return {"mac": record.mac, "host": record.host, "hostname": record.hostname}
