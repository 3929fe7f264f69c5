"""Who may come in: passwords and tokens, set on the machine that runs Pluto; a running server notices within a second."""

import contextlib
import getpass
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from pluto.access.access import FOLDER
from pluto.access.passwords import PasswordFile, check, generated, hashed
from pluto.access.roles import SCOPES, Role, Scope
from pluto.access.tokens import TokenFile
from pluto.audit.entry import Entry
from pluto.audit.files import AuditFiles
from pluto.clock import iso_milliseconds
from pluto.errors import BadRequest
from pluto.settings import Settings, read_settings, stated

_VARIABLES: Final = {Role.OPERATOR: "PLUTO_PASSWORD", Role.VIEWER: "PLUTO_VIEWER_PASSWORD"}


@click.command()
@click.option("--viewer", is_flag=True, help="The password of the viewer, who may look and change nothing.")
@click.option("--generate", is_flag=True, help="Make one up and print it.")
@click.option("--remove", is_flag=True, help="Nobody can sign in as this role any more.")
def password(viewer: bool, generate: bool, remove: bool) -> None:
    """Set the password of the operator. Whoever is signed in must sign in again."""
    role = Role.VIEWER if viewer else Role.OPERATOR
    settings = _settings()
    _check_changeable(role)
    file = PasswordFile(access_folder(settings))
    if remove:
        file.put(role, None)
        _note(settings, "remove password", role.word)
        click.echo(f"the {role.word} has no password any more")
        return
    chosen = generated() if generate else _asked(role)
    file.put(role, hashed(chosen))
    _note(settings, "set password", role.word)
    click.echo(f"the {role.word}'s password is {chosen}" if generate else f"the {role.word}'s password is set")
    if settings.auth == "off":
        click.echo("nobody is asked for it yet: set PLUTO_AUTH=password, or start with `pluto serve --lan`", err=True)


@click.group()
def token() -> None:
    """Tokens for programs: Prometheus, scripts, other servers."""


@token.command()
@click.option("--scope", type=click.Choice(SCOPES), required=True, help="/metrics only; look; do everything.")
@click.option("--name", help="What it is called, for `pluto token revoke` and the audit log.")
def create(scope: Scope, name: str | None) -> None:
    """Make a token and print it: it cannot be shown again."""
    settings = _settings()
    made, secret = TokenFile(access_folder(settings)).create(scope, name, iso_milliseconds(datetime.now(UTC)))
    _note(settings, "create token", made.name)
    click.echo(secret)
    click.echo(f"this is {made.name!r}, for {scope}; send it as Authorization: Bearer <token>", err=True)


@token.command(name="list")
def list_() -> None:
    """Show the tokens, without themselves."""
    tokens = TokenFile(access_folder(_settings()))
    tokens.refresh()
    table = Table("name", "scope", "made")
    for one in tokens.all():
        table.add_row(one.name, one.scope, one.created_at)
    Console().print(table)


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Make the token called NAME worthless."""
    settings = _settings()
    gone = TokenFile(access_folder(settings)).revoke(name)
    _note(settings, "revoke token", gone.name)
    click.echo(f"{gone.name!r} is revoked")


def access_folder(settings: Settings) -> Path:
    """Return where passwords, tokens and sessions are kept."""
    return Path(settings.data_dir) / FOLDER


def _settings() -> Settings:
    os.umask(0o077)
    return read_settings(os.environ)


def _note(settings: Settings, action: str, target: str) -> None:
    """Write a line into the audit log; it must not fail what it tells of."""
    at_s = time.time()
    entry = Entry(int(at_s * 1000), round(at_s, 3), f"command line, {getpass.getuser()}", "", action, target)
    with contextlib.suppress(OSError):
        AuditFiles(Path(settings.data_dir)).append([entry])


def _check_changeable(role: Role) -> None:
    named = {_VARIABLES[role], f"{_VARIABLES[role]}_FILE"} & set(stated(os.environ))
    if named:
        raise BadRequest(f"{min(named)} sets the {role.word}'s password: change it there")


def _asked(role: Role) -> str:
    chosen: str = click.prompt(f"New password of the {role.word}", hide_input=True, confirmation_prompt=True)
    check(chosen)
    return chosen
