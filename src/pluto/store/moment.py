"""A copy of a database that goes on being written: how the files of one moment are told, without the lock of its owner.

LevelDB never changes a table, only appends to its log and its manifest, and begins a new log before it leaves the old one.
So files copied while neither the manifest nor the set of files changed are what a crash at that moment would have left.
"""

import shutil
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pluto.errors import FolderUnusable, NotFound, StoreBusy, StoreDamaged
from pluto.store.level import Level

TRIES: Final = 50
PAUSE_S: Final = 0.05
_KEPT: Final = (".log", ".ldb", ".sst")


async def items_at_one_moment(folder: Path, work: Path) -> Mapping[str, bytes]:
    """Return every key and value of the database in *folder*, whoever has it open; *work* takes a copy meanwhile.

    Nothing in *folder* is changed. Raises NotFound, StoreDamaged, StoreBusy, FolderUnusable.
    """
    with _copy(folder, work) as copy:
        try:
            async with Level(copy) as level:
                return await level.items()
        except StoreDamaged as error:
            raise StoreDamaged(str(error).replace(str(copy), str(folder))) from error


@contextmanager
def _copy(folder: Path, work: Path) -> Generator[Path]:
    if not folder.is_dir() or not any(folder.iterdir()):
        raise NotFound(f"there is no database in {folder}")
    try:
        with TemporaryDirectory(prefix=".pluto-", dir=work) as parent:
            for attempt in range(TRIES):
                copy = Path(parent) / str(attempt)
                if _copied(folder, copy):
                    yield copy
                    return
                shutil.rmtree(copy)
                time.sleep(PAUSE_S)
    except OSError as error:
        raise FolderUnusable(f"cannot copy {folder} into {work}: {error.strerror}") from error
    raise StoreBusy(f"the database in {folder} did not stay the same for long enough to copy it; try again")


def _copied(folder: Path, copy: Path) -> bool:
    copy.mkdir(mode=0o700)
    try:
        before = _shape(folder)
        for name in before:
            shutil.copyfile(folder / name, copy / name)
        return _shape(folder) == before
    except FileNotFoundError:
        return False


def _shape(folder: Path) -> dict[str, int]:
    """Return the files of the database; with the size of those whose growth means that others change."""
    names = {file.name: 0 for file in folder.iterdir() if file.suffix in _KEPT}
    current = folder / "CURRENT"
    if current.exists():
        manifest = current.read_text("utf-8").strip()
        names |= {"CURRENT": 0, manifest: (folder / manifest).stat().st_size}
    return names
