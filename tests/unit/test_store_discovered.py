"""What discovery found is remembered in a database of its own."""

import json
from pathlib import Path

from clocks import FakeClock
from pluto.store.discovered import DiscoveredStore
from pluto.store.level import Level

A, B = "aa:bb:cc:00:00:01", "aa:bb:cc:00:00:02"


async def test_found_devices_are_new_or_merged_newest_first(tmp_path: Path) -> None:
    clock = FakeClock()
    async with DiscoveredStore(tmp_path, clock=clock) as store:
        await store.merge([{"mac": A, "ip": "10.0.0.1", "type": "Espressif", "info": {"hostname": "a", "wifiPass": "x"}}])
        clock.advance_to(1)
        merged = await store.merge([{"mac": B, "ip": "10.0.0.2"}, {"mac": A.upper(), "ip": "10.0.0.3"}, {"mac": "unknown"}])
        assert [(record.mac, record.host) for record in merged] == [(B, "10.0.0.2"), (A, "10.0.0.3")]
        assert [record.mac for record in store.all()] == [B, A]
    async with DiscoveredStore(tmp_path, clock=clock) as store:
        newest, oldest = (json.loads(record.to_json()) for record in store.all())
    assert newest["mac"] == B
    assert oldest == {
        "mac": A,
        "ip": "10.0.0.3",
        "type": "Espressif",
        "info": {"hostname": "a"},
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:01.000Z",
    }
    async with Level(tmp_path) as level:
        items = await level.items()
    assert set(items) == {"devices:discovered", f"devices:discovered:{A}", f"devices:discovered:{B}"}
    assert json.loads(items["devices:discovered"]) == [A, B]


async def test_a_large_find_is_stored_whole(tmp_path: Path) -> None:
    async with DiscoveredStore(tmp_path, clock=FakeClock()) as store:
        await store.merge([{"mac": f"aa:bb:cc:00:{n // 256:02x}:{n % 256:02x}"} for n in range(450)])
    async with DiscoveredStore(tmp_path, clock=FakeClock()) as store:
        assert [record.order for record in store.all()] == list(range(450))
