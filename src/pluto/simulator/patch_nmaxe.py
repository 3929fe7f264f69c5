"""What the NMAxe does with a PATCH of /api/setting/*: one handler for all its pages, nothing is checked."""

from typing import Final

from pluto.simulator.json_text import Json, JsonObject
from pluto.simulator.miner import MinerState

NUMBERS_AT_ONCE: Final = {"asicVcoreReq": "coreVoltage", "Brightness": "Brightness", "screenFlip": "screenFlip"}
POOL_FIELDS: Final = {"url": "URL", "user": "User", "pwd": "Password"}
POOLS: Final = {"primary": "stratum", "fallback": "fallbackStratum"}


def patch(miner: MinerState, body: JsonObject) -> None:
    """Store what *body* says: core voltage, fan, screen and name act at once, frequency, pool and Wi-Fi at the next boot."""
    for given, key in NUMBERS_AT_ONCE.items():
        if given in body:
            miner.change(key, _uint16(body[given]), at_once=True)
    if "asicFreqReq" in body:
        miner.change("frequency", _uint16(body["asicFreqReq"]), at_once=False)
    if "hostname" in body:
        miner.change("hostname", str(body["hostname"]), at_once=True)
    for key in ("ssid", "wifiPass"):
        if key in body:
            miner.change(key, str(body[key]), at_once=False)
    _pools(miner, body.get("stratum"))
    _fans(miner, body.get("fans"))
    miner.apply()


def _pools(miner: MinerState, given: Json) -> None:
    if not isinstance(given, dict):
        return
    for name, prefix in POOLS.items():
        pool = given.get(name)
        if isinstance(pool, dict):
            for field, suffix in POOL_FIELDS.items():
                if field in pool:
                    miner.change(prefix + suffix, str(pool[field]), at_once=False)


def _fans(miner: MinerState, given: Json) -> None:
    if not isinstance(given, list):
        return
    for fan in given:
        if isinstance(fan, dict) and fan.get("id") == 0:
            for field, key in (("auto", "autofanspeed"), ("target", "targetAsicTemp"), ("speed", "fanspeed")):
                if field in fan:
                    miner.change(key, fan[field], at_once=True)


def _uint16(value: Json) -> int:
    return int(value) & 0xFFFF if isinstance(value, int | float) else 0
