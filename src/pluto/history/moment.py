"""A copy of the past that goes on being written: one moment of it, whoever has it open."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from pluto.errors import FolderUnusable
from pluto.history.file import BUSY_S


def copy_of_one_moment(path: Path, copy: Path) -> None:
    """Make *copy* what the file *path* holds now, in one file that nobody else can read; raises FolderUnusable."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise FolderUnusable(f"{path} cannot be copied: {error}; --without-history leaves it out") from error
