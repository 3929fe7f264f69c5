import re
from pathlib import Path

from clocks import FakeClock
from exposition import read_strictly
from metric_miners import ALICE, READING, online, reading
from pluto.metrics.exposition import Metrics
from pluto.metrics.families import CONTRACT

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
_PARTS = re.compile("_(bucket|sum|count)$")


async def test_every_metric_that_is_served_has_a_row_in_the_page_and_every_row_is_served() -> None:
    metrics = Metrics(FakeClock())
    metrics.watch(ALICE, "HOST")
    values = dict.fromkeys((row.suffix for row in CONTRACT), 1.0)
    metrics.observe(online(ALICE, reading(hostname="HOST", **values)))
    samples = read_strictly(await metrics.text())
    served = {_PARTS.sub("", name) if "pluto_" in name else name for name in (series.split("{")[0] for series in samples)}
    documented = set(re.findall(r"^\| `([^`{]+)(?:\{[^}]*\})?` \|", PAGE.read_text("utf-8"), re.MULTILINE))
    assert {name.replace("HOST_", "<prefix>_") for name in served} == documented
    assert READING.hostname == "garage"
