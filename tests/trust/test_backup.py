"""Backup, restore and repair: what a person does who is afraid for the data (trust 11.7 to 11.10)."""

import asyncio
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clocks import FakeClock
from disks import no_space
from figures import Figure
from pluto.cli.main import pluto
from pluto.errors import BackupUnusable, FolderUnusable, PlutoError, StoreDamaged, StoreLocked, StoreNotEmpty
from pluto.model.json_value import JsonObject
from pluto.store.core import CoreStore
from pluto.store.level import RESTORING, Level

SECRET = "stratum-hunter2"
MINERS = 1000


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(pluto, arguments, env={"PLUTO_DATA_DIR": str(folder)})


def output(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.exit_code == 0, done.exception
    return done.output


def refused(folder: Path, *arguments: str) -> PlutoError:
    done = run(folder, *arguments)
    assert isinstance(done.exception, PlutoError), done.output
    return done.exception


def store_in(folder: Path) -> CoreStore:
    return CoreStore(folder / "pluto_core", clock=FakeClock(), flush_s=60.0)


async def fill(folder: Path, count: int = 30) -> None:
    """Register *count* miners, and keep a preset that one of them names."""
    async with store_in(folder) as store:
        devices: list[JsonObject] = [
            {"mac": f"aa:bb:cc:00:{n >> 8:02x}:{n & 255:02x}", "info": {"n": n, "x": "y" * 2000}} for n in range(count)
        ]
        await store.miners.register(devices)
        preset = await store.presets.create({"name": "pool", "configuration": {"stratumURL": "a", "stratumPassword": SECRET}})
        await store.miners.update("aa:bb:cc:00:00:00", {"presetUuid": preset.uuid})


async def items_in(folder: Path) -> Mapping[str, bytes]:
    async with Level(folder / "pluto_core") as level:
        return await level.items()


async def test_a_backup_with_secrets_brings_everything_back(tmp_path: Path) -> None:
    await fill(tmp_path / "a")
    before = await items_in(tmp_path / "a")
    said = await asyncio.to_thread(output, tmp_path / "a", "backup", str(tmp_path / "b.gz"), "--with-secrets")
    assert f"{len(before)} keys" in said
    assert (tmp_path / "b.gz").stat().st_mode & 0o777 == 0o600
    await asyncio.to_thread(output, tmp_path / "c", "restore", str(tmp_path / "b.gz"))
    assert await items_in(tmp_path / "c") == before
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "c" / "pluto_core").iterdir()} == {0o600}


async def test_a_backup_has_no_secret_unless_it_is_asked_for(tmp_path: Path) -> None:
    await fill(tmp_path / "a")
    async with Level(tmp_path / "a" / "pluto_core") as level:
        odd = {"kept:x": b'[1, {"otp": true}]', "broken": b"\xff password=" + SECRET.encode(), "apiToken": b'"t-hunter3"'}
        await level.write(odd, sync=True)
    said = await asyncio.to_thread(output, tmp_path / "a", "backup", str(tmp_path / "b.gz"))
    assert "2 keys are left out" in said
    text = gzip.decompress((tmp_path / "b.gz").read_bytes())
    assert SECRET.encode() not in text
    assert b"hunter3" not in text
    assert "has no passwords" in await asyncio.to_thread(output, tmp_path / "c", "restore", str(tmp_path / "b.gz"))
    after = await items_in(tmp_path / "c")
    assert after["kept:x"] == odd["kept:x"]
    async with store_in(tmp_path / "c") as store:
        assert store.presets.all()[0].setting("stratumPassword") is None
        assert store.presets.all()[0].setting("stratumURL") == "a"
        assert len(store.miners) == 30


async def test_a_backup_of_a_database_that_is_being_written_is_one_moment_of_it(tmp_path: Path) -> None:
    chance = random.Random(1)
    async with Level(tmp_path / "pluto_core") as level:
        await level.write({"a": b"0", "b": b"0"}, sync=True)
        written = 0

        async def write() -> None:
            nonlocal written
            while True:
                written += 1
                number = str(written).encode()
                await level.write({"a": number, "x": chance.randbytes(100_000), "b": number}, sync=written % 8 == 0)

        writer = asyncio.create_task(write())
        for round_ in range(10):
            await asyncio.sleep(0.02)
            begun = written
            await asyncio.to_thread(output, tmp_path, "backup", str(tmp_path / f"{round_}.gz"), "--with-secrets")
            done = await asyncio.to_thread(output, tmp_path / f"r{round_}", "restore", str(tmp_path / f"{round_}.gz"))
            assert "3 keys" in done
            found = await items_in(tmp_path / f"r{round_}")
            assert found["a"] == found["b"]
            assert int(found["a"]) >= begun - 1, "something acknowledged is missing"
        writer.cancel()
        await asyncio.wait([writer])
    assert written > 100
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


async def test_restoring_over_something_needs_force_and_copies_it_aside(tmp_path: Path) -> None:
    await fill(tmp_path / "a", 3)
    await fill(tmp_path / "b", 5)
    before, after = await items_in(tmp_path / "b"), await items_in(tmp_path / "a")
    file = str(tmp_path / "a.gz")
    await asyncio.to_thread(output, tmp_path / "a", "backup", file, "--with-secrets")
    error = await asyncio.to_thread(refused, tmp_path / "b", "restore", file)
    assert isinstance(error, StoreNotEmpty)
    assert "--force" in str(error)
    assert await items_in(tmp_path / "b") == before
    await asyncio.to_thread(output, tmp_path / "b", "restore", file, "--force")
    assert await items_in(tmp_path / "b") == after
    aside = next(path for path in (tmp_path / "b").iterdir() if "before-restore" in path.name)
    aside.rename(tmp_path / "b" / "old")
    async with Level(tmp_path / "b" / "old") as level:
        assert await level.items() == before


async def test_nothing_is_restored_or_repaired_under_a_running_server(tmp_path: Path) -> None:
    await fill(tmp_path)
    file = str(tmp_path / "b.gz")
    await asyncio.to_thread(output, tmp_path, "backup", file)
    with held_by_another_process(tmp_path / "pluto_core"):
        for arguments in (["restore", file], ["restore", file, "--force"], ["repair"]):
            error = await asyncio.to_thread(refused, tmp_path, *arguments)
            assert isinstance(error, StoreLocked)
            assert "LOCK" in str(error)
        await asyncio.to_thread(output, tmp_path, "backup", file)
    assert len(await items_in(tmp_path)) == 33


@contextmanager
def held_by_another_process(folder: Path) -> Generator[None]:
    code = "import sys; from pluto.store.level import DB; db = DB(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"\n"
        try:
            yield
        finally:
            holder.kill()


@pytest.mark.parametrize("damaged", ["cut", "flipped", "something else"])
async def test_a_file_that_is_no_whole_backup_restores_nothing(tmp_path: Path, damaged: str) -> None:
    await fill(tmp_path / "a")
    file = tmp_path / "b.gz"
    await asyncio.to_thread(output, tmp_path / "a", "backup", str(file))
    data = file.read_bytes()
    file.write_bytes({"cut": data[:-20], "flipped": data[:40] + bytes((data[40] ^ 0xFF,)) + data[41:]}.get(damaged, b"hello"))
    assert isinstance(await asyncio.to_thread(refused, tmp_path / "c", "restore", str(file)), BackupUnusable)
    assert not (tmp_path / "c").exists()


async def test_a_changed_line_or_a_newer_version_is_refused(tmp_path: Path) -> None:
    await fill(tmp_path / "a")
    file = tmp_path / "b.gz"
    await asyncio.to_thread(output, tmp_path / "a", "backup", str(file))
    text = gzip.decompress(file.read_bytes())
    for old, new, said in ((b"yyy", b"yzy", "changed"), (b'"version":1', b'"version":2', "version 2")):
        file.write_bytes(gzip.compress(text.replace(old, new)))
        error = await asyncio.to_thread(refused, tmp_path / "c", "restore", str(file))
        assert said in str(error)


async def test_a_restore_that_was_interrupted_is_never_taken_for_a_database(tmp_path: Path) -> None:
    await fill(tmp_path)
    file = str(tmp_path / "b.gz")
    await asyncio.to_thread(output, tmp_path, "backup", file)
    (tmp_path / "pluto_core" / RESTORING).touch()
    (tmp_path / "pluto_core" / "CURRENT").unlink()
    with pytest.raises(StoreDamaged, match="restore FILE --force"):
        await items_in(tmp_path)
    assert isinstance(await asyncio.to_thread(refused, tmp_path, "repair"), StoreDamaged)
    assert isinstance(await asyncio.to_thread(refused, tmp_path, "restore", file), StoreNotEmpty)
    await asyncio.to_thread(output, tmp_path, "restore", file, "--force")
    assert len(await items_in(tmp_path)) == 33


async def test_there_is_nothing_to_back_up_or_repair_where_nothing_is(tmp_path: Path) -> None:
    for arguments in (["backup", str(tmp_path / "b.gz")], ["repair"]):
        assert "no database" in str(await asyncio.to_thread(refused, tmp_path / "nothing", *arguments))
    assert not (tmp_path / "nothing").exists()


async def test_a_damaged_database_is_not_backed_up(tmp_path: Path) -> None:
    await fill(tmp_path)
    (tmp_path / "pluto_core" / "CURRENT").unlink()
    error = await asyncio.to_thread(refused, tmp_path, "backup", str(tmp_path / "b.gz"))
    assert isinstance(error, StoreDamaged)
    assert f"{tmp_path}/pluto_core is damaged" in str(error)
    assert not (tmp_path / "b.gz").exists()


async def test_a_thousand_miners_are_backed_up_in_time(tmp_path: Path, figure: Figure) -> None:
    await fill(tmp_path, MINERS)
    began_s = time.monotonic()
    await asyncio.to_thread(output, tmp_path, "backup", str(tmp_path / "b.gz"))
    figure("11.10", time.monotonic() - began_s, 5, "s for a backup of 1,000 miners")


Break = Callable[[Path], None]


def _lose(*patterns: str) -> Break:
    def unlink(folder: Path) -> None:
        for pattern in patterns:
            for file in folder.glob(pattern):
                file.unlink()

    return unlink


def _flip_in_a_table(folder: Path) -> None:
    table = max(folder.glob("*.ldb"), key=lambda file: file.stat().st_size)
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 0xFF
    table.write_bytes(content)


async def _aged(folder: Path) -> None:
    """Have the database lie in tables as well as in its log."""
    await fill(folder, 300)
    for n in range(3):
        async with Level(folder / "pluto_core") as level:
            await level.write({f"unknown:{n}": b"1"}, sync=True)


@pytest.mark.parametrize("damage", [_lose("MANIFEST-*"), _lose("CURRENT"), _lose("CURRENT", "MANIFEST-*")])
async def test_a_lost_manifest_costs_no_record(tmp_path: Path, damage: Break) -> None:
    await _aged(tmp_path)
    before = await items_in(tmp_path)
    folder = tmp_path / "pluto_core"
    damage(folder)
    broken = {file.name: file.read_bytes() for file in folder.iterdir()}
    said = await asyncio.to_thread(output, tmp_path, "repair")
    assert "could not be opened" in said
    assert f"after      {len(before)} records" in said
    assert await items_in(tmp_path) == before
    assert not (folder / "lost").exists()
    aside = next(path for path in tmp_path.iterdir() if "before-repair" in path.name)
    assert {file.name: file.read_bytes() for file in aside.iterdir()} == broken
    assert aside.stat().st_mode & 0o777 == 0o700


async def test_a_flipped_byte_costs_no_more_than_the_records_around_it(tmp_path: Path) -> None:
    await _aged(tmp_path)
    before = await items_in(tmp_path)
    _flip_in_a_table(tmp_path / "pluto_core")
    with pytest.raises(StoreDamaged):
        await items_in(tmp_path)
    said = await asyncio.to_thread(output, tmp_path, "repair")
    after = await items_in(tmp_path)
    assert f"after      {len(after)} records" in said
    assert len(after) >= len(before) - 20
    assert all(before[key] == value for key, value in after.items() if key.startswith("devices:imprinted:"))
    async with store_in(tmp_path) as store:
        assert len(store.miners) == sum(key.startswith("devices:imprinted:") for key in after)


async def test_records_that_no_list_names_are_listed_again(tmp_path: Path) -> None:
    await fill(tmp_path)
    async with Level(tmp_path / "pluto_core") as level:
        listed = json.loads((await level.items())["devices:imprinted"])
        await level.write({"devices:imprinted": json.dumps([*listed[:10], "no:body"]).encode(), "presets": b"{"}, sync=True)
    said = await asyncio.to_thread(output, tmp_path, "repair")
    assert "21 records listed again, 1 names without a record dropped" in said
    async with store_in(tmp_path) as store:
        assert [record.key for record in store.miners.in_order()] == listed
        assert len(store.presets.all()) == 1


async def test_repairing_what_is_whole_changes_nothing(tmp_path: Path) -> None:
    await _aged(tmp_path)
    shutil.copytree(tmp_path / "pluto_core", tmp_path / "pluto_discovery")
    before = await items_in(tmp_path)
    said = await asyncio.to_thread(output, tmp_path, "repair")
    assert said.count(f"before     {len(before)} records") == 2
    assert await items_in(tmp_path) == before


async def test_a_backup_takes_its_place_whole_or_not_at_all(tmp_path: Path) -> None:
    await fill(tmp_path)
    file = tmp_path / "b.gz"
    file.write_bytes(b"the backup of yesterday")
    with no_space():
        assert isinstance(await asyncio.to_thread(refused, tmp_path, "backup", str(file)), FolderUnusable)
    assert file.read_bytes() == b"the backup of yesterday"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    await asyncio.to_thread(output, tmp_path, "backup", str(file))
    assert file.read_bytes()[:2] == b"\x1f\x8b"
