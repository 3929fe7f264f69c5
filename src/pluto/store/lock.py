"""LevelDB's lock on a folder, taken without opening the database: for whoever changes its files."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pluto.errors import FolderUnusable, StoreLocked

LOCK: Final = "LOCK"


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Keep every other process out of the database in *folder*; raises StoreLocked, FolderUnusable.

    Do not open the database of this folder inside: its closing would give the lock away, as POSIX wants it.
    """
    try:
        file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FolderUnusable(f"cannot use the database folder {folder}: {error.strerror}") from error
    try:
        _take(file, folder)
        yield
    finally:
        os.close(file)


def is_locked(folder: Path) -> bool:
    """Return whether another process has the database in *folder* open."""
    try:
        file = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        _take(file, folder)
    except StoreLocked:
        return True
    finally:
        os.close(file)
    return False


def _take(file: int, folder: Path) -> None:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StoreLocked(f"{folder / LOCK} is held by another process: end the Pluto that has this database open") from error
