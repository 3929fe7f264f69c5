"""`pluto audit`: who changed what, from the files alone; the server may run or not."""

import os
import re
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pluto.audit.entry import DONE, Entry
from pluto.audit.files import AuditFiles, Question
from pluto.clock import iso_milliseconds
from pluto.errors import BadRequest
from pluto.logs import escaped
from pluto.model.miner import parse_any_mac
from pluto.settings import read_settings

_UNITS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN: Final = re.compile(r"(\d{1,6})([mhdw])")


@click.command()
@click.option("--mac", help="Changes of this miner only.")
@click.option("--since", metavar="TIME", default="30d", show_default=True, help="45m, 12h, 7d, 2w, or 2026-01-31T12:00.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as it is kept.")
def audit(mac: str | None, since: str, as_json: bool) -> None:
    """Show who changed what, oldest first."""
    target = None if mac is None else parse_any_mac(mac)
    if mac is not None and target is None:
        raise BadRequest(f"{mac!r} is no MAC like 02:00:00:aa:bb:cc")
    files = AuditFiles(Path(read_settings(os.environ).data_dir))
    found = files.newest_first(Question(from_s=_moment(since), target=target))[::-1]
    if as_json:
        click.echo(b"".join(msgspec.json.encode(entry) + b"\n" for entry in found), nl=False)
        return
    table = Table("time", "who", "what", "target", "changes", "result")
    for entry in found:
        table.add_row(*(Text(escaped(cell)) for cell in _cells(entry)))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _cells(entry: Entry) -> tuple[str, ...]:
    who = entry.actor if entry.actor == entry.address else f"{entry.actor} ({entry.address})"
    changes = ", ".join(f"{field} {_change(change)}" for field, change in entry.changes.items())
    when = iso_milliseconds(datetime.fromtimestamp(entry.at, UTC))
    return when, who, entry.action, entry.target, changes, "" if entry.result == DONE else entry.result


def _change(change: Mapping[str, object]) -> str:
    if change.get("is_secret"):
        return "(secret)"
    old, new = (msgspec.json.encode(change.get(side)).decode() for side in ("old", "new"))
    return f"{old} -> {new}"


def _moment(text: str) -> float:
    span = _SPAN.fullmatch(text)
    if span is not None:
        return time.time() - int(span[1]) * _UNITS[span[2]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise BadRequest(f"--since {text!r} is neither a span like 12h nor a time like 2026-01-31T12:00") from None
