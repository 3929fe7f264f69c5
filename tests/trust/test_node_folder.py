"""A database written by Node's LevelDB opens here, and one written here opens in Node, in turns (trust 11.12)."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from clocks import FakeClock
from pluto.model.miner import MacAddress
from pluto.model.record import Record
from pluto.store.core import CoreStore

pytestmark = pytest.mark.real
TURNS = 6

OTHER_BACKEND = """
const { ClassicLevel } = require('classic-level')
const [folder, from] = [process.argv[1], Number(process.argv[2])]
const list = 'devices:imprinted'
const mac = n => 'aa:bb:cc:00:' + [n >> 8, n & 255].map(b => b.toString(16).padStart(2, '0')).join(':')
async function main () {
  const db = new ClassicLevel(folder, { valueEncoding: 'json' })
  const seen = Object.fromEntries(await db.iterator().all())
  const macs = [...(seen[list] ?? [])]
  for (let n = from; n < from + 500; n++) {
    const info = { hostname: 'ä' + n, hashRate: n / 3, nested: { list: [1, null, 1e21] }, filler: 'x'.repeat(2000) }
    const record = { mac: mac(n), ip: '10.0.0.1', type: 't', info, createdAt: 'c', updatedAt: 'u', ours: n }
    await db.put(list + ':' + mac(n), record)
    macs.push(mac(n))
  }
  await db.put(list, macs)
  await db.del(list + ':' + mac(from))
  await db.put(list, macs.filter(each => each !== mac(from)))
  await db.close()
  console.log(JSON.stringify(seen))
}
main()
"""


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    """A folder in which `require('classic-level')` finds the LevelDB of the TypeScript backend."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node is not installed")
    folder = tmp_path / "node"
    folder.mkdir()
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "classic-level@1"]
    try:
        subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm cannot install classic-level here")
    return folder


def write_with_node(node_modules: Path, folder: Path, first: int) -> dict[str, Any]:
    """Let Node read everything, then add 500 records from number *first* and delete that one; return what it read."""
    command = ["node", "-e", OTHER_BACKEND, str(folder), str(first)]
    done = subprocess.run(command, cwd=node_modules, check=True, capture_output=True, text=True)
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


async def test_node_and_we_write_the_same_database_in_turns(tmp_path: Path, node_modules: Path) -> None:
    folder = tmp_path / "pluto_core"
    ours: dict[str, Any] = {}
    for turn in range(TURNS):
        first = turn * 500
        assert write_with_node(node_modules, folder, first) == ours
        async with CoreStore(folder, clock=FakeClock(), flush_s=60.0) as store:
            records = store.miners.in_order()
            assert len(records) == (turn + 1) * 499
            assert json.loads(records[-1].to_json())["info"]["hostname"] == f"ä{first + 499}"
            await write_a_lot(store, records)
            await store.miners.update(records[-1].key, {"presetUuid": "p"})
            store.miners.polled(records[-2].mac, b'{"polled":%d}' % turn)
            await store.miners.register([{"mac": MacAddress(f"00:00:00:00:00:{turn:02x}")}])
            await store.miners.remove(f"00:00:00:00:00:{turn:02x}")
        async with CoreStore(folder, clock=FakeClock(), flush_s=60.0) as store:
            ours = {key: json.loads(value) for key, value in (await store.level.items()).items()}
            assert ours[f"devices:imprinted:{records[-1].key}"]["presetUuid"] == "p"
            assert ours[f"devices:imprinted:{records[-1].key}"]["ours"] == first + 499
            assert ours[f"devices:imprinted:{records[-2].key}"]["info"] == {"polled": turn}
            assert all(ours[f"devices:imprinted:{record.key}"]["writer"] == 15 for record in records[:20])


async def write_a_lot(store: CoreStore, records: Sequence[Record]) -> None:
    """Sixteen writers at once over twenty records, while every miner is polled: as much as the log can take."""

    async def write(writer: int) -> None:
        for record in records[:20]:
            await store.miners.update(record.key, {"writer": writer})

    for record in records:
        store.miners.polled(record.mac, b'{"filler":"%s"}' % (b"y" * 3000))
    async with asyncio.TaskGroup() as tasks:
        for writer in range(16):
            tasks.create_task(write(writer))
        tasks.create_task(store.miners.flush())
