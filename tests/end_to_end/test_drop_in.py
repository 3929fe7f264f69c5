"""Taking the place of Pluto 1.3.5: its five variables, its folders, its data, as it left them."""

import asyncio
import json
import signal
from pathlib import Path

import aiohttp
import pytest

from discovery_stub import discovery_stub
from parts import free_port
from pluto.simulator.server import SimulatedFleet
from processes import ended, process, ready

try:
    from plyvel_next import DB
except ImportError:
    from plyvel import DB

OLD_DASHBOARD = b'{"uid":"abcdefghij1234","title":"drawn by hand"}'


def written_by_the_reference(folder: Path, records: list[dict[str, object]]) -> None:
    """Write the folder as 1.3.5 leaves it: flat keys, JSON values, secrets and all."""
    (folder / "data").mkdir()
    database = DB(str(folder / "data" / "pluto_core"), create_if_missing=True)
    batch = database.write_batch()
    for record in records:
        batch.put(f"devices:imprinted:{record['mac']}".encode(), json.dumps(record).encode())
    batch.put(b"devices:imprinted", json.dumps([record["mac"] for record in records]).encode())
    preset = {
        "uuid": "p1",
        "name": "Solo",
        "configuration": {"stratumURL": "solo", "stratumPort": "3333", "stratumPassword": "hunter2"},
    }
    preset |= {"createdAt": "2024-01-02T03:04:05.678Z", "updatedAt": "2024-01-02T03:04:05.678Z"}
    batch.put(b"presets:p1", json.dumps(preset).encode())
    batch.put(b"presets", b'["p1"]')
    batch.write()
    database.close()


def old_record(mac: str, ip: str, created: str, **more: object) -> dict[str, object]:
    info = {"hostname": "log-dash-01", "version": "v2.4.5", "wifiPass": "hunter2"}
    return {
        "mac": mac,
        "ip": ip,
        "type": "Espressif",
        "info": info,
        "createdAt": created,
        "updatedAt": created,
        "tracing": True,
        **more,
    }


@pytest.mark.parametrize("auto_listen", ["true", "false"])
async def test_everything_is_found_where_the_reference_left_it(tmp_path: Path, auto_listen: str) -> None:
    port = free_port()
    async with SimulatedFleet(2, first="127.35.1.1", profiles=("axeos-2.4",)) as fleet, discovery_stub() as discovery:
        first, second = fleet.miners
        records = [
            old_record(first.mac, first.host, "2024-01-02T03:04:05.678Z", presetUuid="p1", note={"kept": 1}),
            old_record(second.mac.lower(), second.host, "2024-02-02T03:04:05.678Z"),
        ]
        written_by_the_reference(tmp_path, records)
        (tmp_path / "grafana" / "dashboards").mkdir(parents=True)
        (tmp_path / "grafana" / "dashboards" / "overview.json").write_bytes(OLD_DASHBOARD)
        five = {
            "PORT": str(port), "DISCOVERY_SERVICE_HOST": discovery.base, "GF_HOST": "http://127.0.0.1:9",
            "AUTO_LISTEN": auto_listen, "DELETE_DATA_ON_DEVICE_REMOVE": "false",
        }  # fmt: skip
        async with process(tmp_path, five) as one, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            await ready(port)
            async with http.get("/devices/imprint") as answer:
                text = await answer.text()
            assert "hunter2" not in text
            shown = json.loads(text)["data"]
            assert [record["mac"] for record in shown] == [second.mac.lower(), first.mac]
            assert (shown[1]["presetUuid"], shown[1]["note"], shown[1]["createdAt"]) == (
                "p1",
                {"kept": 1},
                records[0]["createdAt"],
            )
            async with http.get("/presets") as answer:
                presets = (await answer.json())["data"]
            assert [preset["configuration"] for preset in presets] == [{"stratumURL": "solo", "stratumPort": "3333"}]
            if auto_listen == "true":
                async with asyncio.timeout(10):
                    while not all(miner.requests.total for miner in fleet.miners):
                        await asyncio.sleep(0.05)
            one.send_signal(signal.SIGTERM)
            assert (await ended(one))[0] == 0
        assert (tmp_path / "grafana" / "dashboards" / "overview.json").read_bytes() == OLD_DASHBOARD
        assert sum(miner.requests.total for miner in fleet.miners) == 0 or auto_listen == "true"
    check_that_the_reference_can_open_it(tmp_path, [first.mac, second.mac.lower()])


def check_that_the_reference_can_open_it(folder: Path, macs: list[str]) -> None:
    database = DB(str(folder / "data" / "pluto_core"))
    stored = {key.decode(): json.loads(value) for key, value in database.iterator()}
    database.close()
    assert stored["devices:imprinted"] == macs
    assert set(stored) == {"devices:imprinted", "presets", "presets:p1", *(f"devices:imprinted:{mac}" for mac in macs)}
    assert stored["presets:p1"]["configuration"]["stratumPassword"] == "hunter2"
