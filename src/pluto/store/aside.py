"""What happens to a database before it is changed as a whole: an untouched copy beside it, under a name that says why."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pluto.errors import FolderUnusable

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


def copy_aside(folder: Path, why: str, moment: datetime, progress: Progress = lambda done, total: None) -> Path:
    """Copy *folder* to `<folder>.before-<why>-<moment>` and return that; raises FolderUnusable, with no copy left."""
    copy = folder.with_name(f"{folder.name}.before-{why}-{moment:%Y%m%dT%H%M%S}")
    files = [file for file in folder.iterdir() if file.is_file()]
    total, done = sum(file.stat().st_size for file in files), 0
    try:
        copy.mkdir(mode=0o700)
        for file in files:
            shutil.copyfile(file, copy / file.name)
            (copy / file.name).chmod(0o600)
            sync(copy / file.name)
            done += file.stat().st_size
            progress(done, total)
        sync(copy)
        sync(copy.parent)
    except FileExistsError as error:
        raise FolderUnusable(f"{copy} is there already") from error
    except OSError as error:
        shutil.rmtree(copy, ignore_errors=True)
        raise FolderUnusable(f"{folder} cannot be copied aside to {copy}: {error.strerror}; nothing was changed") from error
    return copy


def sync(path: Path) -> None:
    """Have what was written in *path*, file or folder, on the disk before this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
