"""Writing history as CSV or JSON, from the file alone: the server may run or not."""

import os
import time
from datetime import datetime
from pathlib import Path
from typing import Final, TypedDict, Unpack

import click

from pluto.errors import BadRequest, NotFound
from pluto.history.book import Book
from pluto.history.export import MAX_LINES, csv_text, json_text
from pluto.history.file import HistoryFile
from pluto.history.metrics import FLEET, metrics_of
from pluto.history.query import Question, Reader
from pluto.history.tiers import Kept
from pluto.model.miner import parse_any_mac
from pluto.settings import read_settings

_FORMATS: Final = {"csv": csv_text, "json": json_text}


class _Asked(TypedDict):
    """Which part of the history."""

    metrics: tuple[str, ...]
    begin: datetime | None
    end: datetime | None
    points: int


@click.command()
@click.argument("miner", default=FLEET)
@click.option("--metric", "metrics", multiple=True, help="what to write, several times; default: everything")
@click.option("--from", "begin", type=click.DateTime(), help="default: a day before the end")
@click.option("--to", "end", type=click.DateTime(), help="default: now; both in this machine's time")
@click.option("--points", type=click.IntRange(2, MAX_LINES), default=MAX_LINES, help="at most so many lines")
@click.option("--format", "kind", type=click.Choice(sorted(_FORMATS)), default="csv", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="file to write; default: the screen")
def export(miner: str, kind: str, output: Path | None, **asked: Unpack[_Asked]) -> None:
    """Write what is remembered of MINER (its MAC; without one: of the fleet)."""
    end, begin = asked["end"], asked["begin"]
    to_s = time.time() if end is None else end.timestamp()
    from_s = to_s - 86_400 if begin is None else begin.timestamp()
    who = FLEET if miner == FLEET else parse_any_mac(miner)
    if who is None or from_s >= to_s:
        raise BadRequest(f"{miner!r} is no MAC" if who is None else "--from must be earlier than --to")
    question = Question(who, _chosen(who, asked["metrics"]), from_s, to_s, asked["points"])
    text = _FORMATS[kind](_reader().chart(question, time.time()))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"written to {output}", err=True)


def _chosen(miner: str, metrics: tuple[str, ...]) -> list[str]:
    known = [metric.name for metric in metrics_of(miner)]
    for name in metrics:
        if name not in known:
            raise BadRequest(f"--metric must be one of {', '.join(known)}")
    return list(dict.fromkeys(metrics)) or known


def _reader() -> Reader:
    settings = read_settings(os.environ)
    path = Path(settings.data_dir) / "history.sqlite"
    if not path.exists():
        raise NotFound(f"there is no history in {settings.data_dir} (PLUTO_DATA_DIR)")
    keep = Kept(settings.history_raw_hours, settings.history_minute_days, settings.history_hour_days)
    book = Book(path, keep)
    file = HistoryFile(path)
    book.miners = file.miners()
    file.close()
    return Reader(book, path, keep)
