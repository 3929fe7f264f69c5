"""Pluto's own settings on the page: where a value comes from, what counts at once, what is refused with nothing written."""

import io
import tomllib
import zipfile
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from pluto.settings import SETTINGS, Settings, read_settings
from pluto.simulator.server import Options, SimulatedFleet
from pluto.store.settings_file import changed
from running import Running, running

Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    @asynccontextmanager
    async def started(*fixed: str, **given: Any) -> AsyncGenerator[Running]:
        async with running(tmp_path, fixed=fixed, **given) as server:
            yield server

    return started


def stored(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "data" / "pluto.toml").read_text())


async def rows(pluto: Running) -> dict[str, dict[str, Any]]:
    _, answer = await pluto.ask("GET", "/api/v1/settings")
    return {row["name"]: row for row in answer["settings"]}


async def put(pluto: Running, **values: Any) -> tuple[int, Any]:
    return await pluto.ask("PUT", "/api/v1/settings", {"values": values})


async def test_every_setting_is_shown_with_its_source(start: Start, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pluto.toml").write_text("pluto_flush_s = 30\n")
    settings = read_settings({"PLUTO_DATA_DIR": str(tmp_path / "data")})
    async with start("AUTO_LISTEN", auto_listen=True, flush_s=settings.flush_s) as pluto:
        shown = await rows(pluto)
    assert list(shown) == list(SETTINGS)
    sources = {name: shown[name]["source"] for name in ("PLUTO_FLUSH_S", "AUTO_LISTEN", "PLUTO_LOW_PERCENT", "PORT")}
    assert sources == {
        "PLUTO_FLUSH_S": "file", "AUTO_LISTEN": "environment", "PLUTO_LOW_PERCENT": "default", "PORT": "environment",
    }  # fmt: skip
    assert (shown["PLUTO_LOW_PERCENT"]["minimum"], shown["PLUTO_LOW_PERCENT"]["maximum"]) == (0, 100)
    assert [shown[name]["is_editable"] for name in ("PLUTO_LOW_PERCENT", "AUTO_LISTEN", "PLUTO_LOGS_DIR")] == [True, False, False]


async def test_a_limit_counts_at_once(tmp_path: Path) -> None:
    async with (
        SimulatedFleet(1, first="127.34.1.1", options=Options(boot_s=1.0)) as fleet,
        running(tmp_path, fleet) as pluto,
    ):
        await pluto.imprint(fleet.miners)
        await pluto.listen(fleet.miners)
        await pluto.until(lambda samples: samples["hardware_online"] == 1)
        status, answer = await put(pluto, PLUTO_HOT_CHIP_CELSIUS=30, PLUTO_LOW_PERCENT=0)
        assert (status, answer["waiting_for_restart"]) == (200, [])
        assert pluto.app.settings.hot_chip_celsius == 30
        assert (await rows(pluto))["PLUTO_HOT_CHIP_CELSIUS"]["source"] == "file"
        assert stored(tmp_path) == {"pluto_hot_chip_celsius": 30, "pluto_low_percent": 0}
        await put(pluto, PLUTO_HOT_CHIP_CELSIUS=None)
        assert pluto.app.settings.hot_chip_celsius == Settings().hot_chip_celsius
        assert stored(tmp_path) == {"pluto_low_percent": 0}


async def test_what_counts_after_a_restart_waits_until_then(start: Start, tmp_path: Path) -> None:
    async with start() as pluto:
        _, answer = await put(pluto, PLUTO_HISTORY_HOUR_DAYS=100, PLUTO_DISCOVERY_INTERFACES=["eth0"])
        assert answer["waiting_for_restart"] == ["PLUTO_DISCOVERY_INTERFACES", "PLUTO_HISTORY_HOUR_DAYS"]
        row = (await rows(pluto))["PLUTO_HISTORY_HOUR_DAYS"]
        assert (row["value"], row["after_restart"], row["source"]) == (730, 100, "default")
    again = read_settings({"PLUTO_DATA_DIR": str(tmp_path / "data")})
    assert (again.history_hour_days, again.discovery_interfaces) == (100, ("eth0",))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLUTO_COLOUR", 1),
        ("PLUTO_LOGS_DIR", "/etc"),
        ("PORT", 80),
        ("AUTO_LISTEN", True),
        ("PLUTO_LOW_PERCENT", 101),
        ("PLUTO_LOW_PERCENT", "80"),
        ("PLUTO_LOW_PERCENT", True),
        ("PLUTO_HISTORY", 1),
        ("PROMETHEUS_HOST", "ftp://x"),
        ("PROMETHEUS_HOST", "http://x\n"),
        ("PLUTO_DISCOVERY_NETWORKS", ["somewhere"]),
        ("PLUTO_DISCOVERY_NETWORKS", ["10.0.0.0/8"]),
        ("PLUTO_LOG_LEVEL", "loud"),
    ],
)
async def test_what_cannot_be_is_named_and_nothing_is_written(start: Start, tmp_path: Path, name: str, value: Any) -> None:
    async with start("AUTO_LISTEN") as pluto:
        status, problem = await put(pluto, **{"PLUTO_FLUSH_S": 30, name: value})
        assert (status, problem["code"], problem["field"]) == (400, "bad_request", name)
        assert not (tmp_path / "data" / "pluto.toml").exists()


def test_what_a_person_wrote_around_a_value_stays() -> None:
    text = '# mine\nport = 8000  # not 80\npluto_allowed_hosts = [\n  "a",\n]\n\n[other]\nx = 1\n'
    after = changed(text, {"PORT": 9000, "PLUTO_ALLOWED_HOSTS": ["b", "c"], "AUTO_LISTEN": True})
    assert after == '# mine\nport = 9000\npluto_allowed_hosts = ["b","c"]\n\nauto_listen = true\n[other]\nx = 1\n'
    assert (
        changed(after, {"PORT": None, "PLUTO_ALLOWED_HOSTS": None, "NONE": None})
        == "# mine\n\nauto_listen = true\n[other]\nx = 1\n"
    )


async def test_a_password_among_the_settings_is_told_to_nobody(start: Start, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pluto.toml").write_text('pluto_viewer_password = "hunter22hunter"\n')
    async with start(password="hunter22secret") as pluto:
        shown = await rows(pluto)
        assert "hunter22" not in str(shown)
        assert (shown["PLUTO_PASSWORD"]["value"], shown["PLUTO_PASSWORD"]["is_editable"]) == (None, False)
        status, problem = await put(pluto, PLUTO_PASSWORD="hunter22other")
        assert (status, problem["field"]) == (400, "PLUTO_PASSWORD")
        async with pluto.http.post(pluto.base + "/api/v1/support-bundle", json={}) as answer:
            archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert b"hunter22" not in b"".join(archive.read(name) for name in archive.namelist())
