"""The page without a script: the truth at a glance, and nothing that a miner says is more than text."""

from collections.abc import AsyncGenerator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pluto.simulator.server import SimulatedFleet
from running import Running, running


class Page(HTMLParser):
    """Rows of the table as lists of cells, and every tag that was seen."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag == "tr":
            self.rows.append([])
        self._in_cell = self._in_cell or tag == "td"
        if tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


@pytest.fixture
async def fleet() -> AsyncGenerator[SimulatedFleet, None]:
    async with SimulatedFleet(3, first="127.39.1.1", profiles=("axeos-2.12",)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncGenerator[Running, None]:
    async with running(tmp_path, fleet) as server:
        yield server


async def page_of(pluto: Running) -> Page:
    async with pluto.http.get(pluto.base + "/glance") as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        return Page(await answer.text())


async def test_an_empty_fleet_is_told_what_to_do(pluto: Running) -> None:
    async with pluto.http.get(pluto.base + "/glance") as answer:
        assert "pluto discover" in await answer.text()
    async with pluto.http.get(pluto.base + "/page.css") as answer:
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


async def test_each_miner_has_a_row_that_tells_the_truth(pluto: Running, fleet: SimulatedFleet) -> None:
    fleet.miners[0].fault("stopped-hashing")
    fleet.miners[1].fault("refused")
    fleet.miners[2].fault("hostile-hostname")
    await pluto.imprint(fleet.miners[::2])
    fleet.miners[1].heal()
    await pluto.imprint(fleet.miners)
    fleet.miners[1].fault("refused")
    await pluto.listen(fleet.miners)
    await pluto.until(lambda samples: samples["hardware_online"] == 2 and samples['pluto_polls_total{outcome="refused"}'] > 0)
    page = await page_of(pluto)
    rows = {row[2]: row for row in page.rows if row}
    assert rows[fleet.miners[0].host][5] == "0 GH/s"
    assert rows[fleet.miners[1].host][0].endswith("offline: refused")
    assert rows[fleet.miners[1].host][5] == "\u2013"
    assert rows[fleet.miners[2].host][5].endswith("TH/s")
    assert "<" in rows[fleet.miners[2].host][1]
    assert page.tags.isdisjoint({"script", "img", "iframe", "svg"})
