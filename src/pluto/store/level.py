"""LevelDB: the only module that knows plyvel, its thread, its error texts, and what it does when a write fails."""

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self, TypeVar

from pluto.errors import CannotStart, FolderUnusable, PlutoError, StorageFull, StoreDamaged, StoreLocked
from pluto.store.log_tail import is_tail_damaged

try:
    from plyvel_next import DB, CorruptionError, Error, repair_db
except ImportError:
    from plyvel import DB, CorruptionError, Error, repair_db

Changes = Mapping[str, bytes | None]
"""What one write does: a value to put, or None to delete the key."""

FIRST_MANIFEST: Final = "MANIFEST-000001"
RESTORING: Final = "RESTORE-UNFINISHED"
"""Lies in the folder while a backup is put in place of what was there."""
_UNFINISHED: Final = frozenset({"LOCK", "LOG", "LOG.old", FIRST_MANIFEST, "000001.dbtmp"})
"""What a first start that was killed leaves behind: nothing was stored yet."""
_BEYOND: Final = b"\xff" * 16
"""Behind every key; to plyvel an absent end means the empty key."""
_LOCKED: Final = ("already held by process", os.strerror(errno.EAGAIN))
_UNUSABLE: Final = tuple(
    os.strerror(code)
    for code in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE)
)
_T = TypeVar("_T")


class Level:
    """One LevelDB folder, open from `async with` until its end; every call runs in a thread of its own, one at a time.

    *writing* is held by whoever computes a change from what is stored, until the change is stored.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writing = asyncio.Lock()
        self.writes = 0
        self.failed_writes = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="leveldb")
        self._db: DB | None = None
        self._undo: dict[str, bytes | None] = {}

    async def __aenter__(self) -> Self:
        """Open the folder, made if missing; raises FolderUnusable, StoreLocked or StoreDamaged, with nothing made over damage."""
        try:
            await self._in_thread(self._start)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close; what was written stays."""
        try:
            await self._in_thread(self._close)
        finally:
            self._thread.shutdown()

    async def items(self, prefix: str = "") -> dict[str, bytes]:
        """Return every key that begins with *prefix* and its value, checksums verified; raises StoreDamaged."""
        return await self._in_thread(lambda: self._items(prefix))

    async def write(self, changes: Changes, *, sync: bool, then: Callable[[], None] | None = None) -> None:
        """Make all *changes* or none, on disk before this returns if *sync*; raises StorageFull, with nothing changed.

        *then* is called once they are made: what memory must agree on with the disk belongs there, because a caller
        that is cancelled meanwhile hears of it only afterwards.
        """
        await self._in_thread(lambda: self._write(changes, sync=sync), then)

    async def compact(self) -> None:
        """Drop what was overwritten or deleted from the files, too."""
        await self._in_thread(lambda: self._database().compact_range(start=b"", stop=_BEYOND))

    async def _in_thread(self, work: Callable[[], _T], then: Callable[[], None] | None = None) -> _T:
        job = asyncio.get_running_loop().run_in_executor(self._thread, work)
        cancelled: asyncio.CancelledError | None = None
        while not job.done():
            try:
                await asyncio.wait([job])
            except asyncio.CancelledError as error:
                cancelled = error
        if then is not None and job.exception() is None:
            then()
        if cancelled is not None:
            raise cancelled
        return job.result()

    def _start(self) -> None:
        with _private_files():
            _make_folder(self.folder)
            _refuse_remains(self.folder)
            try:
                self._database()
            except Error as error:
                raise _cannot_open(self.folder, error) from error
            for file in self.folder.iterdir():
                with contextlib.suppress(OSError):
                    file.chmod(0o600)

    def _database(self) -> DB:
        if self._db is None:
            self._db = DB(str(self.folder), create_if_missing=True, paranoid_checks=True)
        return self._db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _items(self, prefix: str) -> dict[str, bytes]:
        try:
            found = self._database().iterator(prefix=prefix.encode(), verify_checksums=True)
            return {key.decode("utf-8", "surrogateescape"): value for key, value in found}
        except Error as error:
            raise _cannot_open(self.folder, error) from error

    def _write(self, changes: Changes, *, sync: bool) -> None:
        try:
            self._apply(changes, sync=sync)
        except Error:  # may be an old fault, of a background task, that is over: opening again tells
            self._set_aside(changes)
            try:
                self._apply(changes, sync=sync)
            except Error as error:
                self._set_aside(changes)
                self.failed_writes += 1
                raise _cannot_write(self.folder, error) from error

    def _apply(self, changes: Changes, *, sync: bool) -> None:
        batch = self._database().write_batch(sync=sync or bool(self._undo))
        for key, value in {**self._undo, **changes}.items():
            name = key.encode("utf-8", "surrogateescape")
            if value is None:
                batch.delete(name)
            else:
                batch.put(name, value)
        batch.write()
        self.writes += 1
        self._undo.clear()

    def _set_aside(self, changes: Changes) -> None:
        """Close after a failed write, and note what it was about.

        LevelDB would write on behind the torn record, and find the damage only at the next start: opened again, the torn record
        is a torn tail. A record that went out whole but could not be synced would come back then: the next write undoes it.
        """
        if self._db is None:
            return
        with contextlib.suppress(Error):
            for key in changes:
                self._undo.setdefault(key, self._db.get(key.encode("utf-8", "surrogateescape")))
        self._close()


def mend(folder: Path) -> None:
    """Have LevelDB make a database of all that can be read in *folder*; the caller holds its lock. Raises StoreDamaged."""
    with _private_files():
        try:
            repair_db(str(folder), paranoid_checks=True)
        except Error as error:
            raise StoreDamaged(f"the database in {folder} cannot be repaired: {_text(error)}") from error


@contextlib.contextmanager
def _private_files() -> Generator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except PermissionError:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FolderUnusable(f"cannot make or write the database folder {folder}: permission denied") from None
    except OSError as error:
        raise FolderUnusable(f"cannot make or write the database folder {folder}: {error.strerror}") from error


def _refuse_remains(folder: Path) -> None:
    names = {file.name for file in folder.iterdir()}
    if RESTORING in names:
        raise StoreDamaged(f"a restore into {folder} did not finish: `pluto restore FILE --force` once more, with the same file")
    if "CURRENT" not in names:
        if names - _UNFINISHED:
            raise _damaged(folder, "the file CURRENT is missing")
    elif FIRST_MANIFEST not in names and not any(name.endswith(".log") for name in names):
        raise _damaged(folder, "the write-ahead log is missing")
    for log in folder.glob("*.log"):
        if is_tail_damaged(log):
            raise _damaged(folder, f"{log.name} has a bad record length")


def _cannot_open(folder: Path, error: Error) -> CannotStart:
    text = _text(error)
    if isinstance(error, CorruptionError):
        return _damaged(folder, text)
    if any(words in text for words in _LOCKED):
        return StoreLocked(f"{folder / 'LOCK'} is held by another process: another Pluto has this database open")
    if any(words in text for words in _UNUSABLE):
        return FolderUnusable(f"cannot use the database folder {folder}: {text}")
    return _damaged(folder, text)


def _cannot_write(folder: Path, error: Error) -> PlutoError:
    if isinstance(error, CorruptionError):
        return _damaged(folder, _text(error))
    return StorageFull(f"the database in {folder} took nothing more: {_text(error)}")


def _damaged(folder: Path, why: str) -> StoreDamaged:
    return StoreDamaged(f"the database in {folder} is damaged ({why}); `pluto repair` copies it aside and repairs it")


def _text(error: Error) -> str:
    return b"".join(part for part in error.args if isinstance(part, bytes)).decode("utf-8", "replace")
