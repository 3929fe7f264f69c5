"""Every panel of every dashboard against a real Prometheus that scrapes a running Pluto: each query must show something."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from parts import free_port, needed, run
from pluto.simulator.server import SimulatedFleet
from running import Running, running

ROOT = Path(__file__).parents[2]
FLEET = ROOT / "deploy" / "grafana" / "dashboards" / "pluto-fleet.json"
DURATIONS = {"$__rate_interval": "20s", "$__interval": "5s", "$__range": "60s"}
SCRAPES = 5
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
scrape_configs:
  - job_name: pluto
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def concrete(expression: str) -> str:
    for name, duration in DURATIONS.items():
        expression = expression.replace(name, duration)
    return expression


def queries(dashboard: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], concrete(target["expr"])


async def ask(prometheus: str, query: str) -> tuple[int, dict[str, Any]]:
    url = f"{prometheus}/api/v1/query"
    async with aiohttp.ClientSession() as client, client.get(url, params={"query": query}) as answer:
        body: dict[str, Any] = await answer.json()
        return answer.status, body


@asynccontextmanager
async def scraped(pluto: Running, folder: Path) -> AsyncGenerator[str]:
    port = free_port()
    (folder / "prometheus.yml").write_text(CONFIG.format(port=pluto.app.port))
    command = [
        needed("prometheus"),
        "--config.file=prometheus.yml",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    async with run(command, ready=f"{url}/-/ready", cwd=folder):
        async with asyncio.timeout(30):
            while True:
                _, body = await ask(url, 'count_over_time(up{job="pluto"}[1m])')
                if body["data"]["result"] and float(body["data"]["result"][0]["value"][1]) >= SCRAPES:
                    break
                await asyncio.sleep(0.1)
        yield url


@pytest.mark.real
async def test_every_panel_of_every_dashboard_shows_something(tmp_path: Path) -> None:
    needed("prometheus")
    async with (
        SimulatedFleet(4, first="127.61.0.1") as fleet,
        running(tmp_path, fleet, auto_listen=True) as pluto,
    ):
        modern_first = list(fleet.miners)
        await pluto.imprint(modern_first)
        await pluto.listen()
        await pluto.until(lambda samples: samples.get("hardware_online") == 4)
        files = tmp_path / "dashboards"
        async with asyncio.timeout(10):
            while len(list(files.glob("*.json"))) < 5:
                await asyncio.sleep(0.05)
        served = await pluto.metrics()
        names = {name.partition("{")[0] for name in served}
        async with scraped(pluto, tmp_path) as prometheus:
            empty: list[tuple[str, str, str]] = []
            asked = 0
            for file in (*sorted(files.glob("*.json")), FLEET):
                for title, query in queries(json.loads(file.read_text("utf-8"))):
                    status, body = await ask(prometheus, query)
                    assert status == 200, (file.name, title, query, body)
                    asked += 1
                    if not body["data"]["result"]:
                        empty.append((file.stem, title, query))
    unreported = [row for row in empty if not set(re.findall(rf"\b{row[0]}_\w+", row[2])) <= names]
    assert [row for row in empty if row not in unreported] == []
    older = {miner.hostname.replace("-", "__") for miner in modern_first[2:]}
    assert {row[0] for row in unreported} <= older, "only what an older firmware does not say may be missing"
    assert asked > 150
