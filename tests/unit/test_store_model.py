"""Whatever is done to the miner store, in whatever order: it agrees with a plain dict, and so does the disk."""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clocks import FakeClock
from pluto.errors import NotFound
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress
from pluto.model.record import Record
from pluto.store.core import CoreStore

MACS = [MacAddress(f"aa:bb:cc:00:00:0{n}") for n in range(4)]
macs = st.sampled_from(MACS)
spellings = st.sampled_from(["{lower}", "{upper}", "{hyphens}"])
numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
values = st.one_of(st.none(), st.booleans(), numbers, st.text())
names = st.sampled_from(["ip", "type", "presetUuid", "note", "mac", "createdAt", "updatedAt", "wifiPass"])
changes = st.dictionaries(names, values, max_size=4)
infos = st.dictionaries(st.sampled_from(["power", "hostname", "Pass-Word"]), st.one_of(values, st.lists(values, max_size=2)))
FIXED = ("mac", "createdAt", "updatedAt")


def is_secret(name: str, value: object) -> bool:
    return name in {"wifiPass", "Pass-Word"} and value is not None and not isinstance(value, bool)


def clean(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if not is_secret(name, value)}


def spelled(mac: str, how: str) -> str:
    return how.format(lower=mac, upper=mac.upper(), hyphens=mac.replace(":", "-"))


def shown(record: Record) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(record.to_json())
    return value


class StoreAndDict(RuleBasedStateMachine):
    """Each rule does the same to the store and to the dict, in one go or at the same time as a poll and a flush."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="pluto-store-"))
        self.clock = FakeClock()
        self.model: dict[str, dict[str, Any]] = {}

    @initialize()
    def open(self) -> None:
        self.store = CoreStore(self.folder, clock=self.clock, flush_s=60.0)
        self.loop.run_until_complete(self.store.__aenter__())

    def teardown(self) -> None:
        self.loop.run_until_complete(self.store.__aexit__())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder)

    def now(self) -> str:
        return f"{self.clock.utc():%Y-%m-%dT%H:%M:%S}.000Z"

    def merge(self, mac: str, change: JsonObject, info: dict[str, Any] | None) -> None:
        known = self.model.setdefault(mac, {"mac": mac, "createdAt": self.now(), "info": {}})
        known |= clean({name: value for name, value in change.items() if name not in FIXED})
        known["updatedAt"] = self.now()
        if info is not None:
            known["info"] = clean(info)

    @rule(found=st.lists(st.tuples(macs, spellings, changes, infos), max_size=3))
    def register(self, found: list[tuple[str, str, JsonObject, dict[str, Any]]]) -> None:
        devices: list[JsonObject] = []
        for mac, spelling, change, info in found:
            key = next((known for known in self.model if known.lower().replace("-", ":") == mac), spelled(mac, spelling))
            devices.append({**change, "mac": spelled(mac, spelling), "info": info})
            self.merge(key, change, info)
        self.loop.run_until_complete(self.store.miners.register(devices))

    @rule(mac=macs, change=changes, info=st.one_of(st.none(), infos))
    def update(self, mac: str, change: JsonObject, info: dict[str, Any] | None) -> None:
        key = self.key(mac)
        given: JsonObject = change if info is None else {**change, "info": info}
        try:
            self.loop.run_until_complete(self.store.miners.update(mac, given))
        except NotFound:
            assert key is None
        else:
            assert key is not None
            self.merge(key, change, info)

    @rule(mac=macs)
    def remove(self, mac: str) -> None:
        key = self.key(mac)
        try:
            self.loop.run_until_complete(self.store.miners.remove(mac))
        except NotFound:
            assert key is None
        else:
            assert key is not None
            del self.model[key]

    @rule(mac=macs, power=st.integers())
    def poll(self, mac: MacAddress, power: int) -> None:
        self.polled_in_model(mac, power)
        assert (self.store.miners.polled(mac, b'{"power":%d}' % power) is None) is (self.key(mac) is None)

    @rule(mac=macs)
    def miss(self, mac: MacAddress) -> None:
        key = self.key(mac)
        assert (self.store.miners.missed(mac) is None) is (key is None)
        if key is not None and self.model[key].get("tracing") is not False:
            self.model[key] |= {"tracing": False, "updatedAt": self.now()}

    @rule(mac=macs, other=macs, power=st.integers(), turns=st.integers(0, 4))
    def poll_and_flush_during_a_removal(self, mac: MacAddress, other: MacAddress, power: int, turns: int) -> None:
        async def race() -> None:
            flushing = asyncio.create_task(self.store.miners.flush())
            removing = asyncio.create_task(self.store.miners.remove(mac))
            for _ in range(turns):
                await asyncio.sleep(0)
            self.store.miners.polled(other, b'{"power":%d}' % power)
            await asyncio.gather(flushing, removing, self.store.miners.flush(), return_exceptions=True)

        self.loop.run_until_complete(race())
        self.model.pop(self.key(mac) or "", None)
        self.polled_in_model(other, power)

    @rule(mac=macs, change=changes, power=st.integers(), turns=st.integers(0, 4))
    def poll_during_an_update(self, mac: MacAddress, change: JsonObject, power: int, turns: int) -> None:
        async def race() -> None:
            updating = asyncio.create_task(self.store.miners.update(mac, change))
            for _ in range(turns):
                await asyncio.sleep(0)
            self.store.miners.polled(mac, b'{"power":%d}' % power)
            await asyncio.gather(updating, return_exceptions=True)

        self.loop.run_until_complete(race())
        if (key := self.key(mac)) is not None:
            self.merge(key, change, None)
            self.polled_in_model(mac, power)

    @rule()
    def flush(self) -> None:
        self.loop.run_until_complete(self.store.miners.flush())
        assert self.store.miners.unwritten == 0

    @rule()
    def wait(self) -> None:
        self.clock.advance_to(self.clock.now_s() + 1)

    @precondition(lambda self: self.model)
    @rule()
    def reopen(self) -> None:
        self.loop.run_until_complete(self.store.__aexit__())
        self.open()

    @invariant()
    def agrees(self) -> None:
        if hasattr(self, "store"):
            assert {record.key: shown(record) for record in self.store.miners.in_order()} == self.model
            assert [record.key for record in self.store.miners.in_order()] == list(self.model)

    def key(self, mac: str) -> str | None:
        return next((known for known in self.model if known.lower().replace("-", ":") == mac), None)

    def polled_in_model(self, mac: MacAddress, power: int) -> None:
        if (key := self.key(mac)) is not None:
            self.model[key] |= {"info": {"power": power}, "tracing": True, "updatedAt": self.now()}


TestStoreAndDict = StoreAndDict.TestCase
TestStoreAndDict.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
