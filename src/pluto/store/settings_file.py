"""How `pluto.toml` is changed by a program: line by line, what a person wrote around it stays; whole or not at all."""

import contextlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from pluto import whole_file
from pluto.errors import BadRequest, StorageFull
from pluto.settings import CONFIG_FILE

Value = bool | int | float | str | Sequence[str]

_KEY: Final = re.compile(r"\s*[\"']?(\w+)[\"']?\s*=")
_TABLE: Final = re.compile(r"\s*\[")


class SettingsFile:
    """The file in *folder*; it need not exist."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CONFIG_FILE

    def read(self) -> dict[str, object]:
        """Return what it says, names in capitals; raises BadRequest where it is no TOML."""
        return {name.upper(): value for name, value in _parsed(self._text()).items()}

    def change(self, changes: Mapping[str, Value | None]) -> None:
        """Set these values, take away those that are None; raises BadRequest, and StorageFull with the file as it was."""
        text = changed(self._text(), changes)
        _parsed(text)
        try:
            whole_file.write(self._path, text.encode())
        except OSError as error:
            raise StorageFull(f"{CONFIG_FILE} cannot be written: {error.strerror}") from error

    def _text(self) -> str:
        try:
            return self._path.read_text("utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            raise BadRequest(f"{CONFIG_FILE} cannot be read: {error}") from error


def changed(text: str, changes: Mapping[str, Value | None]) -> str:
    """Return the TOML *text* with these top-level values set, or taken away where they are None."""
    lines = text.splitlines()
    for name, value in changes.items():
        new = [] if value is None else [f"{name.lower()} = {_written(value)}"]
        place = next((place for place, line in enumerate(lines) if _names(line, name)), None)
        if place is None:
            end = next((place for place, line in enumerate(lines) if _TABLE.match(line)), len(lines))
            lines[end:end] = new
        else:
            lines[place : _end(lines, place)] = new
    return "".join(f"{line}\n" for line in lines)


def _names(line: str, name: str) -> bool:
    found = _KEY.match(line)
    return found is not None and found[1].upper() == name


def _end(lines: Sequence[str], begin: int) -> int:
    """Return behind which line the value that begins in line *begin* is over: an array may go on."""
    for end in range(begin + 1, len(lines) + 1):
        with contextlib.suppress(tomllib.TOMLDecodeError):
            tomllib.loads("\n".join(lines[begin:end]))
            return end
    return begin + 1


def _written(value: Value) -> str:
    # what JSON writes of these types is TOML as well
    return msgspec.json.encode(value).decode()


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{CONFIG_FILE} is no TOML: {error}") from error
