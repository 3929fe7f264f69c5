"""LevelDB opened, damaged, locked and full, each for real."""

import asyncio
import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from disks import no_space
from pluto.errors import FolderUnusable, StorageFull, StoreDamaged, StoreLocked
from pluto.store.level import Level

Break = Callable[[Path], None]


async def write_some(folder: Path, first: int = 0, count: int = 30) -> None:
    async with Level(folder) as level:
        for n in range(first, first + count):
            await level.write({f"key:{n}": b"v" * 1000}, sync=True)


async def keys_in(folder: Path) -> set[str]:
    async with Level(folder) as level:
        return set(await level.items())


def only(folder: Path, pattern: str) -> Path:
    return max(folder.glob(pattern))


def flipped(pattern: str, part: float = 0.5) -> Break:
    def flip(folder: Path) -> None:
        file = only(folder, pattern)
        content = bytearray(file.read_bytes())
        content[int((len(content) - 1) * part)] ^= 0xFF
        file.write_bytes(content)

    return flip


def cut(pattern: str, by: int) -> Break:
    def truncate(folder: Path) -> None:
        file = only(folder, pattern)
        file.write_bytes(file.read_bytes()[:-by])

    return truncate


def lost(*patterns: str) -> Break:
    def unlink(folder: Path) -> None:
        for pattern in patterns:
            only(folder, pattern).unlink()

    return unlink


async def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    async with Level(tmp_path / "db") as level:
        await level.write({"a": b"1", "b": b"2", "b:x": b"3"}, sync=True)
        await level.write({"a": None, "c": "ü".encode()}, sync=False)
    async with Level(tmp_path / "db") as level:
        assert await level.items() == {"b": b"2", "b:x": b"3", "c": "ü".encode()}
        assert await level.items("b:") == {"b:x": b"3"}


async def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    for folder in (old, tmp_path / "data" / "new"):
        await write_some(folder)
        async with Level(folder):
            assert folder.stat().st_mode & 0o777 == 0o700
            assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


DAMAGE = {
    "flipped byte in the log": flipped("*.log"),
    "flipped byte in a table": flipped("*.ldb", 0.2),
    "flipped byte in MANIFEST": flipped("MANIFEST-*"),
    "flipped byte in CURRENT": flipped("CURRENT"),
    "truncated table": cut("*.ldb", 3),
    "truncated MANIFEST": cut("MANIFEST-*", 3),
    "truncated CURRENT": cut("CURRENT", 3),
    "lost table": lost("*.ldb"),
    "lost MANIFEST": lost("MANIFEST-*"),
    "lost CURRENT": lost("CURRENT"),
    "lost CURRENT and MANIFEST": lost("CURRENT", "MANIFEST-*"),
    "lost log": lost("*.log"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
async def test_a_damaged_database_is_refused_and_left_alone(tmp_path: Path, damage: Break) -> None:
    folder = tmp_path / "db"
    await write_some(folder)
    await write_some(folder, first=30)
    damage(folder)
    before = {file.name: file.read_bytes() for file in folder.glob("*.ldb")}
    for _ in range(2):
        with pytest.raises(StoreDamaged, match="pluto repair") as refused:
            await keys_in(folder)
        assert str(folder) in str(refused.value)
    assert {name: (folder / name).read_bytes() for name in before} == before


@pytest.mark.parametrize("record", [0, 3, 9])
async def test_a_damaged_record_length_is_not_taken_for_a_torn_tail(tmp_path: Path, record: int) -> None:
    await write_some(tmp_path / "db", count=10)
    log = only(tmp_path / "db", "*.log")
    content = bytearray(log.read_bytes())
    content[record * (len(content) // 10) + 5] |= 0x40
    log.write_bytes(content)
    with pytest.raises(StoreDamaged, match="length"):
        await keys_in(tmp_path / "db")


async def test_any_single_flipped_byte_is_found(tmp_path: Path) -> None:
    """Whatever byte of the log or a table: refused, or every record is there (a table has bytes that mean nothing)."""
    await write_some(tmp_path / "good", count=8)
    await write_some(tmp_path / "good", first=8, count=8)
    chance = random.Random(1)
    for place in range(120):
        folder = tmp_path / f"{place}"
        shutil.copytree(tmp_path / "good", folder)
        flipped(chance.choice(["*.log", "*.ldb", "MANIFEST-*"]), chance.random())(folder)
        with contextlib.suppress(StoreDamaged):
            assert await keys_in(folder) == {f"key:{n}" for n in range(16)}


@pytest.mark.parametrize("by", [1, 500, 1006, 5000])
async def test_a_torn_tail_of_the_log_opens_without_its_last_records(tmp_path: Path, by: int) -> None:
    await write_some(tmp_path / "db")
    cut("*.log", by)(tmp_path / "db")
    kept = await keys_in(tmp_path / "db")
    assert kept == {f"key:{n}" for n in range(len(kept))}
    assert 24 <= len(kept) < 30


async def test_a_first_start_that_was_killed_half_way_is_no_damage(tmp_path: Path) -> None:
    for name in ("LOCK", "LOG", "MANIFEST-000001"):
        (tmp_path / name).touch()
    assert await keys_in(tmp_path) == set()


async def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(StoreDamaged, match="CURRENT"):
        await keys_in(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.jpg"]


async def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "db").touch()
    with pytest.raises(FolderUnusable, match="db"):
        await keys_in(tmp_path / "db")


HOLD = """
import asyncio, sys
from pathlib import Path
from pluto.store.level import Level

async def hold():
    async with Level(Path(sys.argv[1])):
        print("held", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(hold())
"""


async def test_a_second_process_is_told_which_lock_is_held(tmp_path: Path) -> None:
    folder = tmp_path / "db"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    hold = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as other:
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == b"held\n"
        with pytest.raises(StoreLocked, match=str(folder / "LOCK")):
            await keys_in(folder)
        other.communicate()
    assert await keys_in(folder) == set()


async def test_the_same_process_cannot_open_it_twice(tmp_path: Path) -> None:
    async with Level(tmp_path):
        with pytest.raises(StoreLocked):
            await keys_in(tmp_path)


async def test_a_full_disk_takes_all_or_nothing_and_works_again_without_a_restart(tmp_path: Path) -> None:
    async with Level(tmp_path) as level:
        await level.write({"kept": b"before", "gone": b"x"}, sync=True)
        with no_space():
            for n in range(3):
                with pytest.raises(StorageFull, match=str(tmp_path)):
                    await level.write({"small": b"1", "kept": b"lost", "gone": None, f"big:{n}": b"v" * 200_000}, sync=True)
        await level.write({"after": b"1"}, sync=True)
        assert await level.items() == {"kept": b"before", "gone": b"x", "after": b"1"}
    async with Level(tmp_path) as level:
        assert await level.items() == {"kept": b"before", "gone": b"x", "after": b"1"}


async def test_a_store_closed_while_the_disk_is_full_opens_afterwards(tmp_path: Path) -> None:
    async with Level(tmp_path) as level:
        await level.write({"a": b"1"}, sync=True)
        with no_space():
            with pytest.raises(StorageFull):
                await level.write({"b": b"v" * 200_000}, sync=True)
            await level.write({}, sync=False)
    assert await keys_in(tmp_path) == {"a"}


async def test_a_caller_that_is_cancelled_hears_of_it_after_memory_agrees_with_the_disk(tmp_path: Path) -> None:
    seen: list[str] = []
    async with Level(tmp_path) as level:
        writing = asyncio.create_task(level.write({"a": b"v" * 1_000_000}, sync=True, then=lambda: seen.append("stored")))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert seen == ["stored"]
        assert set(await level.items()) == {"a"}
