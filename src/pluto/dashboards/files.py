"""The folder that Grafana reads: how a dashboard gets in whole or not at all, what is left alone, what is read back.

Everything here blocks and belongs into a thread. No path leaves the folder and no symbolic link in it is followed.
"""

import contextlib
import json
import os
import re
import stat
from collections.abc import Callable, Generator
from importlib import resources
from pathlib import Path
from typing import Final, cast

import msgspec

from pluto import whole_file
from pluto.errors import CannotDraw
from pluto.model.json_value import JsonObject

DEVICE_TEMPLATE: Final = "bitaxe_dashboard_template.json"
OVERVIEW_TEMPLATE: Final = "bitaxe_overview_dashboard_template.json"
MAX_FILE_BYTES: Final = 4 * 1024 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,128}")
_PACKAGE: Final = "pluto.dashboards"
_FOLDER_MODE: Final = 0o755
_FILE_MODE: Final = 0o644  # Grafana reads it under a user of its own


class DashboardFile(msgspec.Struct, frozen=True):
    """A dashboard in the folder: its file name without `.json`, and the uid in it."""

    name: str
    uid: str


class Drawn(msgspec.Struct, frozen=True):
    """What `draw` found or made: *uid* is None where an existing file has none that can be used."""

    uid: str | None
    is_new: bool


class DashboardFiles:
    """The dashboards in *folder*, made of the templates in *templates*; one missing there comes from the package."""

    def __init__(self, folder: Path, templates: Path) -> None:
        self._folder = folder
        self._templates = templates
        self._read_last: tuple[bytes, JsonObject] | None = None

    def draw(self, name: str, template: str, fill: Callable[[JsonObject], JsonObject]) -> Drawn:
        """Write `<name>.json` from *template* as *fill* makes it, unless there is one: that stays byte for byte.

        Raises CannotDraw; then nothing was written.
        """
        with _said(f"{name}.json"):
            self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            with self._open() as folder:
                if _exists(_file_name(name), folder):
                    return Drawn(_uid(_read(_file_name(name), folder)), is_new=False)
                dashboard = fill(self._template(template))
                text = msgspec.json.format(msgspec.json.encode(dashboard), indent=2)
                whole_file.put(_file_name(name), text, folder, _FILE_MODE)
                return Drawn(_uid(dashboard), is_new=True)

    def uid(self, name: str) -> str | None:
        """Return the uid in `<name>.json`; None where there is no such file or no uid in it."""
        with contextlib.suppress(OSError), self._open() as folder:
            return _uid(_read(_file_name(name), folder))
        return None

    def delete(self, name: str) -> None:
        """Delete `<name>.json`, if it exists; raises CannotDraw."""
        with _said(f"{name}.json"), contextlib.suppress(FileNotFoundError), self._open() as folder:
            os.unlink(_file_name(name), dir_fd=folder)
            os.fsync(folder)

    def all(self) -> list[DashboardFile]:
        """Return every dashboard that has a uid, by name; none while the folder does not exist. Raises CannotDraw."""
        with _said("the folder of the dashboards"), contextlib.suppress(FileNotFoundError), self._open() as folder:
            names = sorted(path.stem for path in self._folder.iterdir() if path.suffix == ".json" and path.stem.isprintable())
            uids = [(name, _uid(_read(f"{name}.json", folder))) for name in names]
            return [DashboardFile(name, uid) for name, uid in uids if uid is not None]
        return []

    @contextlib.contextmanager
    def _open(self) -> Generator[int]:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield folder
        finally:
            os.close(folder)

    def _template(self, template: str) -> JsonObject:
        try:
            text = (self._templates / template).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            text = (resources.files(_PACKAGE) / "templates" / template).read_bytes()
        if self._read_last is None or text != self._read_last[0]:
            self._read_last = text, _object(template, text)
        return self._read_last[1]


def _object(template: str, text: bytes) -> JsonObject:
    value: object = json.loads(text)
    if not isinstance(value, dict):
        raise CannotDraw(f"the template {template} is not a JSON object")
    return cast("JsonObject", value)


@contextlib.contextmanager
def _said(what: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise CannotDraw(f"{what}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CannotDraw(f"{what}: a template or name cannot be used: {error}") from error


def _file_name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name for a dashboard")
    return f"{name}.json"


def _exists(file: str, folder: int) -> bool:
    try:
        os.stat(file, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _read(file: str, folder: int) -> object:
    """Return the JSON in *file*, None where it is no regular file of bearable size that holds JSON."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_BYTES:
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            return cast("object", json.loads(opened.read(MAX_FILE_BYTES)))
    except (OSError, ValueError, RecursionError):
        return None
    finally:
        os.close(descriptor)


def _uid(dashboard: object) -> str | None:
    uid = cast("dict[str, object]", dashboard).get("uid") if isinstance(dashboard, dict) else None
    return uid if isinstance(uid, str) and uid else None
