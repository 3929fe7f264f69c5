"""Trust 3: what a person types: `pluto serve --lan`, `pluto password`, `pluto token`."""

import asyncio
import json
import os
import re
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner, Result

from parts import free_port
from pluto.access.passwords import PasswordFile, hashed, role_for
from pluto.access.roles import Role
from pluto.access.tokens import TokenFile
from pluto.cli.main import pluto
from processes import ended, process, ready

GOOD = "correct horse"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLUTO_DATA_DIR", str(tmp_path))
    return tmp_path / "access"


def typed(*arguments: str, keys: str = "") -> Result:
    umask = os.umask(0o022)
    try:
        return CliRunner().invoke(pluto, arguments, input=keys)
    finally:
        os.umask(umask)


@asynccontextmanager
async def lan(folder: Path, **settings: str) -> AsyncGenerator[tuple[str, asyncio.subprocess.Process]]:
    """Run `pluto serve --lan` and return its address; names are upper case in the environment."""
    port = free_port()
    quiet = {"PORT": str(port), "PLUTO_DISCOVERY_MDNS": "false", "PLUTO_DISCOVERY_NETWORKS": "127.99.99.0/30"}
    async with process(folder, quiet | settings, "serve", "--lan") as one:
        await ready(port)
        yield f"http://127.0.0.1:{port}", one


async def words(one: asyncio.subprocess.Process) -> str:
    """End the server, and return what it said on the console."""
    one.terminate()
    output, errors = await one.communicate()
    return output.decode() + errors.decode()


async def status(url: str, password: str | None = None) -> int:
    async with aiohttp.ClientSession() as http:
        if password is None:
            async with http.get(url + "/devices/imprint") as answer:
                return answer.status
        async with http.post(url + "/login", json={"password": password}) as answer:
            return answer.status


async def test_serve_lan_asks_for_a_password_that_it_prints_once(tmp_path: Path) -> None:
    async with lan(tmp_path) as (url, one):
        assert await status(url) == 401
        said = await words(one)
    found = re.search(r"password is +(\S+)", said)
    assert found is not None
    assert "pluto password" in said
    for file in (tmp_path / "data").rglob("*"):
        assert file.is_dir() or found[1] not in file.read_bytes().decode(errors="replace")
    assert found[1] not in (tmp_path / "logs" / "combined.log").read_text()
    async with lan(tmp_path) as (url, one):
        assert await status(url) == 401
        assert await status(url, found[1]) == 200
        assert "password is" not in await words(one)


async def test_serve_lan_takes_the_password_of_the_settings_and_an_explicit_off(tmp_path: Path) -> None:
    async with lan(tmp_path, PLUTO_PASSWORD=GOOD) as (url, one):
        assert await status(url, GOOD) == 200
        said = await words(one)
        assert "password is" not in said
        assert "everyone who can reach" not in said
    async with lan(tmp_path, PLUTO_AUTH="off") as (url, one):
        assert await status(url) == 200
        said = await words(one)
        assert said.count("everyone who can reach port") == 1
        assert "PLUTO_AUTH=password" in said


async def test_password_mode_without_a_password_does_not_start(tmp_path: Path) -> None:
    async with process(tmp_path, {"PORT": "0", "PLUTO_AUTH": "password"}) as one:
        code, sentence = await ended(one)
    assert code == 2
    assert "pluto password" in sentence


def test_a_password_is_typed_twice_and_kept(folder: Path) -> None:
    assert typed("password", keys=f"{GOOD}\n{GOOD}\n").exit_code == 0
    kept = PasswordFile(folder)
    kept.refresh()
    assert role_for(GOOD, kept.kept) is Role.OPERATOR
    assert stat.S_IMODE((folder / "passwords.json").stat().st_mode) == 0o600


def test_a_generated_password_is_printed_and_a_removed_one_is_gone(folder: Path) -> None:
    printed = typed("password", "--viewer", "--generate")
    kept = PasswordFile(folder)
    kept.refresh()
    assert role_for(printed.stdout.split()[-1], kept.kept) is Role.VIEWER
    assert typed("password", "--viewer", "--remove").exit_code == 0
    kept.refresh()
    assert kept.kept == {}


@pytest.mark.usefixtures("folder")
def test_a_password_too_short_and_one_that_the_environment_sets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = typed("password", keys="short\nshort\n")
    assert "8 to 256" in str(refused.exception)
    monkeypatch.setenv("PLUTO_PASSWORD_FILE", "/run/secrets/pluto")
    refused = typed("password", keys=f"{GOOD}\n{GOOD}\n")
    assert "PLUTO_PASSWORD_FILE" in str(refused.exception)


def test_a_token_is_made_listed_and_revoked(folder: Path) -> None:
    made = typed("token", "create", "--scope", "metrics", "--name", "prometheus")
    secret = made.stdout.strip()
    file = TokenFile(folder)
    file.refresh()
    found = file.find(secret)
    assert found is not None
    assert (found.name, found.scope) == ("prometheus", "metrics")
    listed = typed("token", "list").stdout
    assert "prometheus" in listed
    assert secret not in listed
    assert typed("token", "revoke", "prometheus").exit_code == 0
    file.refresh()
    assert file.find(secret) is None
    assert "no token" in str(typed("token", "revoke", "prometheus").exception)


def test_what_the_command_line_changes_is_in_the_audit_log(folder: Path) -> None:
    secret = typed("token", "create", "--scope", "viewer", "--name", "wall").stdout.strip()
    typed("password", keys=f"{GOOD}\n{GOOD}\n")
    typed("token", "revoke", "wall")
    text = (folder.parent / "audit.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["action"], line["target"]) for line in lines] == [
        ("create token", "wall"), ("set password", "operator"), ("revoke token", "wall"),
    ]  # fmt: skip
    assert all(line["actor"].startswith("command line") for line in lines)
    assert secret not in text
    assert GOOD not in text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_types_belongs_to_whom_the_data_belongs(folder: Path) -> None:
    os.chown(folder.parent, 12345, 23456)
    typed("password", keys=f"{GOOD}\n{GOOD}\n")
    for path in (folder, folder / "passwords.json", folder.parent / "audit.jsonl"):
        assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def test_two_changes_at_the_same_time_are_both_kept(folder: Path) -> None:
    one, other = TokenFile(folder), TokenFile(folder)
    one.refresh()
    other.refresh()
    one.create("viewer", "a", "")
    other.create("viewer", "b", "")
    PasswordFile(folder).put(Role.OPERATOR, hashed(GOOD))
    one.refresh()
    assert [token.name for token in one.all()] == ["a", "b"]
