"""kill -9 at any moment under sixteen writers: what was acknowledged is there, what was removed is not (trust 11.1).

PLUTO_KILL9_ROUNDS sets the number of kills; 200 is what trust 11.1 asks for.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from clocks import FakeClock
from figures import Figure
from pluto.store.core import CoreStore
from pluto.store.level import Level

ROUNDS = int(os.environ.get("PLUTO_KILL9_ROUNDS", "20"))
WRITERS = Path(__file__).with_name("store_writers.py")

State = dict[str, int]
"""The value that each registered MAC was last given."""


def lines_until_killed(folder: Path, seed: int, kill_after: int) -> list[str]:
    """Let the writers write, kill them after *kill_after* lines, and return everything they had said by then."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(WRITERS), str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(kill_after)]
        process.kill()
        lines += process.stdout.readlines()
    assert all(line.endswith("\n") for line in lines), "the writers ended by themselves"
    return [line.strip() for line in lines]


def applied(state: State, doing: str) -> State:
    what, mac, value = doing.split()
    after = {**state, mac: int(value)}
    if what == "remove":
        del after[mac]
    return after


def acknowledged(state: State, lines: Iterable[str]) -> tuple[State, list[str]]:
    """Return *state* after all that was acknowledged, and what was tried and never answered: that may be there or not."""
    unanswered: list[str] = []
    for line in lines:
        said, _, doing = line.partition(" ")
        if said == "try":
            unanswered.append(doing)
        else:
            unanswered.remove(doing)
            state = applied(state, doing)
    return state, unanswered


async def stored(folder: Path) -> tuple[State, float]:
    """Return what is there, and how many seconds it took to open."""
    began_s = time.monotonic()
    async with CoreStore(folder, clock=FakeClock(), flush_s=60.0) as store:
        took_s = time.monotonic() - began_s
        values = {record.key: record.fields["value"] for record in store.miners.in_order()}
    async with Level(folder) as level:
        items = await level.items()
    listed = json.loads(items.pop("devices:imprinted", b"[]"))
    assert sorted(items) == sorted(f"devices:imprinted:{mac}" for mac in listed), "list and records disagree"
    assert sorted(listed) == sorted(values)
    return {mac: value for mac, value in values.items() if isinstance(value, int)}, took_s


async def test_nothing_acknowledged_is_lost_and_nothing_removed_comes_back(tmp_path: Path, figure: Figure) -> None:
    chance = random.Random(11)
    state: State = {}
    writes, slowest_s = 0, 0.0
    for seed in range(ROUNDS):
        kill_after = chance.choice([1, 20, 100, 300, 600]) + chance.randrange(50)
        lines = await asyncio.to_thread(lines_until_killed, tmp_path, seed, kill_after)
        state, unanswered = acknowledged(state, lines)
        found, took_s = await stored(tmp_path)
        for doing in unanswered:
            mac = doing.split()[1]
            if found.get(mac) == applied(state, doing).get(mac):
                state = applied(state, doing)
        assert found == state, f"after kill {seed}"
        writes += sum(line.startswith("ok ") for line in lines)
        slowest_s = max(slowest_s, took_s)
    figure("11.1", ROUNDS, -200, "kills, nothing lost, nothing back, every store readable")
    figure("11.1", writes, -1, "acknowledged writes")
    figure("11.1", slowest_s, 2, "s until the store was open again, the slowest")
