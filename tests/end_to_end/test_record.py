"""`pluto record`: what a miner says, without its owner."""

import asyncio
import json
from pathlib import Path

from click.testing import CliRunner

from pluto.cli.record import record
from pluto.simulator.server import Options, SimulatedFleet


async def test_a_miner_is_recorded_with_its_log_and_without_its_owner(tmp_path: Path) -> None:
    async with SimulatedFleet(1, first="127.34.1.1", profiles=("axeos-2.12",), options=Options(log_lines_per_s=20)) as fleet:
        miner = fleet.miners[0]
        file = tmp_path / "report.json"
        arguments = [miner.host, "--seconds", "1.5", "--output", str(file)]
        result = await asyncio.to_thread(CliRunner().invoke, record, arguments)
        assert result.exit_code == 0, result.output
        text = file.read_text()
        saved = json.loads(text)
        assert saved["info"]["version"] == "v2.12.2"
        assert saved["asic"]["ASICModel"] == "BM1370"
        assert len(saved["log"]) > 3
        for private in (miner.mac, miner.hostname, miner.host.split(":")[0]):
            assert private not in text
