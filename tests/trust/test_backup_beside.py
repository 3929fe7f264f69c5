"""A backup holds what stands beside the database, too: the past, who changed what, who may come in (trust 8.5, 11.10)."""

import asyncio
import gzip
import sqlite3
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from figures import Figure
from pluto.audit.entry import Entry
from pluto.audit.files import AuditFiles
from pluto.cli.main import pluto
from pluto.errors import BackupUnusable, FolderUnusable, PlutoError, StoreNotEmpty
from pluto.history.file import HistoryFile
from pluto.store.level import RESTORING, Level

MAC = "aa:bb:cc:00:00:01"
HASH = b'{"operator": {"salt": "c2FsdA", "hash": "kept-as-a-hash"}}'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder with a database, a past, a log of changes in two files, a password and a token."""
    folder = tmp_path / "a"
    (folder / "access").mkdir(parents=True)
    asyncio.run(_store(folder / "pluto_core"))
    past = HistoryFile(folder / "history.sqlite")
    past.add_miner(MAC)
    past.close()
    small = AuditFiles(folder, file_bytes=150)
    for number in (1, 2):
        small.append([Entry(number, float(number), "operator", "127.0.0.1", "restart", MAC)])
    (folder / "access" / "passwords.json").write_bytes(HASH)
    (folder / "access" / "tokens.json").write_bytes(b"[]")
    (folder / "access" / "sessions.json").write_bytes(b"{}")
    return folder


async def _store(folder: Path) -> None:
    async with Level(folder) as level:
        await level.write({"key": b'"value"'}, sync=True)


def run(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(pluto, arguments, env={"PLUTO_DATA_DIR": str(folder)})
    if isinstance(done.exception, PlutoError):
        raise done.exception
    assert done.exit_code == 0, done.exception
    return done.output


def macs(folder: Path) -> list[str]:
    past = HistoryFile(folder / "history.sqlite")
    with closing(past):
        return list(past.miners())


def files(folder: Path) -> dict[str, bytes]:
    """Return the files that were backed up as they are, but for the database and the past."""
    names = ("audit.jsonl", "audit.jsonl.1", "access/passwords.json", "access/tokens.json")
    return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}


def test_the_past_and_the_log_of_changes_come_back_and_who_may_come_in_where_it_is_asked_for(data: Path, tmp_path: Path) -> None:
    file, to = str(tmp_path / "b.gz"), tmp_path / "c"
    said = run(data, "backup", file, "--with-secrets")
    assert "1 keys, the past, the log of changes, who may come in, " in said
    run(to, "restore", file)
    assert len(files(to)) == 4
    assert files(to) == files(data)
    assert macs(to) == [MAC]
    assert not (to / "access" / "sessions.json").exists()
    assert [path for path in to.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []
    assert [path.name for path in to.iterdir() if path.name.startswith(".")] == []


def test_without_being_asked_a_backup_holds_no_hash_of_a_password(data: Path, tmp_path: Path) -> None:
    file, to = tmp_path / "b.gz", tmp_path / "c"
    run(data, "backup", str(file))
    assert b"kept-as-a-hash" not in gzip.decompress(file.read_bytes())
    run(to, "restore", str(file))
    assert list(files(to)) == ["audit.jsonl", "audit.jsonl.1"]
    assert macs(to) == [MAC]


def test_the_past_can_be_left_out_and_then_what_is_there_stays(data: Path, tmp_path: Path) -> None:
    file, to = str(tmp_path / "b.gz"), tmp_path / "c"
    assert "the past" not in run(data, "backup", file, "--without-history")
    to.mkdir()
    past = HistoryFile(to / "history.sqlite")
    past.add_miner("aa:bb:cc:00:00:99")
    past.close()
    run(to, "restore", file)
    assert macs(to) == ["aa:bb:cc:00:00:99"]


@contextmanager
def written(path: Path) -> Generator[None]:
    """Have somebody write pairs of events into the past, each pair at once."""
    ends = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            while not ends.is_set():
                base.execute("BEGIN IMMEDIATE")
                for kind in ("a", "b"):
                    base.execute("INSERT INTO event (at_s, mac, kind, facts) VALUES (1, ?, ?, ?)", (MAC, kind, "x" * 500))
                base.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        ends.set()
        writer.join()


def test_a_past_that_is_being_written_is_one_moment_in_the_backup(data: Path, tmp_path: Path) -> None:
    with written(data / "history.sqlite"):
        for round_ in range(5):
            run(data, "backup", str(tmp_path / f"{round_}.gz"))
    for round_ in range(5):
        run(tmp_path / str(round_), "restore", str(tmp_path / f"{round_}.gz"))
        with closing(sqlite3.connect(tmp_path / str(round_) / "history.sqlite")) as base:
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            count = dict(base.execute("SELECT kind, count(*) FROM event GROUP BY kind"))
        assert count.get("a") == count.get("b")


def test_what_is_there_is_replaced_with_force_only_and_put_aside(data: Path, tmp_path: Path) -> None:
    file, to = str(tmp_path / "b.gz"), tmp_path / "c"
    run(data, "backup", file)
    to.mkdir()
    past = HistoryFile(to / "history.sqlite")  # open, so that its -wal is there
    past.add_miner("aa:bb:cc:00:00:99")
    with pytest.raises(StoreNotEmpty, match=r"history\.sqlite is there; --force"):
        run(to, "restore", file)
    assert not (to / "audit.jsonl").exists()
    said = run(to, "restore", file, "--force")
    past.close()
    assert macs(to) == [MAC]
    aside = next(path for path in to.iterdir() if path.name.startswith("history.sqlite.before-restore-"))
    assert str(aside.name).split("-wal")[0].split("-shm")[0] in said
    assert not (to / "pluto_core" / RESTORING).exists()


@pytest.mark.parametrize(("old", "new"), [(b'"audit.jsonl.1"', b'"../../outside"'), (b'"restart"', b'"RESTART"')])
def test_a_changed_file_or_a_foreign_name_restores_nothing(data: Path, tmp_path: Path, old: bytes, new: bytes) -> None:
    file, to = tmp_path / "b.gz", tmp_path / "c"
    run(data, "backup", str(file), "--without-history")
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()).replace(old, new)))
    with pytest.raises(BackupUnusable):
        run(to, "restore", str(file))
    assert not to.exists()
    assert not (tmp_path / "outside").exists()


def test_a_past_that_cannot_be_read_is_said_and_can_be_left_out(data: Path, tmp_path: Path) -> None:
    (data / "history.sqlite").write_bytes(b"SQLite format 3\0" + bytes(5000))
    with pytest.raises(FolderUnusable, match=r"history\.sqlite cannot be copied: .*--without-history"):
        run(data, "backup", str(tmp_path / "b.gz"))
    assert not (tmp_path / "b.gz").exists()
    run(data, "backup", str(tmp_path / "b.gz"), "--without-history")


def test_a_large_past_is_backed_up_in_little_memory(data: Path, tmp_path: Path, figure: Figure) -> None:
    with closing(sqlite3.connect(data / "history.sqlite")) as base, base:
        base.executemany("INSERT INTO block (data) VALUES (randomblob(100000))", [()] * 600)
    before_kb = _most_resident_kb()
    run(data, "backup", str(tmp_path / "b.gz"))
    run(tmp_path / "c", "restore", str(tmp_path / "b.gz"))
    figure("11.10", (_most_resident_kb() - before_kb) / 1024, 60, "MB to back up and restore a past of 60 MB")


def _most_resident_kb() -> int:
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
