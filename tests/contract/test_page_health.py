"""Diagnostics on the page: surroundings, Pluto's own log, a bundle that holds no secret and no name."""

import io
import logging
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pluto.services.support_bundle import CONTENTS
from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(2, first="127.36.1.1", options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet, prometheus_host="http://127.0.0.1:9") as server:
        await server.imprint(fleet.miners)
        await server.listen(fleet.miners)
        await server.until(lambda samples: samples["hardware_online"] == 2)
        yield server


async def test_the_surroundings_say_who_answers_and_what_the_disk_holds(pluto: Running) -> None:
    status, around = await pluto.ask("GET", "/api/v1/surroundings")
    assert status == 200
    assert around["services"]["prometheus"]["is_reachable"] is False
    assert around["services"]["grafana"] == {"url": None, "is_reachable": None, "detail": None}
    assert around["disk"]["free_bytes"] > 0
    assert {row["name"]: row["bytes"] > 0 for row in around["sizes"]}["pluto_core"]
    assert {"name": "msgspec", "licence": "BSD-3-Clause"}.items() <= next(
        row for row in around["licences"] if row["name"] == "msgspec"
    ).items()


async def test_figures_of_polls_are_those_of_the_metrics(pluto: Running) -> None:
    samples = await pluto.metrics()
    _, health = await pluto.ask("GET", "/api/v1/diagnostics")
    assert health["polls"]["ok"] >= samples['pluto_polls_total{outcome="ok"}']
    assert health["polls"]["took_ms"]["p50"] <= health["polls"]["took_ms"]["max"]


async def test_the_own_log_is_shown_without_secrets(pluto: Running) -> None:
    logging.getLogger("pluto").warning("signed in", extra={"password": "hunter22"})
    logging.getLogger("pluto").error("failed")
    _, shown = await pluto.ask("GET", "/api/v1/own-log?level=warning")
    assert shown["columns"] == ["at", "level", "text"]
    levels, texts = [row[1] for row in shown["rows"]], [row[2] for row in shown["rows"]]
    assert levels[-2:] == ["warning", "error"]
    assert texts[-2:] == ["signed in password=***", "failed"]
    assert (await pluto.ask("GET", "/api/v1/own-log?level=error"))[1]["rows"][-1][2] == "failed"
    assert (await pluto.ask("GET", "/api/v1/own-log?level=loud"))[1]["field"] == "level"


async def test_a_support_bundle_is_listed_first_and_names_nobody(pluto: Running, fleet: SimulatedFleet) -> None:
    hostname = str((await pluto.record(fleet.miners[0].mac))["info"]["hostname"])
    user = str((await pluto.record(fleet.miners[0].mac))["info"]["stratumUser"])
    logging.getLogger("pluto").warning("restarted %s for %s", hostname, user, extra={"token": "hunter22"})
    _, listed = await pluto.ask("GET", "/api/v1/support-bundle")
    assert [row["name"] for row in listed["files"]] == list(CONTENTS)
    async with pluto.http.post(pluto.base + "/api/v1/support-bundle", json={}) as answer:
        assert (answer.status, answer.content_type) == (200, "application/zip")
        archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert archive.namelist() == list(CONTENTS)
    text = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    for private in (hostname, user, fleet.miners[0].mac.lower(), fleet.miners[0].host.partition(":")[0], "hunter22"):
        assert private.lower() not in text.lower()
    assert "restarted name-masked" in text


@pytest.mark.parametrize(("query", "kinds"), [("info", {"added"}), ("warning", set[str]()), ("info,good", {"added"})])
async def test_events_can_be_asked_for_by_severity(pluto: Running, query: str, kinds: set[str]) -> None:
    _, answer = await pluto.ask("GET", f"/api/v1/events?severity={query}")
    assert {row[3] for row in answer["rows"]} == kinds
    assert answer["kept_days"] == 730
    assert (await pluto.ask("GET", "/api/v1/events?severity=loud"))[1]["field"] == "severity"
