"""The page's interface: shapes of `/api/v1`, entity tags, errors with a code."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from pluto.model.columns import FLEET, ONE
from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running

NOBODY = "02:00:00:00:00:01"


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(4, first="127.32.1.1", options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners[:3])
        await server.listen(fleet.miners[:2])
        await server.until(lambda samples: samples["hardware_online"] == 2)
        yield server


def of(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a table as objects."""
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


async def test_the_fleet_is_a_table_of_all_imprinted_miners(pluto: Running, fleet: SimulatedFleet) -> None:
    status, table = await pluto.ask("GET", "/api/v1/fleet")
    assert status == 200
    assert table["columns"] == [column.name for column in FLEET]
    assert table["interval_s"] == 5.0
    rows = {str(row["mac"]): row for row in of(table)}
    assert set(rows) == {miner.mac.lower() for miner in fleet.miners[:3]}
    watched, unwatched = rows[fleet.miners[0].mac.lower()], rows[fleet.miners[2].mac.lower()]
    assert watched["state"] in {"online", "low"}
    assert isinstance(watched["hashrate_ghs"], float)
    assert abs(watched["reading_at"] - table["at"]) < 6
    assert (unwatched["state"], unwatched["hashrate_ghs"], unwatched["reading_at"]) == ("not watched", None, None)
    assert unwatched["model"] is not None


async def test_an_unchanged_fleet_is_not_sent_twice(pluto: Running) -> None:
    await pluto.listen([])
    async with pluto.http.get(pluto.base + "/api/v1/fleet") as first:
        tag = first.headers["ETag"]
    async with pluto.http.get(pluto.base + "/api/v1/fleet", headers={"If-None-Match": f'"other", {tag}'}) as again:
        assert (again.status, await again.read()) == (304, b"")
    await pluto.listen()
    async with pluto.http.get(pluto.base + "/api/v1/fleet", headers={"If-None-Match": tag}) as changed:
        assert changed.status == 200


async def test_one_miner_its_answer_and_its_polls(pluto: Running, fleet: SimulatedFleet) -> None:
    digits = fleet.miners[0].mac.replace(":", "").upper()
    _, one = await pluto.ask("GET", f"/api/v1/miners/{digits}")
    assert set(one["miner"]) == {column.name for column in ONE}
    assert one["miner"]["states"][0] == one["miner"]["state"]
    assert one["miner"]["failure"] is None
    _, raw = await pluto.ask("GET", f"/api/v1/miners/{digits}/raw")
    assert raw["info"]["hostname"] == one["miner"]["hostname"]
    _, polls = await pluto.ask("GET", f"/api/v1/miners/{digits}/polls")
    assert polls["columns"] == ["at", "duration_ms", "result", "detail"]
    assert polls["rows"][0][2:] == ["ok", None]


async def test_watching_one_leaves_the_others_alone(pluto: Running, fleet: SimulatedFleet) -> None:
    third = fleet.miners[2].mac
    assert (await pluto.ask("POST", f"/api/v1/miners/{third}/watch", {}))[1]["is_watched"] is True
    await pluto.until(lambda samples: samples["hardware_online"] == 3)
    assert (await pluto.ask("POST", f"/api/v1/miners/{third}/unwatch", {}))[1]["is_watched"] is False
    assert (await pluto.metrics())["total_hardware"] == 2


async def test_adding_ends_in_a_result_for_each(pluto: Running, fleet: SimulatedFleet) -> None:
    known, new = fleet.miners[0], fleet.miners[3]
    port = new.host.partition(":")[2]
    dead = f"127.32.1.200:{port}"
    body = {"macs": [known.mac, NOBODY, "nonsense"], "addresses": [new.host, dead, "bitaxe.local", "8.8.8.8"]}
    status, answer = await pluto.ask("POST", "/api/v1/miners", body)
    assert status == 200
    results = answer["results"]
    assert [result["asked"] for result in results] == [*body["macs"], *body["addresses"]]
    assert [result["result"] for result in results] == ["updated", "failed", "failed", "added", "failed", "failed", "failed"]
    assert [result.get("reason") for result in results[1:3]] == ["not found", "not a MAC"]
    assert [result.get("reason") for result in results[4:6]] == ["no answer from a miner here", "no address for this name"]
    assert results[6]["reason"].startswith("not allowed: ")
    assert results[3]["mac"] == new.mac.lower()
    await pluto.until(lambda samples: samples["hardware_online"] == 3)


async def test_a_removed_miner_is_unknown(pluto: Running, fleet: SimulatedFleet) -> None:
    path = f"/api/v1/miners/{fleet.miners[0].mac}"
    assert (await pluto.ask("DELETE", path))[1]["mac"] == fleet.miners[0].mac.lower()
    assert (await pluto.ask("GET", path))[0] == 404
    _, events = await pluto.ask("GET", "/api/v1/events?kind=removed,added")
    assert [(row["kind"], row["severity"]) for row in of(events)] == [("removed", "info")] + [("added", "info")] * 3


async def test_a_search_is_followed_and_stopped(pluto: Running) -> None:
    _, begun = await pluto.ask("POST", "/api/v1/discovery", {})
    assert begun["state"] == "running"
    assert (await pluto.ask("POST", "/api/v1/discovery", {}))[1]["id"] == begun["id"]
    async with asyncio.timeout(20):
        while (shown := (await pluto.ask("GET", f"/api/v1/discovery/{begun['id']}"))[1])["search"]["state"] == "running":
            await asyncio.sleep(0.05)
    assert shown["search"]["state"] == "ended"
    assert shown["search"]["found"] == len(shown["rows"]) == 4
    assert sorted(str(row["status"]) for row in of(shown)) == ["known", "known", "known", "new"]
    _, second = await pluto.ask("POST", "/api/v1/discovery", {})
    assert (await pluto.ask("DELETE", f"/api/v1/discovery/{second['id']}"))[1]["state"] == "stopped"
    assert (await pluto.ask("DELETE", f"/api/v1/discovery/{begun['id']}"))[1]["code"] == "unknown_search"


async def test_history_is_columns_with_nulls_for_gaps(pluto: Running, fleet: SimulatedFleet) -> None:
    query = f"mac={fleet.miners[0].mac}&metric=hashrate_ghs,shares_accepted"
    async with asyncio.timeout(10):
        while True:
            _, chart = await pluto.ask("GET", f"/api/v1/history?{query}")
            if any(chart["metrics"]["hashrate_ghs"]["avg"]):
                break
            await asyncio.sleep(0.1)
    assert (chart["source"], chart["resolution_s"], chart["step_s"]) == ("history", 60, 120)
    assert len(chart["times"]) <= 720
    assert set(chart["metrics"]["hashrate_ghs"]) == {"unit", "kind", "avg", "min", "max"}
    assert set(chart["metrics"]["shares_accepted"]) == {"unit", "kind", "sum"}
    assert chart["metrics"]["hashrate_ghs"]["avg"][:700] == [None] * 700
    async with pluto.http.get(f"{pluto.base}/api/v1/export.csv?{query}") as answer:
        lines = (await answer.text()).splitlines()
    assert answer.content_type == "text/csv"
    assert lines[0] == "time,hashrate_ghs_avg,hashrate_ghs_min,hashrate_ghs_max,shares_accepted_sum"
    assert len(lines) > 1


async def test_diagnostics_tell_how_pluto_is(pluto: Running) -> None:
    _, told = await pluto.ask("GET", "/api/v1/diagnostics")
    assert told["miners"] == {"imprinted": 3, "watched": 2, "online": 2}
    assert told["polls"]["ok"] >= 2
    assert told["history"]["is_on"] is True
    assert told["history"]["error"] is None
    assert told["memory_bytes"] > 1_000_000


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "field"),
    [
        ("GET", f"/api/v1/miners/{NOBODY}", 404, "unknown_miner", None),
        ("DELETE", f"/api/v1/miners/{NOBODY}", 404, "unknown_miner", None),
        ("POST", f"/api/v1/miners/{NOBODY}/watch", 404, "unknown_miner", None),
        ("GET", "/api/v1/discovery/99", 404, "unknown_search", None),
        ("GET", "/api/v1/nothing", 404, "not_found", None),
        ("PUT", "/api/v1/fleet", 405, "wrong_method", None),
        ("POST", "/api/v1/miners", 400, "bad_request", None),
        ("GET", "/api/v1/history?mac=fleet", 400, "bad_request", "metric"),
        ("GET", "/api/v1/history?mac=fleet&metric=rssi", 400, "bad_request", "metric"),
        ("GET", "/api/v1/history?mac=x&metric=power_watts", 400, "bad_request", "mac"),
        ("GET", "/api/v1/history?mac=fleet&metric=power_watts&from=nan", 400, "bad_request", "from"),
        ("GET", "/api/v1/history?mac=fleet&metric=power_watts&from=2&to=1", 400, "bad_request", "from"),
        ("GET", "/api/v1/history?mac=fleet&metric=power_watts&points=721", 400, "bad_request", "points"),
        ("GET", "/api/v1/events?kind=nothing", 400, "bad_request", "kind"),
        ("GET", "/api/v1/events?limit=-1", 400, "bad_request", "limit"),
        ("GET", "/api/v1/events?from=yesterday", 400, "bad_request", "from"),
    ],
)
async def test_errors_are_documents_with_a_code(
    pluto: Running, method: str, path: str, status: int, code: str, field: str | None
) -> None:
    async with pluto.http.request(method, pluto.base + path, json={} if method != "GET" else None) as answer:
        said = msgspec.json.decode(await answer.read())
        assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert (said["status"], said["code"], said.get("field")) == (status, code, field)
    assert said["title"]
    assert said["detail"]


async def test_without_history_everything_else_works(tmp_path: Path, fleet: SimulatedFleet) -> None:
    async with running(tmp_path, fleet, history=False) as pluto:
        await pluto.imprint(fleet.miners[:1])
        assert (await pluto.ask("GET", "/api/v1/history?mac=fleet&metric=power_watts"))[1]["code"] == "history_off"
        assert len((await pluto.ask("GET", "/api/v1/events"))[1]["rows"]) == 1
        assert (await pluto.ask("GET", "/api/v1/diagnostics"))[1]["history"]["is_on"] is False
        assert not (tmp_path / "data" / "history.sqlite").exists()


async def test_what_is_beyond_our_memory_is_asked_of_prometheus_and_answered_without_it_too(tmp_path: Path) -> None:
    def ranges(day: int) -> str:
        return f"/api/v1/history?mac=fleet&metric=power_watts&from={time.time() - day * 86_400}&points=10"

    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.query["query"])
        end = float(request.query["end"])
        return web.json_response({"status": "success", "data": {"result": [{"metric": {}, "values": [[end, "7.5"]]}]}})

    prometheus = web.Application()
    prometheus.router.add_get("/api/v1/query_range", answer)
    async with TestServer(prometheus) as stub:
        url = str(stub.make_url(""))
        async with running(tmp_path, prometheus_host=url, history_hour_days=100) as pluto:
            _, near = await pluto.ask("GET", ranges(99))
            assert (near["source"], near["note"], asked) == ("history", None, [])
            _, far = await pluto.ask("GET", ranges(101))
            assert (far["source"], far["note"], len(asked)) == ("prometheus", None, 3)
            assert far["metrics"]["power_watts"]["max"][-1] == 7.5
            await stub.close()
            _, alone = await pluto.ask("GET", ranges(101))
            assert alone["source"] == "history"
            assert "PROMETHEUS_HOST" in alone["note"]


async def test_settings_that_were_sent_are_an_event(pluto: Running, fleet: SimulatedFleet) -> None:
    mac = fleet.miners[0].mac
    status, _ = await pluto.ask("PATCH", f"/devices/{mac}/system", {"info": {"frequency": 500, "stratumPassword": "hunter22"}})
    assert status == 200
    _, table = await pluto.ask("GET", f"/api/v1/events?mac={mac}&kind=settings_sent")
    assert [row["facts"] for row in of(table)] == [{"fields": ["frequency", "stratumPassword"]}]
    assert "hunter22" not in str(table)


async def test_the_form_of_a_miner_names_what_it_is_set_to_and_what_it_offers(pluto: Running, fleet: SimulatedFleet) -> None:
    miner = fleet.miners[0]
    status, form = await pluto.ask("GET", f"/api/v1/miners/{miner.mac}/settings")
    assert (status, form["choices_by_miner"]) == (200, True)
    settings = {row["name"]: row for row in form["settings"]}
    frequency = settings["frequency"]
    assert frequency["value"] in [choice["value"] for choice in frequency["choices"]]
    assert [choice["is_default"] for choice in frequency["choices"]].count(True) == 1
    assert (frequency["unit"], frequency["kind"], frequency["is_open"]) == ("mhz", "number", True)
    assert (settings["stratumPassword"]["kind"], settings["stratumPassword"]["value"]) == ("secret", None)
    assert settings["stratumURL"]["needs_restart"] is True
    miner.fault("refused")
    _, form = await pluto.ask("GET", f"/api/v1/miners/{miner.mac}/settings")
    assert form["choices_by_miner"] is False
    assert [row["name"] for row in form["settings"]] == list(settings)


async def test_a_change_is_read_back_and_what_does_not_hold_is_named(pluto: Running, fleet: SimulatedFleet) -> None:
    path = f"/api/v1/miners/{fleet.miners[0].mac}/settings"
    status, done = await pluto.ask("PATCH", path, {"settings": {"frequency": 490, "stratumPort": 3333}})
    assert status == 200
    assert [row["field"] for row in done["not_applied"]] == ["stratumPort"]
    settings = {row["name"]: row["value"] for row in (await pluto.ask("GET", path))[1]["settings"]}
    assert settings["frequency"] in {490, 525}  # the record follows with the next poll
    assert (await pluto.ask("PATCH", path, {"settings": 7}))[0] == 400


async def test_restart_and_identify_tell_why_they_could_not(pluto: Running, fleet: SimulatedFleet) -> None:
    identified, old = fleet.miners[0].mac, next(miner for miner in fleet.miners[:3] if not miner.state.profile.is_at_least(2, 12))
    assert (await pluto.ask("POST", f"/api/v1/miners/{identified}/identify"))[0] == 200
    status, said = await pluto.ask("POST", f"/api/v1/miners/{old.mac}/identify")
    assert (status, said["code"]) == (409, "cannot_do")
    assert (await pluto.ask("POST", f"/api/v1/miners/{identified}/restart"))[0] == 200
    fleet.miners[1].fault("refused")
    status, said = await pluto.ask("POST", f"/api/v1/miners/{fleet.miners[1].mac}/restart")
    assert (status, said["code"]) == (500, "write_failed")
    assert "refused" in said["detail"].lower() or "connect" in said["detail"].lower()
    assert (await pluto.ask("POST", f"/api/v1/miners/{NOBODY}/restart"))[1]["code"] == "unknown_miner"
