"""The fleet at a glance, made on the server, anew every five seconds: without a script, and where the app was not built."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Final

import msgspec

from pluto import __version__
from pluto.model.reading import Reading
from pluto.model.record import Record
from pluto.model.state import MinerState

MAX_ROWS: Final = 500
LINKS: Final = (
    ("/devices/imprint", "the miners, as JSON"),
    ("/devices/discovered", "what the last searches found"),
    ("/metrics", "the numbers, for Prometheus"),
    ("/openapi.json", "every route, for programs"),
)
STYLE: Final = Path(__file__).with_name("page.css").read_bytes()
_COLUMNS: Final = (
    "State",
    "Miner",
    "Address",
    "Model",
    "Firmware",
    "Hash rate",
    "Power",
    "J/TH",
    "ASIC",
    "Fan",
    "Accepted",
    "Rejected",
)
_MARKS: Final = {"online": "\u25cf", "offline": "\u25cb", "unknown": "\u25cc", "not watched": "\u2013"}
_NOTHING: Final = "\u2013"


class Row(msgspec.Struct, frozen=True):
    """One miner on the page: its record, and what we believe where it is watched."""

    record: Record
    state: MinerState | None


def glance(rows: Sequence[Row], note: str = "") -> bytes:
    """Return the page, *note* below the figures; every text of a miner is escaped."""
    states = [row.state for row in rows if row.state is not None]
    online = [state for state in states if state.is_online]
    readings = [state.reading for state in online if state.reading is not None]
    hashrate_ghs = sum(reading.hashrate_ghs or 0 for reading in readings)
    power_watts = sum(reading.power_watts or 0 for reading in readings)
    figures = (
        (_hashrate(hashrate_ghs), "hash rate"),
        (f"{power_watts:,.0f} W", "power"),
        (f"{len(online)} of {len(states)}", "online"),
        (f"{len(rows)}", "imprinted"),
    )
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pluto</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5">'
        '<link rel="stylesheet" href="/page.css"></head><body><main>'
        f'<h1>Pluto <span class="muted">{__version__}</span></h1><ul class="figures">'
        + "".join(f"<li><b>{value}</b><span>{name}</span></li>" for value, name in figures)
        + f"</ul>{f'<p>{escape(note)}</p>' if note else ''}{_table(rows)}<ul class='links'>"
        + "".join(f'<li><a href="{path}">{path}</a> {escape(meaning)}</li>' for path, meaning in LINKS)
        + "</ul></main></body></html>"
    )
    return text.encode(errors="replace")


def _table(rows: Sequence[Row]) -> str:
    if not rows:
        return "<p>No miners yet: <code>pluto discover</code> shows what is in your network; imprint them over the API below.</p>"
    head = "".join(f"<th scope='col'>{name}</th>" for name in _COLUMNS)
    body = "".join(_row(row) for row in rows[:MAX_ROWS])
    more = f"<p class='muted'>and {len(rows) - MAX_ROWS:,} more</p>" if len(rows) > MAX_ROWS else ""
    return f"<div class='scroll' tabindex='0'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"


def _row(row: Row) -> str:
    state = "not watched" if row.state is None else row.state.health.value
    why = "" if row.state is None or row.state.failure is None else f": {row.state.failure.reason}"
    reading = (row.state.reading if row.state is not None and row.state.is_online else None) or Reading()
    cells = (
        f'<span class="{state}">{_MARKS[state]} {state}{why}</span>',
        escape(_name(row)[:80]),
        escape(row.record.host or _NOTHING),
        escape(reading.model or _NOTHING),
        escape(reading.firmware or _NOTHING),
        _shown(reading.hashrate_ghs, _hashrate),
        _shown(reading.power_watts, "{:.1f} W".format),
        _shown(reading.efficiency_j_per_th, "{:.1f}".format),
        _shown(reading.chip_temperature_celsius, "{:.0f} \u00b0C".format),
        _shown(reading.fans[0].fan_percent if reading.fans else None, "{:.0f} %".format),
        _shown(reading.shares_accepted, "{:,}".format),
        _shown(reading.shares_rejected, "{:,}".format),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _name(row: Row) -> str:
    last = None if row.state is None else row.state.reading
    return (None if last is None else last.hostname) or row.record.hostname or row.record.key


def _shown(value: float | None, form: Callable[[float], str]) -> str:
    return _NOTHING if value is None else form(value)


def _hashrate(ghs: float) -> str:
    for unit in ("GH/s", "TH/s", "PH/s"):
        if ghs < 999.5:
            return f"{ghs:.3g} {unit}"
        ghs /= 1000
    return f"{ghs:.3g} EH/s"
