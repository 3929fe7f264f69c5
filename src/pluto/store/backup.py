"""What a backup file looks like: gzip; a line about the whole, a line for each key, as JSON anybody can read, then whole files.

The first line counts the others and has the SHA-256 of them and of each file: a backup that is cut or changed is never restored.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

import msgspec

from pluto import whole_file
from pluto.clock import iso_milliseconds
from pluto.errors import BackupUnusable, FolderUnusable
from pluto.model.json_value import Json
from pluto.model.secret import is_secret, without_secrets
from pluto.store import enclosed
from pluto.store.enclosed import Enclosed

FORMAT: Final = "pluto-backup"
VERSION: Final = 1


class About(msgspec.Struct, frozen=True, kw_only=True):
    """The first line. *secrets* tells whether passwords are in it, *left_out* how many keys had to be left out with them."""

    format: str
    version: int
    created_at: str
    secrets: bool
    keys: int
    left_out: int
    sha256: str
    files: Sequence[Enclosed] = ()


class Backup(msgspec.Struct, frozen=True):
    """What a backup holds: keys and values as the database has them."""

    about: About
    items: Mapping[str, bytes]


def packed(
    items: Mapping[str, bytes], moment: datetime, beside: Mapping[str, Path], *, with_secrets: bool
) -> tuple[About, Iterable[bytes]]:
    """Return the content of a backup file, in pieces: *items*, and the files *beside* by their names in the data folder."""
    kept = dict(items) if with_secrets else _without_secrets(items)
    lines = "".join(json.dumps([key, _text(value)]) + "\n" for key, value in kept.items()).encode()
    about = About(
        format=FORMAT,
        version=VERSION,
        created_at=iso_milliseconds(moment),
        secrets=with_secrets,
        keys=len(kept),
        left_out=len(items) - len(kept),
        sha256=hashlib.sha256(lines).hexdigest(),
        files=enclosed.described(beside),
    )
    head = gzip.compress(msgspec.json.encode(about) + b"\n" + lines, mtime=0)
    return about, chain([head], enclosed.packed(list(beside.values())))


def read_backup(file: Path) -> Backup:
    """Return what *file* holds; raises BackupUnusable."""
    with _opened(file) as backup:
        about, lines = _begun(backup)
        enclosed.check(backup, about.files)
    pairs: list[tuple[str, str]] = [json.loads(line) for line in lines]
    return Backup(about, {key: value.encode("utf-8", "surrogateescape") for key, value in pairs})


def unpack_beside(file: Path, about: About, into: Path) -> None:
    """Write the files that are in the backup *file* under the folder *into*; raises BackupUnusable, FolderUnusable."""
    with _opened(file) as backup:
        again, _ = _begun(backup)
        if again != about:
            raise BackupUnusable("it was replaced meanwhile")
        try:
            enclosed.unpack(backup, about.files, into)
        except OSError as error:
            raise FolderUnusable(f"cannot write in {into}: {error.strerror}") from error


@contextmanager
def _opened(file: Path) -> Generator[gzip.GzipFile]:
    try:
        with gzip.open(file) as backup:
            yield backup
    except BackupUnusable as error:
        raise BackupUnusable(f"{file}: {error}") from error
    except OSError as error:
        raise BackupUnusable(f"{file} cannot be read: {error.strerror or error}") from error
    except (EOFError, zlib.error, ValueError) as error:
        raise BackupUnusable(f"{file} is no backup of Pluto, or cut off: {error}") from error


def _begun(backup: gzip.GzipFile) -> tuple[About, list[bytes]]:
    """Return the first line and those of the keys; what is left to read are the files."""
    about = msgspec.json.decode(backup.readline(), type=About)
    if about.format != FORMAT or about.version != VERSION:
        raise BackupUnusable(f"{about.format} of version {about.version}; this Pluto reads version {VERSION}")
    lines = list(islice(backup, about.keys))
    if hashlib.sha256(b"".join(lines)).hexdigest() != about.sha256:
        raise BackupUnusable("it was changed after it was written, or is cut off")
    return about, lines


def write_whole(file: Path, content: Iterable[bytes]) -> None:
    """Write *file*, readable for nobody else, whole or not at all (trust 11.11); raises FolderUnusable."""
    try:
        whole_file.write(file, content)
    except OSError as error:
        raise FolderUnusable(f"cannot write {file}: {error.strerror}") from error


def _without_secrets(items: Mapping[str, bytes]) -> dict[str, bytes]:
    kept: dict[str, bytes] = {}
    for key, value in items.items():
        clean = None if is_secret(key, value) else _clean(value)
        if clean is not None:
            kept[key] = clean
    return kept


def _clean(value: bytes) -> bytes | None:
    """Return *value* without secrets, itself where it has none, None where nobody can tell what is in it."""
    try:
        decoded: Json = msgspec.json.decode(value)
    except (ValueError, RecursionError):
        return None
    clean = without_secrets({"": decoded})[""]
    return value if clean == decoded else msgspec.json.encode(clean)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
