"""Sixteen writers on one store until somebody kills the process; each says what it tries, and what was acknowledged.

Run as `python store_writers.py FOLDER SEED`; lines are `try|ok register|update|remove MAC VALUE`.
"""

import asyncio
import os
import random
import sys
from collections.abc import Awaitable
from pathlib import Path

from pluto.clock import LoopClock
from pluto.model.miner import MacAddress
from pluto.store.core import CoreStore

WRITERS = 16
MACS_EACH = 3


def say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


async def write_for_ever(store: CoreStore, writer: int, chance: random.Random) -> None:
    macs = [MacAddress(f"aa:bb:cc:00:{writer:02x}:{n:02x}") for n in range(MACS_EACH)]
    while True:
        mac, value = chance.choice(macs), chance.randrange(1 << 60)
        padding = "x" * chance.choice([10, 1_000, 20_000])
        store.miners.polled(chance.choice(macs), b'{"padding":"%s"}' % padding.encode())
        write: Awaitable[object]
        if store.miners.get(mac) is None:
            doing = f"register {mac} {value}"
            write = store.miners.register([{"mac": mac, "value": value, "info": {"padding": padding}}])
        elif chance.random() < 0.3:
            doing = f"remove {mac} {value}"
            write = store.miners.remove(mac)
        else:
            doing = f"update {mac} {value}"
            write = store.miners.update(mac, {"value": value})
        say(f"try {doing}")
        await write
        say(f"ok {doing}")


async def main(folder: Path, seed: int) -> None:
    async with CoreStore(folder, clock=LoopClock(), flush_s=0.02) as store, asyncio.TaskGroup() as tasks:
        for writer in range(WRITERS):
            tasks.create_task(write_for_ever(store, writer, random.Random(seed * WRITERS + writer)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
