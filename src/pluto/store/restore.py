"""Putting a backup in the place of a database: at no moment is there an empty one, or one that is half of each."""

import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pluto.errors import FolderUnusable, StoreDamaged, StoreNotEmpty
from pluto.store.aside import copy_aside, sync
from pluto.store.level import RESTORING, Level
from pluto.store.lock import LOCK, locked

Beside = tuple[Sequence[str], Callable[[Path], None]]
"""Files that come back with a database: their names in the folder around it, and what writes them into another folder."""

_WITH_IT: Final = ("-wal", "-shm")
"""What SQLite keeps beside a file and would take for part of another one of that name."""


async def restore(
    folder: Path, items: Mapping[str, bytes], moment: datetime, beside: Beside = ((), lambda _: None), *, force: bool
) -> Sequence[Path]:
    """Make *items* all that the database in *folder* holds, and put the files *beside* around it.

    *force* puts aside what was there, and the paths of that are returned. Raises StoreNotEmpty, StoreLocked, FolderUnusable,
    StorageFull; then nothing has changed, or the database cannot be opened before this is done again.
    """
    names, unpack = beside
    if not force:
        await _refuse_content(folder)
        _refuse_files(folder.parent, names)
    with _room(folder) as parent:
        built, unpacked = Path(parent) / "new", Path(parent) / "beside"
        unpack(unpacked)
        async with Level(built) as level:
            await level.write(items, sync=True)
        with locked(folder):
            aside = [copy_aside(folder, "restore", moment)] if force and _content(folder) else []
            with _replacing(folder):
                for name in names:
                    aside += _put_file(unpacked / name, folder.parent / name, f".before-restore-{moment:%Y%m%dT%H%M%S}")
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


def _refuse_files(data: Path, names: Sequence[str]) -> None:
    for name in names:
        if (data / name).exists():
            raise StoreNotEmpty(f"{data / name} is there; --force puts it aside and the one of the backup in its place")


def _room(folder: Path) -> TemporaryDirectory[str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return TemporaryDirectory(prefix=".pluto-", dir=folder.parent)
    except OSError as error:
        raise FolderUnusable(f"cannot make or write the database folder {folder}: {error.strerror}") from error


def _content(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.name != LOCK]


@contextmanager
def _replacing(folder: Path) -> Generator[None]:
    (folder / RESTORING).touch(mode=0o600)  # while this is there nobody opens the database
    sync(folder)
    yield
    (folder / RESTORING).unlink()
    sync(folder)


def _put_file(file: Path, place: Path, aside: str) -> list[Path]:
    """Move *file* to its *place*; return the path of what was there."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    old = [place] if place.exists() else []
    for path in (place, *(place.with_name(place.name + end) for end in _WITH_IT)):
        if path.exists():
            path.rename(place.with_name(place.name + aside + path.name.removeprefix(place.name)))
    file.rename(place)
    sync(place.parent)
    return [path.with_name(path.name + aside) for path in old]


def _put_in_place(built: Path, folder: Path) -> None:
    for file in _content(folder):
        _delete(file)
    for file in _content(built):
        file.rename(folder / file.name)
    sync(folder)


def _delete(file: Path) -> None:
    if file.is_dir():
        shutil.rmtree(file)
    elif file.name != RESTORING:
        file.unlink()
