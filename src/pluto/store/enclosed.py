"""Whole files inside a backup, behind the lines of the database: each compressed by itself, named in the first line."""

import hashlib
import os
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from gzip import GzipFile
from pathlib import Path
from typing import IO, Final

import msgspec

from pluto.errors import BackupUnusable
from pluto.store.aside import sync

_CHUNK_BYTES: Final = 256 * 1024
_GZIP_FORMAT: Final = 31
_LEVEL: Final = 1  # the past is packed already


class Enclosed(msgspec.Struct, frozen=True):
    """A file in a backup: *name* is its path in the data folder."""

    name: str
    bytes: int
    sha256: str


def described(files: Mapping[str, Path]) -> Sequence[Enclosed]:
    """Return what the first line says of *files*, by their names in the data folder."""
    return [_described(name, path) for name, path in files.items()]


def packed(files: Sequence[Path]) -> Generator[bytes]:
    """Yield the *files* as they stand in a backup."""
    for path in files:
        squeeze = zlib.compressobj(_LEVEL, wbits=_GZIP_FORMAT)
        with path.open("rb") as file:
            yield from map(squeeze.compress, _chunks(file, path.stat().st_size))
        yield squeeze.flush()


def check(backup: GzipFile, files: Sequence[Enclosed]) -> None:
    """Read *files* out of an opened backup; raises BackupUnusable where they are not what the first line says."""
    for one in files:
        _copy(backup, one, None)
    if backup.read(1):
        raise BackupUnusable("there is more in it than its first line says")


def unpack(backup: GzipFile, files: Sequence[Enclosed], into: Path) -> None:
    """Write *files* out of an opened backup under the folder *into*, onto the disk; raises BackupUnusable, OSError."""
    for one in files:
        path = into / one.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _copy(backup, one, file)
        sync(path)


def _described(name: str, path: Path) -> Enclosed:
    size, digest = path.stat().st_size, hashlib.sha256()
    with path.open("rb") as file:
        for chunk in _chunks(file, size):
            digest.update(chunk)
    return Enclosed(name, size, digest.hexdigest())


def _copy(backup: GzipFile, one: Enclosed, to: IO[bytes] | None) -> None:
    digest = hashlib.sha256()
    for chunk in _chunks(backup, one.bytes):
        digest.update(chunk)
        if to is not None:
            to.write(chunk)
    if digest.hexdigest() != one.sha256:
        raise BackupUnusable(f"{one.name} in it was changed after it was written, or is cut off")


def _chunks(file: IO[bytes] | GzipFile, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := file.read(min(size, _CHUNK_BYTES))):
        size -= len(chunk)
        yield chunk
