"""Handlers of `/api/v1` for what was: charts, events, and both as tables for other programs."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.audit import files as audit_files
from pluto.audit.entry import DONE, Entry
from pluto.errors import BadField
from pluto.history.export import MAX_LINES, csv_text
from pluto.history.file import EventQuestion
from pluto.history.metrics import FLEET, metrics_of
from pluto.history.query import MAX_POINTS, Question
from pluto.model.happenings import EVENT_COLUMNS, SEVERITIES, Kind, severity_of
from pluto.model.miner import parse_any_mac

CHANGE: Final = "change"
"""The kind of the lines of the audit log: they are told only to who asks for them."""
DAY_S: Final = 86_400.0
MAX_EVENTS: Final = 5_000
_EARLIEST_S: Final = 0.0
_LATEST_S: Final = 4_102_444_800.0  # the year 2100


async def history(parts: Parts, call: Call) -> Answer:
    """The points of a chart."""
    question = _question(parts, call, _number(call, "points", MAX_POINTS, (2, MAX_POINTS)))
    chart = await parts.remembered.chart(question)
    return plain(
        {
            "at": parts.wall_s(),
            "mac": question.miner,
            "source": chart.source,
            "note": chart.note,
            "resolution_s": chart.resolution_s,
            "step_s": chart.step_s,
            "from": question.from_s,
            "to": question.to_s,
            "times": chart.times,
            "metrics": chart.values,
        }
    )


async def export(parts: Parts, call: Call) -> Answer:
    """The same as CSV, in the finest resolution that there is."""
    chart = await parts.remembered.chart(_question(parts, call, MAX_LINES))
    text = await asyncio.to_thread(csv_text, chart)
    headers = {"Content-Disposition": 'attachment; filename="pluto-history.csv"'}
    return Answer(text.encode(), content_type="text/csv; charset=utf-8", headers=headers)


async def events(parts: Parts, call: Call) -> Answer:
    """What happened, newest first."""
    kinds = call.words("kind")
    for kind in kinds:
        if kind not in {CHANGE, *Kind}:
            raise BadField("kind", f"kind must be one of {', '.join([*Kind, CHANGE])}")
    if severities := call.words("severity"):
        kinds = _of_severity(kinds or list(Kind), severities)
        if not kinds:
            return _told(parts, [])
    mac = call.query.get("mac")
    question = EventQuestion(
        from_s=_moment(call, "from", _EARLIEST_S),
        to_s=_moment(call, "to", _LATEST_S),
        mac=None if mac is None else _mac(mac),
        kinds=[kind for kind in kinds if kind != CHANGE],
        limit=_number(call, "limit", 500, (1, MAX_EVENTS)),
    )
    rows: list[list[Any]] = (
        [event.row() for event in await parts.remembered.events(question)] if question.kinds or not kinds else []
    )
    if CHANGE in kinds:
        asked = audit_files.Question(question.from_s, question.to_s, question.mac, question.limit)
        rows += [_change(entry) for entry in await parts.trail.newest_first(asked)]
        rows = sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)[: question.limit]
    return _told(parts, rows)


def _told(parts: Parts, rows: Sequence[object]) -> Answer:
    return plain({"at": parts.wall_s(), "columns": EVENT_COLUMNS, "rows": rows, "kept_days": parts.remembered.kept_days})


def _of_severity(kinds: Sequence[str], severities: Sequence[str]) -> list[str]:
    for severity in severities:
        if severity not in SEVERITIES:
            raise BadField("severity", f"severity must be one of {', '.join(SEVERITIES)}")
    return [kind for kind in kinds if kind == CHANGE or severity_of(Kind(kind)) in severities]


def _change(entry: Entry) -> list[Any]:
    """Return a line of the audit log as a row of EVENT_COLUMNS."""
    facts = {
        "actor": entry.actor,
        "address": entry.address,
        "action": entry.action,
        "target": entry.target,
        "changes": entry.changes,
        "result": entry.result,
    }
    severity = "info" if entry.result == DONE else "warning"
    return [entry.id, entry.at, parse_any_mac(entry.target), CHANGE, severity, facts]


def _question(parts: Parts, call: Call, points: int) -> Question:
    asked = call.query.get("mac", "")
    miner = FLEET if asked == FLEET else _mac(asked)
    to_s = _moment(call, "to", parts.wall_s())
    from_s = _moment(call, "from", to_s - DAY_S)
    if not from_s < to_s:
        raise BadField("from", "from must be earlier than to")
    return Question(miner, _metrics(call, miner), from_s, to_s, points)


def _metrics(call: Call, miner: str) -> Sequence[str]:
    known = [metric.name for metric in metrics_of(miner)]
    asked = list(dict.fromkeys(call.words("metric")))
    for name in asked:
        if name not in known:
            raise BadField("metric", f"metric must be one of {', '.join(known)}")
    if not asked:
        raise BadField("metric", "metric names at least one")
    return asked


def _mac(text: str) -> str:
    mac = parse_any_mac(text)
    if mac is None:
        raise BadField("mac", f"{text[:100]!r} is no MAC like 02:00:00:aa:bb:cc")
    return mac


def _moment(call: Call, name: str, otherwise_s: float) -> float:
    text = call.query.get(name)
    if not text:
        return otherwise_s
    try:
        moment_s = float(text)
    except ValueError:
        moment_s = _iso(name, text)
    if not _EARLIEST_S <= moment_s <= _LATEST_S:
        raise BadField(name, f"{name} lies beyond what can be")
    return moment_s


def _iso(name: str, text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadField(name, f"{name} must be seconds since 1970, or a time like 2026-01-02T03:04:05Z") from None


def _number(call: Call, name: str, otherwise: int, bounds: tuple[int, int]) -> int:
    text = call.query.get(name)
    if not text:
        return otherwise
    least, most = bounds
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not least <= int(text) <= most:
        raise BadField(name, f"{name} must be a whole number from {least} to {most:,}")
    return int(text)
