"""What the page of one miner asks: what it can do, what can be set on it by its own firmware, and that no password comes back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pluto.simulator.server import Options, SimulatedFleet
from running import Running, running

MIX = ("axeos-2.15", "axeos-2.9", "nerdqaxe-1.0.36", "nmaxe-2.9")


@pytest.fixture
async def fleet() -> AsyncIterator[SimulatedFleet]:
    async with SimulatedFleet(4, first="127.33.1.1", profiles=MIX, options=Options(boot_s=1.0)) as miners:
        yield miners


@pytest.fixture
async def paths(pluto: Running) -> list[str]:
    """Return the path of each miner; an NMAxe tells no MAC and is known by one that Pluto made."""
    _, table = await pluto.ask("GET", "/api/v1/fleet")
    by_host = {row[table["columns"].index("host")]: row[0] for row in table["rows"]}
    return [f"/api/v1/miners/{by_host[host]}" for host in sorted(by_host)]


@pytest.fixture
async def pluto(tmp_path: Path, fleet: SimulatedFleet) -> AsyncIterator[Running]:
    async with running(tmp_path, fleet) as server:
        addresses = [miner.host for miner in fleet.miners]
        _, added = await server.ask("POST", "/api/v1/miners", {"addresses": addresses})
        assert [row["result"] for row in added["results"]] == ["added"] * 4
        yield server


@pytest.mark.parametrize(
    ("place", "verbs"),
    [
        (0, ["restart", "identify", "pause", "resume"]),
        (1, ["restart"]),
        (2, ["restart"]),
        (3, ["restart", "pause", "resume"]),
    ],
)
async def test_a_miner_is_offered_only_what_its_firmware_understands(
    pluto: Running, fleet: SimulatedFleet, paths: list[str], place: int, verbs: list[str]
) -> None:
    path = paths[place]
    _, said = await pluto.ask("GET", path)
    assert said["can"] == verbs
    assert said["limits"] == {"chip_temperature_celsius": 75.0, "vr_temperature_celsius": 90.0}
    requests = fleet.miners[place].requests.total
    for verb in ("identify", "pause", "resume"):
        status, answer = await pluto.ask("POST", f"{path}/{verb}")
        assert (status, answer.get("code")) == ((200, None) if verb in verbs else (409, "cannot_do"))
    if len(verbs) == 1:
        assert fleet.miners[place].requests.total - requests <= 2  # polls: it was not asked what it cannot do


@pytest.mark.parametrize("place", range(3))
async def test_both_pools_are_told_whichever_is_in_use(pluto: Running, paths: list[str], place: int) -> None:
    _, said = await pluto.ask("GET", paths[place])
    assert [(pool["role"], pool["address"]) for pool in said["pools"]] == [
        ("primary", "public-pool.io:21496"),
        ("fallback", "solo.ckpool.org:3333"),
    ]
    assert all(row["count"] > 0 and row["reason"] for row in said["rejected_for"])


@pytest.mark.parametrize("place", [0, 3])
async def test_a_paused_miner_hashes_again_when_told(pluto: Running, fleet: SimulatedFleet, paths: list[str], place: int) -> None:
    path = paths[place]
    assert (await pluto.ask("POST", f"{path}/pause"))[0] == 200
    assert not fleet.miners[place].state.now().is_hashing
    assert (await pluto.ask("POST", f"{path}/resume"))[0] == 200
    assert fleet.miners[place].state.now().is_hashing


async def test_a_nerdqaxe_is_told_its_flags_as_it_wants_them(pluto: Running, paths: list[str]) -> None:
    path = f"{paths[2]}/settings"
    _, form = await pluto.ask("GET", path)
    flags = {row["name"]: row["value"] for row in form["settings"] if row["kind"] == "flag"}
    assert flags
    assert all(isinstance(value, bool) for value in flags.values())
    _, done = await pluto.ask("PATCH", path, {"settings": {"flipscreen": not flags["flipscreen"]}})
    assert done["not_applied"] == []


@pytest.mark.parametrize("place", range(4))
async def test_no_answer_about_settings_holds_a_password(pluto: Running, paths: list[str], place: int) -> None:
    path = f"{paths[place]}/settings"
    status, done = await pluto.ask("PATCH", path, {"settings": {"stratumPassword": "hunter22-secret"}})
    assert status == 200
    assert [row["field"] for row in done["not_applied"]] == ["stratumPassword"]
    for answer in (done, (await pluto.ask("GET", path))[1], (await pluto.ask("GET", path.replace("settings", "raw")))[1]):
        assert "hunter22" not in str(answer)
    _, form = await pluto.ask("GET", path)
    assert [row["value"] for row in form["settings"] if row["kind"] == "secret"] != []
    assert not any(row["value"] for row in form["settings"] if row["kind"] == "secret")
