"""The page's presets: who uses one, who differs from it, and a password that stays on the server."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pluto.model.json_value import JsonObject
from pluto.model.reading import Pool, Reading
from pluto.services.preset_use import differs
from pluto.simulator.server import Options, SimulatedFleet
from pluto.store.presets import Preset
from running import Running, running

POOL: JsonObject = {"stratumURL": "pool.example", "stratumPort": 3333, "stratumUser": "u", "stratumPassword": "hunter22"}


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(2, first="127.33.1.1", options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet) as server:
        await server.imprint(fleet.miners)
        await server.listen(fleet.miners)
        await server.until(lambda samples: samples["hardware_online"] == 2)
        yield server


async def created(pluto: Running, **configuration: Any) -> str:
    _, answer = await pluto.ask("POST", "/presets", {"name": "n", "configuration": configuration})
    return str(answer["data"]["uuid"])


async def sent(pluto: Running, uuid: str, mac: str) -> Any:
    """Apply the preset to a miner and return what the miner would have been asked to keep as password: none is shown."""
    return await pluto.ask("PATCH", f"/devices/{mac}/system", {"presetUuid": uuid})


async def test_a_preset_says_who_uses_it_and_who_differs(pluto: Running, fleet: SimulatedFleet) -> None:
    uuid = await created(pluto, **POOL)
    one, other = (miner.mac.lower() for miner in fleet.miners)
    for mac in (one, other):
        await pluto.ask("PATCH", f"/devices/imprint/{mac}", {"device": {"presetUuid": uuid}})
    _, listed = await pluto.ask("GET", "/api/v1/presets")
    [preset] = listed["presets"]
    assert (preset["used_by"], preset["drifted"]) == ([one, other], [one, other])
    info = (await pluto.record(one))["info"]
    body = {"name": "as it is", "configuration": {"stratumURL": info["stratumURL"], "stratumPort": str(info["stratumPort"])}}
    _, revised = await pluto.ask("PUT", f"/api/v1/presets/{uuid}", body)
    assert (revised["preset"]["name"], revised["preset"]["version"]) == ("as it is", 2)
    assert one not in revised["preset"]["drifted"]


async def test_an_absent_password_stays_and_null_takes_it_away(pluto: Running) -> None:
    uuid = await created(pluto, **POOL)
    path = f"/api/v1/presets/{uuid}"
    pool = {name: value for name, value in POOL.items() if name != "stratumPassword"}
    for configuration, secrets in ((pool, ["stratumPassword"]), (pool | {"stratumPassword": None}, [])):
        status, answer = await pluto.ask("PUT", path, {"name": "n", "configuration": configuration})
        assert (status, answer["preset"]["secrets_set"]) == (200, secrets)
        assert "hunter22" not in str(answer)
        assert answer["preset"]["configuration"] == pool


async def test_a_copy_keeps_the_password_on_the_server(pluto: Running, fleet: SimulatedFleet) -> None:
    uuid = await created(pluto, **POOL)
    status, answer = await pluto.ask("POST", f"/api/v1/presets/{uuid}/copy", {"name": "second"})
    assert status == 200
    copy = answer["preset"]
    assert copy["uuid"] != uuid
    assert (copy["name"], copy["secrets_set"], copy["version"]) == ("second", ["stratumPassword"], 1)
    assert "hunter22" not in str(answer)
    applied, _ = await sent(pluto, copy["uuid"], fleet.miners[0].mac)
    assert applied == 200
    assert (await pluto.ask("DELETE", f"/presets/{uuid}"))[0] == 200
    assert (await pluto.ask("GET", f"/api/v1/presets/{copy['uuid']}"))[1]["preset"]["secrets_set"] == ["stratumPassword"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "field"),
    [
        ("GET", "/api/v1/presets/none", None, 404, "unknown_preset", None),
        ("PUT", "/api/v1/presets/none", {"name": "n", "configuration": {}}, 404, "unknown_preset", None),
        ("POST", "/api/v1/presets/none/copy", {"name": "n"}, 404, "unknown_preset", None),
        ("PUT", "/api/v1/presets/none", {"configuration": {}}, 400, "bad_request", "name"),
        ("PUT", "/api/v1/presets/none", {"name": "n"}, 400, "bad_request", "configuration"),
        ("PUT", "/api/v1/presets/none", {"name": "n", "configuration": {"stratumPort": True}}, 400, "bad_request", "stratumPort"),
        ("POST", "/api/v1/presets/none/copy", {}, 400, "bad_request", "name"),
    ],
)
async def test_what_is_wrong_with_a_preset_is_named(
    pluto: Running, method: str, path: str, body: Any, status: int, code: str, field: str | None
) -> None:
    answered, problem = await pluto.ask(method, path, body)
    assert (answered, problem["code"], problem.get("field")) == (status, code, field)


@pytest.mark.parametrize(
    ("pool", "is_different"),
    [
        (Pool("pool.example", 3333), False),
        (Pool("other.example", 3333), True),
        (Pool("pool.example", 4444), True),
        (Pool("other.example", 3333, is_fallback=True), False),
        (Pool(), False),
    ],
)
def test_a_miner_differs_by_host_or_port_unless_nobody_can_tell(pool: Pool, is_different: bool) -> None:
    preset = Preset({"uuid": "p", "configuration": {**POOL, "stratumPort": "3333"}})
    assert differs(preset, Reading(pool=pool)) is is_different
