"""How a small file is written whole or not at all (trust 11.11): beside its place, onto the disk, then under its name."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600


def put(
    name: str, content: bytes | Iterable[bytes], folder: int, mode: int = PRIVATE, owner: os.stat_result | None = None
) -> None:
    """Write *name* in the opened *folder*, given to whom *owner* names; raises OSError, then nothing has changed.

    Until it is whole it lies under a name that begins with a dot. No link is followed.
    """
    waiting = f".{name}.tmp"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(waiting, dir_fd=folder)  # left by a process that ended while it wrote
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(waiting, flags, mode, dir_fd=folder), "wb") as file:
            os.fchmod(file.fileno(), mode)
            if owner is not None:
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(waiting, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(waiting, dir_fd=folder)
        raise
    os.fsync(folder)


def write(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write *path*, readable for its owner alone; its folder must exist. Raises OSError, then nothing has changed."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        put(path.name, content, folder)
    finally:
        os.close(folder)
