"""`pluto backup` and `pluto restore`: what is kept, in one file and back."""

import asyncio
import os
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pluto.cli.beside import ACCESS, HISTORY, KNOWN, copies
from pluto.errors import BackupUnusable, FolderUnusable
from pluto.settings import read_settings
from pluto.store.backup import packed, read_backup, unpack_beside, write_whole
from pluto.store.moment import items_at_one_moment
from pluto.store.restore import restore as put_back


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Keep the passwords of the presets in it, too, and who may come in (hashes of Pluto's password and tokens): "
    "keep the file as you keep them.",
)
@click.option("--without-history", is_flag=True, help="Leave out the past (history.sqlite), by far the largest part.")
def backup(file: Path, with_secrets: bool, without_history: bool) -> None:
    """Write miners, presets, the past and the log of changes to FILE, each as it is at one moment; the server may run or not."""
    file, folder = file.absolute(), core_folder()
    items = asyncio.run(items_at_one_moment(folder, file.parent))
    with _work(file.parent) as work:
        beside = copies(folder.parent, work, with_history=not without_history, with_access=with_secrets)
        about, content = packed(items, datetime.now(UTC), beside, with_secrets=with_secrets)
        write_whole(file, content)
    secrets = "with" if with_secrets else "without"
    click.echo(f"{file}: {about.keys} keys, {_listed(beside)}{file.stat().st_size:,} bytes, {secrets} passwords")
    if about.left_out:
        click.echo(f"{about.left_out} keys are left out, since they may hold a secret; --with-secrets keeps them")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there; it is copied aside first.")
def restore(file: Path, force: bool) -> None:
    """Put what is in FILE in the place of what is there; the server must not run.

    What FILE does not hold (the past or who may come in, where they were left out) stays as it is.
    """
    found, folder = read_backup(file), core_folder()
    names = [one.name for one in found.about.files]
    if unknown := [name for name in names if name not in KNOWN]:
        raise BackupUnusable(f"{file} holds {unknown[0]!r}, which is no file of Pluto's")
    beside = (names, partial(unpack_beside, file, found.about))
    aside = asyncio.run(put_back(folder, found.items, datetime.now(UTC), beside, force=force))
    for path in aside:
        click.echo(f"{path}: what was there")
    click.echo(f"{folder}: {len(found.items)} keys, as they were at {found.about.created_at}")
    if names:
        click.echo(f"{folder.parent}: {_listed(names).rstrip(', ')}")
    if not found.about.secrets:
        click.echo("the backup has no passwords: give the presets theirs again")


def core_folder() -> Path:
    """Return the folder of the database, as the settings say."""
    return Path(read_settings(os.environ).data_dir) / "pluto_core"


@contextmanager
def _work(folder: Path) -> Generator[Path]:
    try:
        with TemporaryDirectory(prefix=".pluto-", dir=folder) as work:
            yield Path(work)
    except OSError as error:
        raise FolderUnusable(f"cannot copy what belongs into a backup to {folder}: {error.strerror}") from error


def _listed(names: Collection[str]) -> str:
    """Return which kinds of files *names* are, each followed by a comma."""
    kinds: Iterable[tuple[str, bool]] = (
        ("the past", HISTORY in names),
        ("the log of changes", any(name not in (HISTORY, *ACCESS) for name in names)),
        ("who may come in", any(name in ACCESS for name in names)),
    )
    return "".join(f"{kind}, " for kind, is_there in kinds if is_there)
