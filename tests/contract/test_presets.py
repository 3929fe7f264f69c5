"""Contract A.3, H: presets, body by body."""

import uuid
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from discovery_stub import discovery_stub
from pluto.model.json_value import JsonObject
from pluto.services.presets import applied, port_of
from pluto.store.presets import Preset
from running import Running, running

NO_PRESET = {"message": "Preset not found", "data": None}
MAC = "02:00:00:00:00:0a"


@pytest.fixture
async def pluto(tmp_path: Path) -> AsyncGenerator[Running, None]:
    async with discovery_stub() as stub:
        stub.knows(MAC, "127.8.0.1")
        async with running(tmp_path, discovery_service_host=stub.base) as server:
            yield server


async def created(pluto: Running, **preset: Any) -> dict[str, Any]:
    status, answer = await pluto.ask("POST", "/presets", preset)
    assert (status, answer["message"]) == (200, "Preset created successfully")
    data: dict[str, Any] = answer["data"]
    return data


async def test_a_preset_gets_our_id_and_times_and_keeps_further_members(pluto: Running) -> None:
    configuration = {"stratumURL": "p", "stratumPort": "3333", "stratumUser": "u", "stratumPassword": "hunter22", "more": [1]}
    data = await created(pluto, uuid="mine", createdAt="then", name="n", configuration=configuration, colour="red")
    assert uuid.UUID(data["uuid"]).version == 7
    assert data["createdAt"] == data["updatedAt"] != "then"
    shown = {"stratumURL": "p", "stratumPort": "3333", "stratumUser": "u", "more": [1]}
    assert {"name": "n", "configuration": shown, "colour": "red"}.items() <= data.items()
    for path, said in (
        (f"/presets/{data['uuid']}", "Preset retrieved successfully"),
        ("/presets", "Presets retrieved successfully"),
    ):
        status, answer = await pluto.ask("GET", path)
        assert (status, answer["message"]) == (200, said)
        assert answer["data"] == (data if path != "/presets" else [data])


async def test_presets_come_newest_first(pluto: Running) -> None:
    ids = [(await created(pluto, name=str(n)))["uuid"] for n in range(3)]
    listed = [preset["uuid"] for preset in (await pluto.ask("GET", "/presets"))[1]["data"]]
    assert sorted(listed) == sorted(ids)
    times = [preset["createdAt"] for preset in (await pluto.ask("GET", "/presets"))[1]["data"]]
    assert times == sorted(times, reverse=True)


async def test_an_empty_preset_is_one(pluto: Running) -> None:
    assert set(await created(pluto)) == {"uuid", "createdAt", "updatedAt"}


@pytest.mark.parametrize(
    "preset",
    [
        {"name": 5}, {"name": ""}, {"name": None}, {"name": "n" * 129}, {"configuration": []}, {"configuration": "x"},
        {"configuration": None}, {"configuration": {"stratumPort": True}}, {"configuration": {"stratumPort": [1]}},
        {"configuration": {"stratumPort": {}}}, {"configuration": {"stratumURL": 5}}, {"configuration": {"stratumUser": []}},
    ],
    ids=str,
)  # fmt: skip
async def test_wrong_types_are_refused_and_nothing_is_kept(pluto: Running, preset: dict[str, Any]) -> None:
    status, answer = await pluto.ask("POST", "/presets", preset)
    assert status == 400
    assert list(answer) == ["error"]
    assert (await pluto.ask("GET", "/presets"))[1]["data"] == []


async def test_an_unknown_preset_is_404(pluto: Running) -> None:
    assert await pluto.ask("GET", "/presets/none") == (404, NO_PRESET)
    assert await pluto.ask("DELETE", "/presets/none") == (404, NO_PRESET)


async def test_a_deleted_preset_is_taken_from_the_miners_that_name_it(pluto: Running) -> None:
    data = await created(pluto, name="n", configuration={"stratumPassword": "hunter22"})
    await pluto.ask("PUT", "/devices/imprint", {"macs": [MAC]})
    await pluto.ask("PATCH", f"/devices/imprint/{MAC}", {"device": {"presetUuid": data["uuid"]}})
    assert await pluto.ask("DELETE", f"/presets/{data['uuid']}") == (
        200,
        {"message": "Preset deleted successfully", "data": data},
    )
    assert (await pluto.record(MAC))["presetUuid"] is None
    assert (await pluto.ask("GET", f"/presets/{data['uuid']}"))[0] == 404


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (3333, 3333), (3333.5, 3333.5), ("3333", 3333), (" 3333 ", 3333), ("3333.0", 3333), ("", 0), ("port", 0), ("nan", 0),
        ("1_000", 0), ("9" * 400, 0), (None, None),
    ],
)  # fmt: skip
def test_a_port_goes_out_as_a_number(given: Any, sent: Any) -> None:
    assert port_of(given) == sent
    assert type(port_of(given)) is type(sent)


def test_applying_takes_host_port_and_password_alone_and_sends_nothing_that_the_preset_lacks() -> None:
    full = Preset({"configuration": {"stratumURL": "p", "stratumPort": "1", "stratumUser": "theirs", "stratumPassword": "w"}})
    info: JsonObject = {"stratumURL": "mine", "stratumUser": "me", "frequency": 500}
    assert applied(full, info) == (
        {"stratumUser": "me", "frequency": 500, "stratumURL": "p", "stratumPort": 1, "stratumPassword": "w"},
        ["stratumURL", "stratumPort", "stratumPassword"],
    )
    assert applied(Preset({"configuration": {"stratumURL": None}}), info) == ({"stratumUser": "me", "frequency": 500}, [])
    assert applied(Preset({}), {"stratumPort": 5}) == ({}, [])
    assert info == {"stratumURL": "mine", "stratumUser": "me", "frequency": 500}
