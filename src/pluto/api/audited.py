"""Which writes are noted in the audit log, under which name, and what of a thing is looked at before and after."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from pluto.api.call import Answer, Call
from pluto.api.parts import Parts
from pluto.api.routes import Route
from pluto.audit.entry import DONE, differences
from pluto.model.json_value import JsonObject, parse_object
from pluto.model.miner import parse_any_mac
from pluto.model.record import Record, miner_id
from pluto.services.presets import VERSION

States = Mapping[str, JsonObject]
"""Of each target (a MAC, a preset's id, or nothing) the fields that a write may change."""
Look = Callable[[Parts, Call, JsonObject], States]
"""Looks at the targets of a call; the last is the answer, empty before the write."""

MOST_LINES: Final = 2_000
_UNTOLD: Final = (HTTPStatus.TOO_MANY_REQUESTS,)
"""An attempt that was not even judged: its lines would fill the log."""


log = logging.getLogger(__name__)


class Audited(msgspec.Struct, frozen=True):
    """What one route is called, and where to look."""

    action: str
    look: Look


class Audit:
    """One request under audit: looks when it begins, looks again once it is answered. Its own faults are never the client's."""

    def __init__(self, parts: Parts, route: Route) -> None:
        self._parts = parts
        self._audited = None
        if route.method != "GET":
            self._audited = AUDITED.get(str(route)) or Audited(route.summary.lower(), _asked)
        self._call: Call | None = None
        self._before: States = {}

    def begin(self, call: Call) -> None:
        """Look at what the request may change; one that never gets here is not noted."""
        if self._audited is None:
            return
        self._call = call
        try:
            self._before = self._audited.look(self._parts, call, {})
        except Exception:  # the request must be answered whatever the audit log makes of it
            log.exception("audit: nothing seen before a change")

    def note(self, answer: Answer) -> None:
        """Write down what came of it: a line for each target that changed, one at least."""
        if self._audited is None or self._call is None or answer.status in _UNTOLD:
            return
        try:
            self._note(self._audited, self._call, answer)
        except Exception:  # the request must be answered whatever the audit log makes of it
            log.exception("audit: a change was not noted")

    def _note(self, audited: Audited, call: Call, answer: Answer) -> None:
        told = _object(answer)
        is_done = answer.status < HTTPStatus.BAD_REQUEST
        after = audited.look(self._parts, call, told) if is_done else self._before
        targets = list(dict.fromkeys([*self._before, *after]))
        lines = [(target, changes) for target in targets if (changes := self._changes(target, after))]
        for target, changes in (lines or [(target, {}) for target in targets[:1] or [""]])[:MOST_LINES]:
            who = call.visitor.name, call.peer.address
            self._parts.trail.note(who, audited.action, target, changes, _result(answer.status, told))

    def _changes(self, target: str, after: States) -> dict[str, JsonObject]:
        was, now = self._before.get(target, {}), after.get(target, {})
        return {} if was == now else differences(was, now)


def _imprinted(parts: Parts, call: Call, _: JsonObject) -> States:
    asked = call.body.get("macs", [call.body.get("mac")])
    macs = [mac for mac in asked if isinstance(mac, str)] if isinstance(asked, list) else []
    return {str(parse_any_mac(mac) or mac[:64]): _record(parts.imprint.one(mac)) for mac in macs[:MOST_LINES]}


def _updated(parts: Parts, call: Call, _: JsonObject) -> States:
    record, device = parts.imprint.one(call.parameters["id"]), call.body.get("device")
    if record is None or not isinstance(device, dict):
        return {_miner(call): {}}
    state: JsonObject = {name: record.fields.get(name) for name in device if name != "info"}
    asked = device.get("info")
    if isinstance(asked, dict):
        info = parse_object(record.info)
        state["info"] = {name: info.get(name) for name in asked}
    return {record.mac: state}


def _removed(parts: Parts, call: Call, _: JsonObject) -> States:
    record = parts.imprint.one(call.parameters.get("id") or _miner(call))
    return {_miner(call): _record(record)}


def _configured(parts: Parts, call: Call, told: JsonObject) -> States:
    """What was set before by the miner's last answer, and what was sent: the next poll will say what holds."""
    info, preset = call.body.get("info", call.body.get("settings")), call.body.get("presetUuid")
    asked = info if isinstance(info, dict) else {}
    if told:
        return {_miner(call): {**asked, **({"presetUuid": preset} if preset else {})}}
    record = parts.imprint.one(_miner(call))
    known = {} if record is None else parse_object(record.info)
    return {_miner(call): {name: known.get(name) for name in asked}}


def _told(_parts: Parts, call: Call, _: JsonObject) -> States:
    return {_miner(call): {}}


def _listened(parts: Parts, call: Call, told: JsonObject) -> States:
    watched = {record.mac: parts.watch.is_watched(record.mac) for record in parts.imprint.all()}
    state: dict[str, JsonObject] = {mac: {"is_watched": is_watched} for mac, is_watched in watched.items()}
    traces = call.body.get("traceLogs")
    return {**state, "": {"traceLogs": traces} if told and isinstance(traces, bool) else {}}


def _kept(parts: Parts, call: Call, told: JsonObject) -> States:
    data = told.get("data", told.get("preset"))
    uuid = str(data.get("uuid")) if isinstance(data, dict) else ""
    return {uuid: _preset(parts, uuid)} if uuid else {}


def _revised(parts: Parts, call: Call, _: JsonObject) -> States:
    return {call.parameters["id"]: _preset(parts, call.parameters["id"])}


def _dropped(parts: Parts, call: Call, _: JsonObject) -> States:
    uuid = call.parameters["id"]
    named: dict[str, JsonObject] = {record.mac: {"presetUuid": uuid} for record in parts.imprint.by_preset(uuid)}
    return {uuid: _preset(parts, uuid), **named}


def _added(parts: Parts, call: Call, told: JsonObject) -> States:
    results = told.get("results")
    if not isinstance(results, list):
        return _imprinted(parts, call, told)
    macs = [str(result["mac"]) for result in results if isinstance(result, dict) and "mac" in result]
    return {mac: _record(parts.imprint.one(mac)) for mac in macs}


def _watched(parts: Parts, call: Call, _: JsonObject) -> States:
    mac = _miner(call)
    return {mac: {"is_watched": parts.watch.is_watched(miner_id(mac))}}


def _own_settings(parts: Parts, call: Call, told: JsonObject) -> States:
    """What is in force and what was asked: some of it counts after a restart only."""
    values = call.body.get("values")
    asked = values if isinstance(values, dict) else {}
    in_force = msgspec.to_builtins(parts.own_settings.now)
    return {"": asked if told else {name: in_force.get(name) for name in asked}}


def _checked(_parts: Parts, call: Call, _: JsonObject) -> States:
    return {str(call.body.get("address"))[:64]: {}}


def _signed_in(_parts: Parts, _call: Call, told: JsonObject) -> States:
    return {"": {"role": told["role"]} if told else {}}


def _nothing(_parts: Parts, _call: Call, _: JsonObject) -> States:
    return {}


def _asked(_parts: Parts, call: Call, told: JsonObject) -> States:
    """Of a route that no row describes: what was asked."""
    target = _miner(call) if call.parameters else ""
    return {target: call.body if told else {}}


AUDITED: Final[Mapping[str, Audited]] = {
    "PUT /devices/imprint": Audited("imprint", _imprinted),
    "PATCH /devices/imprint": Audited("imprint", _imprinted),
    "PATCH /devices/imprint/{id}": Audited("update", _updated),
    "DELETE /devices/imprint/{id}": Audited("remove", _removed),
    "PUT /devices/listen": Audited("listen", _listened),
    "POST /devices/{id}/system/restart": Audited("restart", _told),
    "PATCH /devices/{id}/system": Audited("change settings", _configured),
    "POST /presets": Audited("create preset", _kept),
    "DELETE /presets/{id}": Audited("delete preset", _dropped),
    "POST /api/v1/miners": Audited("imprint", _added),
    "DELETE /api/v1/miners/{mac}": Audited("remove", _removed),
    "POST /api/v1/miners/{mac}/watch": Audited("watch", _watched),
    "POST /api/v1/miners/{mac}/unwatch": Audited("unwatch", _watched),
    "POST /api/v1/miners/{mac}/restart": Audited("restart", _told),
    "POST /api/v1/miners/{mac}/identify": Audited("identify", _told),
    "POST /api/v1/miners/{mac}/pause": Audited("pause", _told),
    "POST /api/v1/miners/{mac}/resume": Audited("resume", _told),
    "PATCH /api/v1/miners/{mac}/settings": Audited("change settings", _configured),
    "PUT /api/v1/presets/{id}": Audited("change preset", _revised),
    "POST /api/v1/presets/{id}/copy": Audited("create preset", _kept),
    "PUT /api/v1/settings": Audited("change Pluto's settings", _own_settings),
    "POST /api/v1/discovery/check": Audited("check address", _checked),
    "POST /api/v1/support-bundle": Audited("support bundle", _nothing),
    "POST /api/v1/discovery": Audited("start search", _nothing),
    "DELETE /api/v1/discovery/{id}": Audited("stop search", _nothing),
    "POST /login": Audited("sign in", _signed_in),
    "POST /logout": Audited("sign out", _nothing),
}
"""A write that has no row is noted by its summary, with what was asked."""


def _miner(call: Call) -> str:
    """Return the target in the path: a MAC in our spelling, or the text as it is."""
    text = next(iter(call.parameters.values()), "")
    return str(parse_any_mac(text) or text[:64])


def _record(record: Record | None) -> JsonObject:
    if record is None:
        return {}
    members: JsonObject = {"host": record.host, "hostname": record.hostname}
    return members | ({"presetUuid": record.fields["presetUuid"]} if record.fields.get("presetUuid") else {})


def _preset(parts: Parts, uuid: str) -> JsonObject:
    known = next((preset for preset in parts.presets.all() if preset.uuid == uuid), None)
    return {} if known is None else {name: value for name, value in known.reveal().items() if name not in _OURS}


_OURS: Final = ("uuid", "createdAt", "updatedAt", VERSION)


def _object(answer: Answer) -> JsonObject:
    try:
        return parse_object(answer.body)
    except (ValueError, msgspec.MsgspecError):
        return {}


def _result(status: HTTPStatus, told: JsonObject) -> str:
    if status < HTTPStatus.BAD_REQUEST:
        missed = told.get("notApplied", told.get("not_applied"))
        names = [str(one.get("field")) for one in missed if isinstance(one, dict)] if isinstance(missed, list) else []
        return f"{DONE}, not applied: {', '.join(names)}"[:_MOST_WHY] if names else DONE
    words = told.get("error") or told.get("detail") or told.get("message") or "refused"
    details = told.get("details")
    return f"{status.value}: {words}{f': {details}' if isinstance(details, str) else ''}"[:_MOST_WHY]


_MOST_WHY: Final = 256
