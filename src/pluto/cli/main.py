"""The commands and their exit codes: 0 well, 1 nothing found or something wrong, 2 bad input, 3 the database."""

import os
import sys

import click

from pluto import __version__
from pluto.cli.access import password, token
from pluto.cli.audit import audit
from pluto.cli.backup import backup, restore
from pluto.cli.demo import demo
from pluto.cli.discovery_service import discovery
from pluto.cli.doctor import doctor
from pluto.cli.export import export
from pluto.cli.find import discover
from pluto.cli.record import record
from pluto.cli.repair import repair
from pluto.cli.serve import serve
from pluto.cli.simulate import simulate
from pluto.errors import CannotStart, PlutoError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, invoke_without_command=True)
@click.pass_context
def pluto(context: click.Context) -> None:
    """Manage a fleet of open-source Bitcoin miners."""
    if context.invoked_subcommand is None:
        context.invoke(serve)


@pluto.command()
def version() -> None:
    """Print the version."""
    click.echo(f"pluto {__version__} on Python {sys.version.split()[0]}")


for command in (
    serve,
    demo,
    discover,
    discovery,
    simulate,
    record,
    password,
    token,
    audit,
    export,
    backup,
    restore,
    repair,
    doctor,
):
    pluto.add_command(command)


def main() -> None:
    """Run the command line; what cannot be done ends in one sentence and an exit code."""
    os.umask(0o077)  # what we write holds a home's addresses and pools: nobody else reads it
    try:
        pluto()
    except CannotStart as error:
        click.echo(f"pluto: {error}", err=True)
        sys.exit(error.exit_code)
    except PlutoError as error:
        click.echo(f"pluto: {error}", err=True)
        sys.exit(1)
