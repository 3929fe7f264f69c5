"""`audit.jsonl` and the four before it: how lines get in and are found again. Everything here blocks: it belongs in a thread."""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from pluto.audit.entry import Entry

NAME: Final = "audit.jsonl"
FILE_BYTES: Final = 10 * 1024 * 1024
FILES: Final = 5
_MODE: Final = 0o600
_DECODER: Final = msgspec.json.Decoder(Entry)


def names() -> Sequence[str]:
    """Return what the files are called, the newest first."""
    return [NAME if number == 0 else f"{NAME}.{number}" for number in range(FILES)]


class Question(msgspec.Struct, frozen=True):
    """Which entries are meant; both moments are seconds since 1970."""

    from_s: float = 0.0
    to_s: float = float("inf")
    target: str | None = None
    limit: int = 1_000_000

    def means(self, entry: Entry) -> bool:
        """Return whether *entry* is meant."""
        return self.from_s <= entry.at <= self.to_s and self.target in (None, entry.target)


class AuditFiles:
    """The files in *folder*, the newest without a number."""

    def __init__(self, folder: Path, file_bytes: int = FILE_BYTES) -> None:
        self._paths = [folder / name for name in names()]
        self._file_bytes = file_bytes

    def append(self, entries: Sequence[Entry]) -> None:
        """Write *entries* behind what there is; raises OSError."""
        content = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
        self._make_room(len(content))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._paths[0], flags, _MODE)
        try:
            if os.geteuid() == 0:  # the server must go on writing what `sudo pluto token` began
                around = self._paths[0].parent.stat()
                os.fchown(descriptor, around.st_uid, around.st_gid)
            size = os.fstat(descriptor).st_size
            try:
                _write_all(descriptor, content)
            except OSError:
                os.ftruncate(descriptor, size)  # half a line would spoil the next one too
                raise
        finally:
            os.close(descriptor)

    def contents(self) -> Mapping[str, bytes]:
        """Return what the files that are there hold, in whole lines, at one moment; raises OSError."""
        while True:
            with contextlib.ExitStack() as stack:
                before = self._numbers()
                files = {path.name: stack.enter_context(path.open("rb")) for path in self._paths if path.exists()}
                if self._numbers() == before:  # else they changed their names meanwhile
                    return {name: content[: content.rfind(b"\n") + 1] for name, file in files.items() if (content := file.read())}

    def _numbers(self) -> list[int]:
        return [path.stat().st_ino for path in self._paths if path.exists()]

    def newest_first(self, question: Question) -> list[Entry]:
        """Return the entries that are meant; a line that cannot be read is passed over."""
        found: list[Entry] = []
        for entry in self._entries():
            if question.means(entry):
                found.append(entry)
                if len(found) >= question.limit:
                    break
        return found

    def _entries(self) -> Iterator[Entry]:
        for path in self._paths:
            with contextlib.suppress(OSError):
                for line in reversed(path.read_bytes().splitlines()):
                    with contextlib.suppress(msgspec.MsgspecError):
                        yield _DECODER.decode(line)

    def _make_room(self, size: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self._paths[0].stat().st_size + size <= self._file_bytes:
                return
            for older, newer in zip(reversed(self._paths), reversed(self._paths[:-1]), strict=False):
                with contextlib.suppress(FileNotFoundError):
                    newer.replace(older)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
