"""`pluto backup` and `pluto restore`: what is kept, in one file and back."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from pluto.settings import read_settings
from pluto.store.backup import packed, read_backup, write_whole
from pluto.store.moment import items_at_one_moment
from pluto.store.restore import restore as put_back


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--with-secrets", is_flag=True, help="Keep the passwords of the presets in it, too: keep the file as you keep them."
)
def backup(file: Path, with_secrets: bool) -> None:
    """Write miners and presets to FILE, as they are at one moment; the server may run or not."""
    file = file.absolute()
    items = asyncio.run(items_at_one_moment(core_folder(), file.parent))
    about, content = packed(items, datetime.now(UTC), with_secrets=with_secrets)
    write_whole(file, content)
    secrets = "with" if with_secrets else "without"
    click.echo(f"{file}: {about.keys} keys, {len(content):,} bytes, {secrets} passwords")
    if about.left_out:
        click.echo(f"{about.left_out} keys are left out, since they may hold a secret; --with-secrets keeps them")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there; it is copied aside first.")
def restore(file: Path, force: bool) -> None:
    """Put the miners and presets of FILE in the place of what is there; the server must not run."""
    found, folder = read_backup(file), core_folder()
    aside = asyncio.run(put_back(folder, found.items, datetime.now(UTC), force=force))
    if aside is not None:
        click.echo(f"{aside}: what was there")
    click.echo(f"{folder}: {len(found.items)} keys, as they were at {found.about.created_at}")
    if not found.about.secrets:
        click.echo("the backup has no passwords: give the presets theirs again")


def core_folder() -> Path:
    """Return the folder of the database, as the settings say."""
    return Path(read_settings(os.environ).data_dir) / "pluto_core"
