"""The doctor: each line well, and each thing that can be wrong named with what to do."""

import asyncio
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from clocks import FakeClock
from parts import free_port
from pluto.cli.main import pluto
from pluto.store.core import CoreStore
from pluto.store.seal import Seal
from processes import process, ready
from running import running


def settings(folder: Path) -> dict[str, str]:
    return {
        "PORT": str(free_port()),
        "PLUTO_DATA_DIR": str(folder / "data"),
        "PLUTO_LOGS_DIR": str(folder / "logs"),
        "PLUTO_DASHBOARDS_DIR": str(folder / "dashboards"),
        "PLUTO_DISCOVERY_NETWORKS": "127.99.99.0/30",
    }


async def consult(given: dict[str, str]) -> tuple[int, dict[str, tuple[str, str]]]:
    """Return the exit code, and of each thing whether it is ok and what is said of it."""
    done = await asyncio.to_thread(lambda: CliRunner().invoke(pluto, ["doctor"], env=given))
    lines = {line[9:21].strip(): (line[:8].strip(), line[22:]) for line in done.output.splitlines()}
    return done.exit_code, lines


async def test_before_the_first_start_all_is_well_and_nothing_is_made(tmp_path: Path) -> None:
    code, lines = await consult(settings(tmp_path))
    assert {line[0] for line in lines.values()} == {"ok"}, lines
    assert code == 0
    assert list(tmp_path.iterdir()) == []


async def test_beside_a_running_server_all_is_well(tmp_path: Path) -> None:
    given = settings(tmp_path)
    async with process(tmp_path, given):
        await ready(int(given["PORT"]))
        code, lines = await consult(given)
    assert code == 0, lines
    assert "in use by a running Pluto" in lines["database"][1]
    assert "a Pluto listens" in lines["port"][1]


def _reachable_by_others(folder: Path, _: dict[str, str]) -> None:
    (folder / "data").mkdir(mode=0o755)
    (folder / "data").chmod(0o755)


def _file_in_the_way(folder: Path, _: dict[str, str]) -> None:
    (folder / "logs").touch()


def _no_current(folder: Path, _: dict[str, str]) -> None:
    database = folder / "data" / "pluto_core"
    database.mkdir(parents=True, mode=0o700)
    (folder / "data").chmod(0o700)
    (database / "000005.ldb").write_bytes(b"x")


def _sets(**given: str) -> Callable[[Path, dict[str, str]], None]:
    return lambda _, settings: settings.update(given)


@pytest.mark.parametrize(
    ("about", "trouble", "said"),
    [
        ("settings", _sets(PORT="abc"), "PORT is 'abc'"),
        ("settings", _sets(PLUTO_SECRET_KEY="short"), "openssl rand"),
        ("data folder", _reachable_by_others, "chmod 700"),
        ("folders", _file_in_the_way, "PLUTO_LOGS_DIR"),
        ("database", _no_current, "pluto repair"),
        ("discovery", _sets(DISCOVERY_SERVICE_HOST="http://127.0.0.1:9"), "DISCOVERY_SERVICE_HOST"),
        ("Grafana", _sets(GF_HOST="http://127.0.0.1:9"), "GF_HOST"),
        ("Prometheus", _sets(PROMETHEUS_HOST="http://127.0.0.1:9"), "PROMETHEUS_HOST"),
    ],
)
async def test_what_is_wrong_is_named_with_what_to_do(
    tmp_path: Path, about: str, trouble: Callable[[Path, dict[str, str]], None], said: str
) -> None:
    given = settings(tmp_path)
    trouble(tmp_path, given)
    code, lines = await consult(given)
    assert lines[about][0] == "problem", lines
    assert said in lines[about][1]
    assert code == 1


async def test_a_full_disk_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1 << 20)

    def nearly_full(_: object) -> object:
        return usage

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    code, lines = await consult(settings(tmp_path))
    assert (code, lines["room"][0]) == (1, "problem")


async def test_a_port_that_somebody_else_has_is_a_problem(tmp_path: Path) -> None:
    given = settings(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(given["PORT"])))
        taken.listen()
        code, lines = await consult(given)
    assert code == 1
    assert "in use" in lines["port"][1]


async def test_sealed_passwords_without_a_key_are_a_problem(tmp_path: Path) -> None:
    given = settings(tmp_path)
    async with CoreStore(tmp_path / "data" / "pluto_core", clock=FakeClock(), flush_s=60, seal=Seal(bytes(32))) as core:
        await core.presets.create({"configuration": {"stratumPassword": "x"}})
    (tmp_path / "data").chmod(0o700)
    assert "PLUTO_SECRET_KEY" in (await consult(given))[1]["database"][1]
    assert (await consult(given | {"PLUTO_SECRET_KEY": "00" * 32}))[0] == 0


async def test_services_that_answer_are_well(tmp_path: Path) -> None:
    async with running(tmp_path / "other") as other:
        given = dict.fromkeys(("DISCOVERY_SERVICE_HOST", "GF_HOST", "PROMETHEUS_HOST"), other.base)
        code, lines = await consult(settings(tmp_path) | given)
    assert code == 0, lines
    assert all(lines[about] == ("ok", f"{other.base} answers") for about in ("discovery", "Grafana", "Prometheus"))
