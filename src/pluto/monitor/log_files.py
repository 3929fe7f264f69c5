"""A miner's log as a file: its name, its lines, rotated and bounded, written in a thread (contract I, trust 7.2, 7.4)."""

import asyncio
import logging
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pluto.clock import Clock, iso_milliseconds
from pluto.model.miner import MacAddress, Miner
from pluto.model.names import NameBook, log_files

FILE_BYTES: Final = 5 * 1024 * 1024
ALL_BYTES: Final = 500 * 1024 * 1024
BLOCK_BYTES: Final = 512
WRITE_EVERY_S: Final = 0.1
PRUNE_AFTER: Final = 100
"""New files after which the folder is looked through: a miner that renames itself always begins one with each answer."""
MAX_WAITING_LINES: Final = 5000
"""Lines that wait for a slow disk, of all miners together; more are left out and counted."""
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

log = logging.getLogger(__name__)


class LogFiles:
    """The folder of `<hostname>.log`: `write` returns at once, a task hands the lines to a thread every WRITE_EVERY_S."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._names = NameBook(log_files())
        self._known: dict[MacAddress, str | None] = {}
        self._waiting: dict[str, list[str]] = {}
        self._count = 0
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False
        self._new_files = 0

    async def __aenter__(self) -> "LogFiles":
        self._task = asyncio.create_task(self._run(), name="log files")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    def write(self, miner: Miner, hostname: str | None, message: str) -> None:
        """Append *message* to the file of *miner*, under the name it has now."""
        if miner.mac not in self._known or self._known[miner.mac] != hostname:
            self._names.claim(miner, hostname)
            self._known[miner.mac] = hostname
        name = self._names.name(miner.mac)
        if name is not None and self._count < MAX_WAITING_LINES:
            self._waiting.setdefault(name, []).append(line_of(self._clock.utc(), message))
            self._count += 1

    def leave(self, mac: MacAddress) -> None:
        """Let the name of a miner that is watched no more go to another."""
        self._names.keep(mac)
        self._known.pop(mac, None)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting, self._count = self._waiting, {}, 0
        if not waiting:
            return
        try:
            self._new_files = await asyncio.to_thread(_written, self._folder, waiting, self._new_files)
        except OSError as error:
            if not self._is_failing:
                log.warning("device logs cannot be written", extra={"folder": str(self._folder), "why": error.strerror})
            self._is_failing = True
        else:
            self._is_failing = False


def line_of(moment: datetime, message: str) -> str:
    """Return *message* as it stands in the file: no colours, control characters escaped, further lines behind a tab."""
    text = _COLOUR.sub("", message).replace("\r\n", "\n").rstrip("\n")
    text = _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text).replace("\n", "\n\t")
    return f"{iso_milliseconds(moment)} [INFO]: {text}\n"


def _written(folder: Path, waiting: Mapping[str, Sequence[str]], new_files: int) -> int:
    """Append what waits, and return how many files began since the folder was last looked through."""
    folder.mkdir(parents=True, exist_ok=True)
    is_full = False
    for name, lines in waiting.items():
        file = folder / f"{name}.log"
        new_files += not file.exists()
        is_full |= _append(file, lines)
    if is_full or new_files >= PRUNE_AFTER:
        _prune(folder)
        return 0
    return new_files


def _append(file: Path, lines: Iterable[str]) -> bool:
    """Append to *file*, which is never a link or anything but a plain file; return whether it was full and made room."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, f"{file} is no plain file")
        stream.write("".join(lines).encode())
        is_full = status.st_size > FILE_BYTES
    if is_full:
        file.replace(file.with_suffix(".log.1"))
    return is_full


def _prune(folder: Path) -> None:
    """Delete the files that were written to longest ago while all of them together take more than ALL_BYTES of the disk."""
    found = [(path, path.lstat()) for path in folder.glob("*.log*") if not path.is_dir()]
    total = sum(status.st_blocks * BLOCK_BYTES for _, status in found)
    for path, status in sorted(found, key=lambda item: item[1].st_mtime):
        if total <= ALL_BYTES:
            return
        if not path.name.startswith("combined."):
            total -= status.st_blocks * BLOCK_BYTES
            path.unlink()
