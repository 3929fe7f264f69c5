"""Contract A.1, K: what no route may do, whatever it is asked: fail for a client's mistake, tell a secret, fall over."""

import logging
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

import pytest

from discovery_stub import discovery_stub
from pluto.api.routes import ROUTES, Route
from pluto.simulator.faults import SECRET_KEYS
from pluto.store.miners import MinerStore
from running import Running, running

MAC: Final = "02:00:00:00:00:0a"
HUSH: Final = "hush-hunter22"
PLANTED: Final = {**dict.fromkeys(SECRET_KEYS, HUSH), "kept": [{"deep": {"stratum": {"pwd": HUSH, "url": "u"}}}]}
ODD_QUERY = (
    "?ip=x&mac=x&q=%F0%9F&macs=,,&partialMatch=x&time=x&start=x&step=x&query="
    "&metric=,x&from=x&to=1e999&points=x&limit=-1&kind=x&history=x"
)
ODD_BODIES: Final[tuple[object, ...]] = (
    {}, [], {"macs": 7}, {"mac": []}, {"device": 7}, {"info": 7}, {"configuration": 7}, {"name": {}}, {"presetUuid": 7},
    {"macs": [None], "mac": None, "device": None, "info": None, "presetUuid": {}, "traceLogs": "yes"},
)  # fmt: skip
ODD_IDS: Final = ("nobody", "%00", "..%2f..", "%F0%9F", "a" * 300, "%20", MAC)


@pytest.fixture
async def pluto(tmp_path: Path) -> AsyncGenerator[Running, None]:
    async with discovery_stub() as stub:
        stub.knows(MAC, "127.8.0.1", **PLANTED)
        async with running(tmp_path, discovery_service_host=stub.base) as server:
            yield server


def paths_of(route: Route) -> list[str]:
    if not route.parameters:
        return [route.path, route.path + ODD_QUERY]
    return [re.sub(r"\{\w+\}", odd, route.path) + ODD_QUERY for odd in ODD_IDS]


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_what_a_client_does_wrong_is_never_our_fault(pluto: Running, route: Route) -> None:
    for path in paths_of(route):
        for body in ODD_BODIES if route.method != "GET" else (None,):
            async with pluto.http.request(route.method, pluto.base + path, json=body) as answer:
                assert answer.status < 500, (path, body)
                if answer.status >= 400:
                    assert set(await answer.json(content_type=None)) & {"error", "message", "detail"}


async def test_a_fault_of_ours_is_told_in_a_sentence_and_the_server_goes_on(
    pluto: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: MinerStore) -> Any:
        raise RuntimeError("a bug about hunter22")

    with monkeypatch.context() as patch:
        patch.setattr(MinerStore, "all", broken)
        for method, path in (("GET", "/devices/imprint"), ("PUT", "/devices/listen"), ("GET", "/devices/presets/p")):
            assert await pluto.ask(method, path) == (500, {"error": "Failed to process the request"})
    assert "a bug" in caplog.text
    assert (await pluto.ask("GET", "/devices/imprint"))[0] == 200


async def test_metrics_that_cannot_be_made_are_told_as_text(pluto: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("pluto.metrics.exposition.overview_text", broken)
        async with pluto.http.get(pluto.base + "/metrics", headers={"Accept-Encoding": "identity"}) as answer:
            assert (answer.status, await answer.text()) == (500, "Failed to collect metrics")
            assert answer.content_type == "text/plain"
    async with pluto.http.get(pluto.base + "/metrics") as answer:
        assert answer.status == 200


async def test_no_answer_file_or_log_line_holds_a_secret(
    pluto: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "pluto")
    preset = (await pluto.ask("POST", "/presets", {**PLANTED, "name": "n", "configuration": PLANTED}))[1]["data"]
    device = {**PLANTED, "presetUuid": preset["uuid"], "info": PLANTED}
    told: list[Any] = [preset]
    calls: list[tuple[str, str, object]] = [
        ("GET", "/devices/discover", None), ("GET", "/devices/discovered", None),
        ("PUT", "/devices/imprint", {"macs": [MAC]}), ("PATCH", "/devices/imprint", {"mac": MAC}),
        ("PATCH", f"/devices/imprint/{MAC}", {"device": device}), ("GET", "/devices/imprint", None),
        ("GET", f"/devices/imprint/{MAC}", None), ("GET", f"/devices/presets/{preset['uuid']}", None),
        ("GET", "/presets", None), ("GET", f"/presets/{preset['uuid']}", None), ("PUT", "/devices/listen", {"macs": [MAC]}),
        ("PATCH", f"/devices/{MAC}/system", {"info": PLANTED, "presetUuid": preset["uuid"], **PLANTED}),
        ("DELETE", f"/devices/imprint/{MAC}", None),
    ]  # fmt: skip
    for method, path, body in calls:
        status, answer = await pluto.ask(method, path, body)
        assert status == (500 if path.endswith("/system") else 200), (path, answer)
        told.append(answer)
    assert HUSH not in str(told)
    assert str(told).count("'url': 'u'") >= 10  # what is no secret stays
    assert HUSH not in caplog.text
    for file in (tmp_path / "logs", tmp_path / "dashboards"):
        assert not any(HUSH in path.read_text() for path in file.rglob("*") if path.is_file())


async def test_requests_are_logged_by_method_path_and_names_and_not_by_value(
    pluto: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pluto")
    await pluto.ask("PUT", "/devices/imprint", {"macs": [MAC]})
    await pluto.ask("PATCH", f"/devices/imprint/{MAC}", {"device": {"note": HUSH}})
    lines = [vars(record) for record in caplog.records if record.message == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("PUT", "/devices/imprint", 200), ("PATCH", f"/devices/imprint/{MAC}", 200),
    ]  # fmt: skip
    assert HUSH not in str(lines)
