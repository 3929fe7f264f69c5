"""What the operating system says of this process, under the names every Prometheus user knows."""

import os
import resource
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

_PROC: Final = Path("/proc/self")


class ProcessFigure(msgspec.Struct, frozen=True):
    """A number of the process; *read* returns None on a system that does not say."""

    name: str
    kind: str
    help: str
    read: Callable[[], float | None]


def _resident_bytes() -> float | None:
    pages = _words(_PROC / "statm")
    return int(pages[1]) * resource.getpagesize() if pages else None


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _open_files() -> float | None:
    try:
        return len(os.listdir(_PROC / "fd")) - 1  # noqa: PTH208 - names are enough; one of them is this look itself
    except OSError:
        return None


def _most_files() -> float:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


@cache  # taken from two clocks: asked again it would differ by a hair, and look like a restart
def _started_at() -> float | None:
    words = _words(_PROC / "stat")
    if not words:
        return None
    # The command, second word of the file, may hold blanks; behind its bracket the start is the twentieth.
    ticks = int(words[words.index(next(word for word in reversed(words) if word.endswith(")"))) + 20])
    booted_s = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return round(booted_s + ticks / os.sysconf("SC_CLK_TCK"), 2)


def _words(path: Path) -> list[str]:
    try:
        return path.read_text("ascii", "replace").split()
    except OSError:
        return []


PROCESS: Final = (
    ProcessFigure("process_resident_memory_bytes", "gauge", "Memory in use.", _resident_bytes),
    ProcessFigure("process_cpu_seconds_total", "counter", "Processor time used, user and system.", _cpu_seconds),
    ProcessFigure("process_open_fds", "gauge", "Open files and sockets.", _open_files),
    ProcessFigure("process_max_fds", "gauge", "Most files and sockets that may be open.", _most_files),
    ProcessFigure("process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.", _started_at),
)
