"""Putting a backup in the place of a database: at no moment is there an empty one, or one that is half of each."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pluto.errors import FolderUnusable, StoreDamaged, StoreNotEmpty
from pluto.store.aside import copy_aside, sync
from pluto.store.level import RESTORING, Level
from pluto.store.lock import LOCK, locked


async def restore(folder: Path, items: Mapping[str, bytes], moment: datetime, *, force: bool) -> Path | None:
    """Make *items* all that the database in *folder* holds; *force* copies aside what was there, and the path is returned.

    Raises StoreNotEmpty, StoreLocked, FolderUnusable, StorageFull; then nothing has changed, or the database cannot be opened
    before this is done again.
    """
    if not force:
        await _refuse_content(folder)
    with _room(folder) as parent:
        built = Path(parent) / "new"
        async with Level(built) as level:
            await level.write(items, sync=True)
        with locked(folder):
            aside = copy_aside(folder, "restore", moment) if force and _content(folder) else None
            _put_in_place(built, folder)
    return aside


async def _refuse_content(folder: Path) -> None:
    try:
        async with Level(folder) as level:
            count = len(await level.items())
    except StoreDamaged as error:
        raise StoreNotEmpty(f"{error}; --force copies it aside and puts the backup in its place") from error
    if count:
        raise StoreNotEmpty(f"the database in {folder} holds {count} keys; --force copies it aside and replaces it")


def _room(folder: Path) -> TemporaryDirectory[str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return TemporaryDirectory(prefix=".pluto-", dir=folder.parent)
    except OSError as error:
        raise FolderUnusable(f"cannot make or write the database folder {folder}: {error.strerror}") from error


def _content(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.name != LOCK]


def _put_in_place(built: Path, folder: Path) -> None:
    (folder / RESTORING).touch(mode=0o600)  # while this is there nobody opens the database
    sync(folder)
    for file in _content(folder):
        _delete(file)
    for file in _content(built):
        file.rename(folder / file.name)
    sync(folder)
    (folder / RESTORING).unlink()
    sync(folder)


def _delete(file: Path) -> None:
    if file.is_dir():
        shutil.rmtree(file)
    elif file.name != RESTORING:
        file.unlink()
