"""What a miner can be told beside its settings, and which firmware understands it (axeos.md 2); pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from pluto.axeos.firmware import Dialect, firmware_of
from pluto.model.json_value import JsonObject


class Verb(StrEnum):
    """What can be asked."""

    RESTART = "restart"
    IDENTIFY = "identify"
    PAUSE = "pause"
    RESUME = "resume"


class Command(msgspec.Struct, frozen=True):
    """The request that says it."""

    method: str
    path: str
    body: JsonObject | None = None

    @property
    def written(self) -> bytes:
        """Return the body as it is sent."""
        return b"" if self.body is None else msgspec.json.encode(self.body)


RESTART: Final = Command("POST", "/api/system/restart")
"""Every firmware understands it."""
_RESTART: Final = {Verb.RESTART: RESTART}
_STATE: Final = "/api/mining/state"
_COMMANDS: Final[Mapping[Dialect, Mapping[Verb, Command]]] = {
    Dialect.FLAT: _RESTART | {verb: Command("POST", f"/api/system/{verb}") for verb in (Verb.IDENTIFY, Verb.PAUSE, Verb.RESUME)},
    Dialect.NERDQAXE: _RESTART,
    Dialect.NMAXE: _RESTART
    | {Verb.PAUSE: Command("PATCH", _STATE, {"paused": True}), Verb.RESUME: Command("PATCH", _STATE, {"paused": False})},
}
_SINCE: Final[Mapping[Verb, int]] = {Verb.IDENTIFY: 12, Verb.PAUSE: 14, Verb.RESUME: 14}
"""The first AxeOS 2.n that understands it; older ones do not, and of a firmware without a version nobody knows."""


def commands_of(info: JsonObject) -> Mapping[Verb, Command]:
    """Return what the miner that said *info* understands, and how it is told."""
    firmware = firmware_of(info)
    if firmware.dialect not in (Dialect.FLAT, Dialect.POOLS):
        return _COMMANDS[firmware.dialect]
    minor = 0 if firmware.release is None else firmware.release[1]
    return {verb: command for verb, command in _COMMANDS[Dialect.FLAT].items() if minor >= _SINCE.get(verb, 0)}
