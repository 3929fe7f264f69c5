"""A disk that is really full, and one that breaks its word at the last moment (trust 11.5)."""

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from pluto.errors import StorageFull
from pluto.store.level import Level

pytestmark = pytest.mark.real

FAILING_SYNC = """
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int fdatasync(int fd)
{
    if (access(getenv("SYNC_FAILS"), F_OK) == 0) { errno = ENOSPC; return -1; }
    return fsync(fd);
}
"""

WRITE_UNSYNCED = """
import asyncio, os, sys
from pathlib import Path
from pluto.errors import StorageFull
from pluto.store.level import Level

async def write(folder, fails):
    async with Level(folder) as level:
        await level.write({"kept": b"before", "gone": b"x"}, sync=True)
        fails.touch()
        for _ in range(2):
            try:
                await level.write({"kept": b"lost", "gone": None, "new": b"lost"}, sync=True)
            except StorageFull as error:
                print(error)
            else:
                sys.exit("a write was acknowledged that was not synced")
        fails.unlink()
        await level.write({"after": b"1"}, sync=True)

asyncio.run(write(Path(sys.argv[1]), Path(os.environ["SYNC_FAILS"])))
"""


@pytest.fixture
def disk(tmp_path: Path) -> Generator[Path]:
    """A disk of 24 MiB, 12 of them taken by the file `filler`: LevelDB needs room for its log once more to open again."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        (folder / "filler").write_bytes(bytes(12 << 20))
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


async def items_in(folder: Path) -> dict[str, bytes]:
    async with Level(folder) as level:
        return await level.items()


@pytest.mark.parametrize("value_bytes", [500, 4_000, 60_000])
async def test_nothing_acknowledged_is_lost_and_the_first_write_with_space_works(disk: Path, value_bytes: int) -> None:
    chance = random.Random(value_bytes)
    acknowledged: dict[str, bytes] = {}
    refused = 0
    async with Level(disk / "db") as level:
        n = 0
        while refused < 5:
            n += 1
            pair = {f"key:{n}": chance.randbytes(value_bytes), f"twin:{n}": b""}
            try:
                await level.write(pair, sync=n % 2 == 0)
            except StorageFull:
                refused += 1
            else:
                acknowledged |= pair
        (disk / "filler").unlink()
        await level.write({"after": b"1"}, sync=True)
        acknowledged["after"] = b"1"
        assert await level.items() == acknowledged
    assert await items_in(disk / "db") == acknowledged


async def test_a_disk_that_stays_full_until_the_end_loses_nothing(disk: Path) -> None:
    chance = random.Random(1)
    acknowledged: dict[str, bytes] = {}
    async with Level(disk / "db") as level:
        with contextlib.suppress(StorageFull):
            while True:
                pair = {f"key:{len(acknowledged)}": chance.randbytes(10_000)}
                await level.write(pair, sync=True)
                acknowledged |= pair
    (disk / "filler").unlink()
    assert await items_in(disk / "db") == acknowledged


async def test_a_record_that_went_out_but_could_not_be_synced_is_undone(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    (tmp_path / "sync.c").write_text(FAILING_SYNC)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", tmp_path / "sync.so", tmp_path / "sync.c"], check=True)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LD_PRELOAD": str(tmp_path / "sync.so"),
        "SYNC_FAILS": str(tmp_path / "fails"),
    }
    command = [sys.executable, "-c", WRITE_UNSYNCED, str(tmp_path / "db")]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    assert await items_in(tmp_path / "db") == {"kept": b"before", "gone": b"x", "after": b"1"}
