"""`pluto repair`: a damaged database made usable, with what it did in figures."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from pluto.clock import LoopClock
from pluto.errors import BadSetting, NotFound
from pluto.settings import read_settings
from pluto.store.core import CoreStore
from pluto.store.repair import Repaired
from pluto.store.repair import repair as mended
from pluto.store.seal import Seal, read_key

DATABASES: Final = ("pluto_core", "pluto_discovery")


@click.command()
@click.option("--encrypt", is_flag=True, help="Only seal the passwords of the presets with PLUTO_SECRET_KEY.")
@click.option("--decrypt", is_flag=True, help="Only write them as they are again, for a Pluto that knows no seal.")
def repair(encrypt: bool, decrypt: bool) -> None:
    """Copy the databases aside, then repair them; the server must not run."""
    settings = read_settings(os.environ)
    data = Path(settings.data_dir)
    if encrypt or decrypt:
        _seal(data / "pluto_core", read_key(settings.secret_key, settings.secret_key_file), opens=decrypt)
        return
    folders = [data / name for name in DATABASES if (data / name).is_dir()]
    if not folders:
        raise NotFound(f"there is no database in {data} (PLUTO_DATA_DIR)")
    for folder in folders:
        _report(folder, _repaired(folder))


def _seal(folder: Path, key: bytes | None, *, opens: bool) -> None:
    if key is None:
        raise BadSetting("set PLUTO_SECRET_KEY or PLUTO_SECRET_KEY_FILE first; `openssl rand -hex 32` makes a key")
    if not folder.is_dir():
        raise NotFound(f"there is no database in {folder}")
    count = asyncio.run(_sealed_again(folder, Seal(key), Seal() if opens else Seal(key)))
    click.echo(f"{folder}: {count} presets, their passwords {'as they are' if opens else 'sealed'}")


async def _sealed_again(folder: Path, before: Seal, after: Seal) -> int:
    async with CoreStore(folder, clock=LoopClock(), flush_s=3600, seal=before) as store:
        return await store.presets.seal_again(after)


def _repaired(folder: Path) -> Repaired:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"copying {folder.name} aside")
        return asyncio.run(mended(folder, datetime.now(UTC), lambda done, total: bar.update(task, completed=done, total=total)))


def _report(folder: Path, done: Repaired) -> None:
    before = f"{done.before} records" if done.before is not None else f"could not be opened: {done.why}"
    click.echo(f"{folder}")
    click.echo(f"  copied to  {done.aside}")
    click.echo(f"  before     {before}")
    click.echo(f"  after      {done.after} records")
    if done.listed_again or done.unlisted:
        click.echo(f"  lists      {done.listed_again} records listed again, {done.unlisted} names without a record dropped")
