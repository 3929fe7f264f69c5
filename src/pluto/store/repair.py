"""Making a damaged database usable again: copied aside, mended by LevelDB, its lists brought in line with its records."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from pluto.errors import NotFound, StoreDamaged
from pluto.store import discovered, miners, presets
from pluto.store.aside import Progress, copy_aside
from pluto.store.level import RESTORING, Level, mend
from pluto.store.lock import locked

LISTS: Final = (miners.LIST_KEY, presets.LIST_KEY, discovered.LIST_KEY)


class Repaired(msgspec.Struct, frozen=True):
    """What a repair did. *before* is None where the database could not be opened, for the reason *why*.

    *listed_again* are records that no list named, *unlisted* names whose record is lost.
    """

    aside: Path
    before: int | None
    why: str
    after: int
    listed_again: int
    unlisted: int


async def repair(folder: Path, moment: datetime, progress: Progress) -> Repaired:
    """Repair the database in *folder*, which no other process may have open.

    Raises NotFound, StoreLocked, FolderUnusable with nothing changed; StoreDamaged where LevelDB cannot mend it.
    """
    aside = _copied_aside(folder, moment, progress)
    before, why = await _count(folder)
    with locked(folder):
        mend(folder)
        shutil.rmtree(folder / "lost", ignore_errors=True)  # what LevelDB could not use; the copy aside has it as well
    async with Level(folder) as level:
        items = await level.items()
        changes, listed_again, unlisted = _lists_in_line(items)
        if changes:
            await level.write(changes, sync=True)
        return Repaired(aside, before, why, len(items), listed_again, unlisted)


def _copied_aside(folder: Path, moment: datetime, progress: Progress) -> Path:
    if not folder.is_dir() or not any(folder.iterdir()):
        raise NotFound(f"there is no database in {folder}")
    with locked(folder):
        if (folder / RESTORING).exists():
            raise StoreDamaged(f"a restore into {folder} did not finish: `pluto restore FILE --force` once more")
        return copy_aside(folder, "repair", moment, progress)


async def _count(folder: Path) -> tuple[int | None, str]:
    try:
        async with Level(folder) as level:
            return len(await level.items()), ""
    except StoreDamaged as error:
        return None, str(error)


def _lists_in_line(items: Mapping[str, bytes]) -> tuple[dict[str, bytes], int, int]:
    changes: dict[str, bytes] = {}
    listed_again = unlisted = 0
    for name in LISTS:
        there = {key.removeprefix(f"{name}:"): None for key in items if key.startswith(f"{name}:")}
        listed = dict.fromkeys(_list(items.get(name)))
        lost, forgotten = listed.keys() - there.keys(), there.keys() - listed.keys()
        if lost or forgotten:
            changes[name] = msgspec.json.encode([key for key in {**listed, **there} if key in there])
        listed_again += len(forgotten)
        unlisted += len(lost)
    return changes, listed_again, unlisted


def _list(value: bytes | None) -> list[str]:
    try:
        return msgspec.json.decode(value or b"[]", type=list[str])
    except (ValueError, RecursionError):
        return []
