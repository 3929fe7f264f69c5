"""`pluto repair`: a damaged database made usable, with what it did in figures."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from pluto.errors import NotFound
from pluto.settings import read_settings
from pluto.store.repair import Repaired
from pluto.store.repair import repair as mended

DATABASES: Final = ("pluto_core", "pluto_discovery")


@click.command()
def repair() -> None:
    """Copy the databases aside, then repair them; the server must not run."""
    data = Path(read_settings(os.environ).data_dir)
    folders = [data / name for name in DATABASES if (data / name).is_dir()]
    if not folders:
        raise NotFound(f"there is no database in {data} (PLUTO_DATA_DIR)")
    for folder in folders:
        _report(folder, _repaired(folder))


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
