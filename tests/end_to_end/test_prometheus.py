import asyncio
import re
import subprocess
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from clocks import FakeClock
from metric_miners import ALICE, BOB, CAROL, READING, offline, online, reading
from parts import LOG, free_port, needed, run
from pluto.history.metrics import FLEET, FLEET_METRICS, MINER_METRICS
from pluto.history.query import Question
from pluto.metrics.exposition import Metrics, gzipped
from pluto.metrics.families import CONTRACT
from pluto.services.longer_past import LongerPast
from pluto.services.relay import Relay

pytestmark = pytest.mark.real

RULES = Path(__file__).parents[2] / "deploy" / "rules"
NASTY = 'a"b\\c\nd{}\x00\x1b\u2028é'
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ["{rules}/*.rules.yml"]
scrape_configs:
  - job_name: pluto
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def check(*command: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


def served() -> Metrics:
    metrics = Metrics(FakeClock())
    for miner, hostname in ((ALICE, "garage"), (BOB, "1-attic"), (CAROL, NASTY)):
        metrics.watch(miner, hostname)
        metrics.observe(online(miner, msgspec.structs.replace(reading(hostname=hostname, version=hostname), hostname=hostname)))
    return metrics


@asynccontextmanager
async def website(metrics: Metrics) -> AsyncGenerator[int]:
    async def scrape(_: web.Request) -> web.Response:
        body = await gzipped(await metrics.text())
        headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=body, headers=headers)

    application = web.Application()
    application.router.add_get("/metrics", scrape)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield port
    finally:
        await runner.cleanup()


@dataclass
class Prometheus:
    """A running Prometheus that scrapes Pluto."""

    url: str
    client: aiohttp.ClientSession

    async def ask(self, query: str) -> list[dict[str, Any]]:
        async with self.client.get(f"{self.url}/api/v1/query", params={"query": query}) as answer:
            body: dict[str, Any] = await answer.json()
            assert body["status"] == "success", body
            result: list[dict[str, Any]] = body["data"]["result"]
            return result

    async def value(self, query: str) -> float | None:
        result = await self.ask(query)
        return float(result[0]["value"][1]) if result else None

    async def alerting_health(self) -> set[str]:
        """Return how the alerting rules fare, after each was tried once."""
        async with asyncio.timeout(20):
            while True:
                async with self.client.get(f"{self.url}/api/v1/rules", params={"type": "alert"}) as answer:
                    groups = (await answer.json())["data"]["groups"]
                health = {str(rule["health"]) for group in groups for rule in group["rules"]}
                if "unknown" not in health:
                    return health
                await asyncio.sleep(0.05)

    async def becomes(self, query: str, expected: float | None) -> None:
        """Return when *query* gives *expected*, None for nothing."""
        async with asyncio.timeout(20):
            while await self.value(query) != expected:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def prometheus(scraped_port: int, folder: Path) -> AsyncGenerator[Prometheus]:
    program, port = needed("prometheus"), free_port()
    config = folder / "prometheus.yml"
    config.write_text(CONFIG.format(rules=RULES, port=scraped_port))
    command = [
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    async with run(command, ready=f"{url}/-/ready", cwd=folder), aiohttp.ClientSession() as client:
        yield Prometheus(url, client)


async def test_prometheus_reads_everything_without_a_word_of_complaint(tmp_path: Path) -> None:
    metrics = served()
    async with website(metrics) as port, prometheus(port, tmp_path) as database:
        await database.becomes('up{job="pluto"}', 1)
        assert await database.value("garage_power_watts") == 18.5
        assert await database.value("garage_shares_rejected") == 0
        assert await database.value("_1__attic_hashrate_ghs") == 1200.5
        assert await database.value("total_hardware") == 3
        assert await database.value("count(pluto_miner_up == 1)") == 3
        assert await database.value("sum(pluto_miner_power_watts)") == 3 * 18.5
        assert await database.value(f'pluto_miner_efficiency_joules_per_hash{{mac="{ALICE.mac}"}}') == 15.2e-12
        assert await database.value('sum(pluto_polls_total{outcome="ok"})') == 3
        assert (await database.ask(f'pluto_miner_info{{mac="{CAROL.mac}"}}'))[0]["metric"]["hostname"] == NASTY
        assert await database.alerting_health() == {"ok"}

        metrics.observe(offline(online(ALICE, READING)))
        metrics.unwatch(BOB.mac, delete=False)
        metrics.unwatch(CAROL.mac, delete=True)
        await database.becomes(f'pluto_miner_power_watts{{mac="{BOB.mac}"}}', None)
        await database.becomes(f'pluto_miner_up{{mac="{ALICE.mac}"}}', 0)
        assert await database.value("_1__attic_hashrate_ghs") == 1200.5
        assert await database.value("garage_online") == 0
        assert await database.value("count(pluto_miner_up)") == 1
        async with database.client.get(f"{database.url}/api/v1/targets") as answer:
            assert [target["lastError"] for target in (await answer.json())["data"]["activeTargets"]] == [""]
    log = (tmp_path / LOG).read_text().splitlines()
    complaints = [line for line in log if re.search("level=(warn|error)", line) and "Received SIGTERM" not in line]
    assert complaints == []


async def test_what_charts_ask_prometheus_for_is_what_the_miner_said(tmp_path: Path) -> None:
    metrics = served()
    async with website(metrics) as port, prometheus(port, tmp_path) as database, Relay(database.url) as relay:
        await database.becomes(f'increase(pluto_miner_shares_accepted_total{{mac="{ALICE.mac}"}}[1m])', 0)
        now_s = time.time()
        past = LongerPast(relay)
        for miner, table in ((ALICE.mac, MINER_METRICS), (FLEET, FLEET_METRICS)):
            names = [metric.name for metric in table]
            chart = await past.chart(Question(miner, names, now_s - 3600, now_s + 60))
            assert (chart.source, chart.step_s, chart.times[-1] - chart.times[0]) == (
                "prometheus",
                60,
                60 * (len(chart.times) - 1),
            )
            seen = {name: _last_known(chart.values[name]) for name in names}
            assert [name for name, value in seen.items() if value is None] == []
            if miner == FLEET:
                assert (seen["miners_online"], seen["power_watts"]) == (3, 55.5)
            else:
                expected = {name: getattr(READING, name) for name in names if hasattr(READING, name)}
                expected |= {"fan_percent": 55.0, "fan_rpm": 4312.0, "shares_accepted": 0, "shares_rejected": 0}
                assert seen == pytest.approx(expected)


def _last_known(columns: Mapping[str, Any]) -> float | None:
    column: list[float | None] = columns["sum"] if "sum" in columns else columns["max"]
    assert column[0] is None
    return next((value for value in reversed(column) if value is not None), None)


async def test_promtool_finds_nothing_to_improve_in_the_metrics_that_are_ours() -> None:
    metrics = Metrics(FakeClock(), by_name=False)
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, READING))
    found = check(needed("promtool"), "check", "metrics", stdin=await metrics.text())
    assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")


def test_the_rules_are_valid() -> None:
    found = check(needed("promtool"), "check", "rules", *sorted(RULES.glob("*.rules.yml")))
    assert found.returncode == 0, found


@pytest.mark.parametrize("tests", sorted(RULES.glob("*.rules.test.yml")), ids=lambda path: path.name)
def test_the_rules_do_what_their_tests_say(tests: Path) -> None:
    found = check(needed("promtool"), "test", "rules", tests)
    assert found.returncode == 0, found


async def test_every_metric_a_rule_asks_for_is_served() -> None:
    metrics = Metrics(FakeClock())
    metrics.watch(ALICE, "garage")
    metrics.observe(online(ALICE, reading(**dict.fromkeys((row.suffix for row in CONTRACT), 1.0))))
    text = (await metrics.text()).decode()
    for rules in RULES.glob("*.rules.yml"):
        asked = set(re.findall(r"(?<![:a-z_])(?:pluto|process)_[a-z0-9_]+", rules.read_text("utf-8")))
        assert asked
        assert not [name for name in asked if f"\n{name}" not in text]
