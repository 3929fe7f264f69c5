"""What a poll leaves in the database is JSON that any reader takes: no NaN, no Infinity, nothing that is no UTF-8."""

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest

from clocks import FakeClock
from pluto.axeos.decode import decode_system_info
from pluto.errors import MinerNonsense
from pluto.store.core import CoreStore
from pluto.store.level import Level

MAC = "02:00:00:00:00:0a"


def strictly(text: bytes) -> Any:
    def refuse(word: str) -> NoReturn:
        raise AssertionError(word)

    return json.loads(text.decode("utf-8"), parse_constant=refuse)


@pytest.mark.parametrize(
    "power", [b"NaN", b"-Infinity", b"Infinity", b"1e999", b"-1e999", b"9" * 400, b'"\xff"', b'"\\ud800"', b"[NaN]"]
)
async def test_no_answer_brings_what_is_no_json(tmp_path: Path, power: bytes) -> None:
    folder = tmp_path / "pluto_core"
    async with CoreStore(folder, clock=FakeClock(), flush_s=60.0) as core:
        (record,) = await core.miners.register([{"mac": MAC, "ip": "127.0.0.1"}])
        await core.miners.update(MAC, {"presetUuid": "p"})
        try:
            info = decode_system_info(b'{"hostname":"x","power":%s,"temp":50}' % power).info
        except MinerNonsense:
            return  # a failed poll stores nothing
        core.miners.polled(record.mac, info)
    async with Level(folder) as level:
        values = {key: strictly(value) for key, value in (await level.items()).items()}
    stored = values[f"devices:imprinted:{MAC}"]
    assert (stored["info"]["hostname"], stored["info"]["temp"], stored["presetUuid"]) == ("x", 50, "p")


async def test_a_poll_leaves_what_a_client_wrote(tmp_path: Path) -> None:
    async with CoreStore(tmp_path / "pluto_core", clock=FakeClock(), flush_s=60.0) as core:
        (record,) = await core.miners.register([{"mac": MAC, "ip": "127.0.0.1", "type": "t", "info": {"old": 1}}])
        written = await core.miners.update(MAC, {"presetUuid": "p", "note": {"deep": [1]}, "ip": "127.0.0.2"})
        before = json.loads(written.to_json())
        polled = core.miners.polled(record.mac, b'{"new":2}')
        assert polled is not None
        after = json.loads(polled.to_json())
    assert {key: value for key, value in after.items() if key not in ("info", "tracing", "updatedAt")} == {
        key: value for key, value in before.items() if key not in ("info", "tracing", "updatedAt")
    }
    assert (after["info"], after["tracing"]) == ({"new": 2}, True)
