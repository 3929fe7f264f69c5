"""Small files that nobody else may read: written whole or not at all, changed by one process at a time.

Everything here blocks and belongs into a thread where a server runs.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import Final

from pluto import whole_file
from pluto.errors import FolderUnusable

_FOLDER_MODE: Final = 0o700
_MAX_BYTES: Final = 4 * 1024 * 1024

Stamp = tuple[int, int, int] | None
"""What differs as soon as a file is another; None where there is none."""


def fingerprint(secret: str) -> str:
    """Return what is kept of a random *secret* instead of it: 32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def stamp(path: Path) -> Stamp:
    """Return what tells one version of *path* from the next; a look, cheap enough for each request."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def read(path: Path) -> bytes | None:
    """Return the content of *path*, None where it is missing; raises FolderUnusable where it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FolderUnusable(f"{path} cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        return file.read(_MAX_BYTES)


def write(path: Path, content: bytes) -> None:
    """Put *content* into *path* (trust 11.11), readable by its owner alone; raises OSError, then nothing has changed."""
    folder = _opened(path.parent)
    try:
        whole_file.put(path.name, content, folder, owner=os.fstat(folder) if os.geteuid() == 0 else None)
    finally:
        os.close(folder)


class Shared:
    """A file at *path* that other processes may change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: Stamp = None

    def news(self) -> bool:
        """Return whether the file is another than when this was asked last; what cannot be read then is told of once."""
        before, self._stamp = self._stamp, stamp(self.path)
        return self._stamp != before

    def read(self) -> bytes | None:
        """Return its content, None where it is missing; raises FolderUnusable."""
        return read(self.path)

    def write(self, content: bytes) -> None:
        """Put *content* into it; raises FolderUnusable, then nothing has changed."""
        try:
            write(self.path, content)
        except OSError as error:
            raise FolderUnusable(f"{self.path} cannot be written: {error.strerror}") from error

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Let no other process change it meanwhile; raises FolderUnusable."""
        return alone(self.path.parent)


@contextlib.contextmanager
def alone(folder: Path) -> Generator[None]:
    """Let no other process change the files of *folder* meanwhile; raises FolderUnusable."""
    try:
        descriptor = _opened(folder)
    except OSError as error:
        raise FolderUnusable(f"PLUTO_DATA_DIR: cannot write in {folder}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(folder: Path) -> int:
    is_new = not folder.exists()
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    if is_new:
        _give_to_owner(descriptor, folder.parent.stat())
    return descriptor


def _give_to_owner(descriptor: int, around: os.stat_result) -> None:
    """Give what root has made to whom the data belongs: the server must read what `sudo pluto password` wrote."""
    if os.geteuid() == 0:
        os.fchown(descriptor, around.st_uid, around.st_gid)
