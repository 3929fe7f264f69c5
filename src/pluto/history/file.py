"""The SQLite file: its tables, who may write, and what is done with a file that cannot be read."""

import contextlib
import logging
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from pluto.history.packed import packed, unpacked
from pluto.history.tiers import Buckets, Tier
from pluto.model.happenings import Happening, Kind
from pluto.model.json_value import parse_object
from pluto.model.miner import MacAddress

LAYOUT: Final = 1
BUSY_S: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS miner (id INTEGER PRIMARY KEY, mac TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS block (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tail (id INTEGER PRIMARY KEY, until_s INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY, at_s REAL NOT NULL, mac TEXT NOT NULL, kind TEXT NOT NULL, facts TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_at ON event (at_s);
CREATE INDEX IF NOT EXISTS event_mac ON event (mac, at_s);
"""
_DAMAGED: Final = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))

log = logging.getLogger(__name__)


class EventQuestion(msgspec.Struct, frozen=True):
    """Which events are meant: between two moments, of one miner or all, of these kinds or all, the newest *limit*."""

    from_s: float
    to_s: float
    mac: str | None = None
    kinds: Sequence[str] = ()
    limit: int = 500


class HistoryFile:
    """One connection to the file, for one thread at a time. Whatever SQLite does not manage raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=NORMAL")
            layout = self._base.execute("PRAGMA user_version").fetchone()[0]
            if layout not in (0, LAYOUT):
                raise sqlite3.OperationalError(f"the history file has layout {layout}, written by a newer Pluto")
            self._base.executescript(_SCHEMA)
            self._base.execute(f"PRAGMA user_version={LAYOUT}")
        except sqlite3.Error:
            self._base.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._base.close()

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Make everything inside the block one transaction: all of it is kept, or nothing."""
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._base.execute("ROLLBACK")
            raise

    # Miners.

    def miners(self) -> dict[str, int]:
        """Return the number of every MAC that was ever kept."""
        return dict(self._base.execute("SELECT mac, id FROM miner"))

    def add_miner(self, mac: str) -> int:
        """Return the number of *mac*, a new one where it has none."""
        self._base.execute("INSERT OR IGNORE INTO miner (mac) VALUES (?)", (mac,))
        number: int = self._base.execute("SELECT id FROM miner WHERE mac = ?", (mac,)).fetchone()[0]
        return number

    def forget_miner(self, mac: str, number: int, tiers: Iterable[Tier]) -> None:
        """Delete everything kept of a miner."""
        for tier in tiers:
            self._base.execute(
                "DELETE FROM block WHERE key BETWEEN ? AND ?", (_key(tier, number, 0), _key(tier, number, 2**32 - 1))
            )
        self._base.execute("DELETE FROM event WHERE mac = ?", (mac,))
        self._base.execute("DELETE FROM miner WHERE id = ?", (number,))

    # Blocks.

    def put(self, tier: Tier, miner: int, buckets: Buckets) -> None:
        """Keep *buckets*, which lie within one block, instead of what the block held."""
        start = tier.start(buckets.times[0])
        data = packed([time - start for time in buckets.times], buckets.columns)
        self._base.execute("INSERT OR REPLACE INTO block VALUES (?, ?)", (_key(tier, miner, start), data))

    def get(self, tier: Tier, miner: int, start: int, columns: int) -> Buckets | None:
        """Return a whole block of that many *columns*, or None where there is none."""
        found = list(self.blocks(tier, miner, (start, start + 1), range(columns)))
        return found[0] if found else None

    def blocks(self, tier: Tier, miner: int, period: tuple[float, float], places: Sequence[int]) -> Iterator[Buckets]:
        """Yield the blocks that touch *period*, oldest first, with the columns at *places* in that order."""
        first, last = _key(tier, miner, max(0, tier.start(period[0]))), _key(tier, miner, int(min(period[1], 2**32 - 1)))
        with closing(
            self._base.execute("SELECT key, data FROM block WHERE key BETWEEN ? AND ? ORDER BY key", (first, last))
        ) as rows:
            for key, data in rows:
                times, columns = unpacked(data, places)
                start = key & (2**32 - 1)
                yield Buckets([start + time for time in times], [columns[place] for place in places])

    def expire(self, tier: Tier, miner: int, before_s: float) -> None:
        """Delete the blocks that end before *before_s*."""
        last = tier.start(before_s) - 1
        if last > 0:
            self._base.execute("DELETE FROM block WHERE key BETWEEN ? AND ?", (_key(tier, miner, 0), _key(tier, miner, last)))

    # Readings that are not in a block yet, so that a crash costs little.

    def put_tail(self, until_s: int, data: bytes) -> None:
        """Keep *data*, which tells of the time up to *until_s*."""
        self._base.execute("INSERT INTO tail (until_s, data) VALUES (?, ?)", (until_s, data))

    def tails(self) -> list[bytes]:
        """Return what `put_tail` kept, oldest first."""
        return [row[0] for row in self._base.execute("SELECT data FROM tail ORDER BY id")]

    def drop_tails(self, before_s: int) -> None:
        """Delete what tells only of the time before *before_s*."""
        self._base.execute("DELETE FROM tail WHERE until_s < ?", (before_s,))

    # Events.

    def put_events(self, events: Iterable[Happening]) -> None:
        """Keep *events*; one that is there already stays as it was."""
        rows = [
            (event.id, event.at_s, event.mac, event.kind.value, msgspec.json.encode(event.facts).decode()) for event in events
        ]
        self._base.executemany("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?)", rows)

    def events(self, question: EventQuestion) -> list[Happening]:
        """Return the events that are meant, newest first; kinds that this Pluto does not know are left out."""
        kinds = question.kinds or [kind.value for kind in Kind]
        marks = ",".join("?" * len(kinds))
        of_miner = "mac = ?" if question.mac else "? IS NULL"
        rows = self._base.execute(
            f"SELECT id, at_s, mac, kind, facts FROM event WHERE at_s BETWEEN ? AND ? AND {of_miner} AND kind IN ({marks})"  # noqa: S608 - the pieces are ours, values are bound
            " ORDER BY at_s DESC, id DESC LIMIT ?",
            (question.from_s, question.to_s, question.mac, *kinds, question.limit),
        )
        return [
            Happening(at_s, MacAddress(mac), Kind(kind), parse_object(facts.encode()), number)
            for number, at_s, mac, kind, facts in rows
        ]

    def expire_events(self, before_s: float) -> None:
        """Delete the events before *before_s*."""
        self._base.execute("DELETE FROM event WHERE at_s < ?", (before_s,))


def opened(path: Path) -> HistoryFile:
    """Return the file at *path*, a new one where there is none or where it is broken; raises sqlite3.Error or OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return HistoryFile(path)
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise
        set_aside(path, error)
        return HistoryFile(path)


def is_damaged(error: sqlite3.Error) -> bool:
    """Return whether the file itself is broken, rather than the disk full or slow."""
    code: object = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and (code & 0xFF) in _DAMAGED


def set_aside(path: Path, error: Exception) -> None:
    """Move the broken file to `<name>.broken`, instead of an earlier one, and say so."""
    aside = path.with_name(path.name + ".broken")
    log.error("the history file is broken: it was set aside and a new one begun", extra={"aside": aside, "why": str(error)})
    path.replace(aside)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def size_bytes(path: Path) -> int:
    """Return what the file and its log take on the disk."""
    sizes = [path.with_name(path.name + ending) for ending in ("", "-wal")]
    return sum(part.stat().st_size for part in sizes if part.exists())


def _key(tier: Tier, miner: int, start: int) -> int:
    """Return the place of a block: a miner's blocks of one tier stand together, in order of time."""
    return ((tier.number << 20) | miner) << 32 | start
