"""What a miner holds when it is unpacked and set up: names, pools, and every setting under its firmware's own key."""

from typing import Final

from pluto.simulator.json_text import Json, JsonObject
from pluto.simulator.profiles import Family, Profile

PLACES: Final = ("garage", "attic", "cellar", "office", "shed", "hall", "kitchen", "barn")
POOLS: Final = (("public-pool.io", 21496), ("solo.ckpool.org", 3333))
WALLET: Final = "bc1qsimulated0000000000000000000000000000"
KEPT_PASSWORD: Final = "*****"  # noqa: S105 - the mask, not a password
DEFAULT_PASSWORD: Final = "x"  # noqa: S105 - the firmware's own default


def hostname(index: int) -> str:
    """Return the name of the miner with this index: `garage-01`, `attic-02`, ..."""
    return f"{PLACES[index % len(PLACES)]}-{index + 1:02d}"


def mac_address(seed: int, index: int) -> str:
    """Return a locally administered MAC, the same for the same seed and index, in the firmware's upper case."""
    number = (seed & 0x7FF) << 13 | index & 0x1FFF
    return "02:00:00:" + ":".join(f"{number >> shift & 0xFF:02X}" for shift in (16, 8, 0))


def factory_settings(profile: Profile, name: str) -> JsonObject:
    """Return the stored settings of a freshly set up miner called *name*."""
    shared: JsonObject = {
        "hostname": name,
        "ssid": "simulated-wifi",
        "wifiPass": "simulated-wifi-password",
        "frequency": profile.board.frequency_mhz,
        "coreVoltage": profile.board.core_voltage_mv,
    }
    for prefix, (url, port) in zip(("", "fallback"), POOLS, strict=True):
        shared[flat(prefix, "stratumURL")] = url
        shared[flat(prefix, "stratumPort")] = port
        shared[flat(prefix, "stratumUser")] = f"{WALLET}.{name}"
        shared[flat(prefix, "stratumPassword")] = DEFAULT_PASSWORD
    return shared | _OWN[profile.family](profile, name)


def flat(prefix: str, key: str) -> str:
    """Return *key* for the pool named by *prefix*: `stratumURL`, `fallbackStratumURL`."""
    return prefix + key[0].upper() + key[1:] if prefix else key


def new_pool(slot: int, given: JsonObject) -> JsonObject:
    """Return the pool object of AxeOS 2.15 for *slot*: what is not given gets the firmware's default, the password too."""
    return {"id": slot} | {key: given.get(key, default) for key, default in POOL_DEFAULTS.items()}


POOL_DEFAULTS: Final[JsonObject] = {
    "stratumProtocol": "SV1",
    "stratumURL": "",
    "stratumPort": 3333,
    "stratumUser": "",
    "stratumPassword": DEFAULT_PASSWORD,
    "stratumSuggestedDifficulty": 1000,
    "stratumExtranonceSubscribe": False,
    "stratumTLS": 0,
    "stratumCert": "",
    "stratumDecodeCoinbase": True,
    "stratumV2ChannelType": "extended",
    "stratumV2AuthorityPubkey": "",
    "stratumV2RequireAuth": False,
}


def _axeos(profile: Profile, name: str) -> JsonObject:
    settings: JsonObject = {
        "autofanspeed": 1, "fanspeed": 100, "manualFanSpeed": 100, "minFanSpeed": 25, "temptarget": 60,
        "overheat_mode": 0, "overclockEnabled": 0, "display": "SSD1306 (128x32)", "rotation": 0, "invertscreen": 0,
        "flipscreen": 1, "invertfanpolarity": 1, "displayTimeout": -1, "displayOffset": 0, "statsFrequency": 0,
        "useFallbackStratum": 0, "useCustomWWW": 0, "primaryPoolIndex": 0, "secondaryPoolIndex": 1,
    }  # fmt: skip
    for prefix in ("", "fallback"):
        settings[flat(prefix, "stratumSuggestedDifficulty")] = 1000
        settings[flat(prefix, "stratumExtranonceSubscribe")] = False if profile.is_at_least(2, 14) else 0
        settings[flat(prefix, "stratumTLS")] = 0
        settings[flat(prefix, "stratumCert")] = ""
        settings[flat(prefix, "stratumDecodeCoinbase")] = True
        settings[flat(prefix, "stratumProtocol")] = "SV1"
        settings[flat(prefix, "stratumV2ChannelType")] = "extended"
        settings[flat(prefix, "stratumV2AuthorityPubkey")] = ""
    if profile.is_at_least(2, 15):
        pools: list[Json] = [
            new_pool(slot, {"stratumURL": url, "stratumPort": port, "stratumUser": f"{WALLET}.{name}"})
            for slot, (url, port) in enumerate(POOLS)
        ]
        settings["pools"] = pools
    return settings


def _nerdqaxe(_profile: Profile, _name: str) -> JsonObject:
    return {
        "jobInterval": 500, "stratumDifficulty": 1000, "flipscreen": False, "invertscreen": False,
        "invertfanpolarity": False, "autoscreenoff": True, "autofanspeed": 2, "manualFanSpeed": 100, "overheat_temp": 70,
        "pidTargetTemp": 60, "pidP": 6, "pidI": 0.1, "pidD": 10, "vrFrequency": 25011, "stratum_keep": 1,
        "stratumEnonceSubscribe": False, "fallbackStratumEnonceSubscribe": False, "stratumTLS": False,
        "fallbackStratumTLS": False, "poolMode": 0, "poolBalance": 50, "canMaster": 0, "otp": False,
    }  # fmt: skip


def _nmaxe(_profile: Profile, name: str) -> JsonObject:
    settings: JsonObject = {"autofanspeed": 1, "fanspeed": 60, "targetAsicTemp": 60.0, "Brightness": 80, "screenFlip": 0}
    for prefix, (url, port) in zip(("", "fallback"), POOLS, strict=True):
        settings[flat(prefix, "stratumURL")] = f"stratum+tcp://{url}:{port}"
        settings[flat(prefix, "stratumUser")] = f"{WALLET}.{name}"
    return settings


_OWN: Final = {Family.AXEOS: _axeos, Family.NERDQAXE: _nerdqaxe, Family.NMAXE: _nmaxe}
