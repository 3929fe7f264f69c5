"""What a fault is: where it strikes, and the steps that a script takes."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum

import msgspec

from pluto.simulator.json_text import Json, JsonObject

Parameters = Mapping[str, Json]


class Wait(msgspec.Struct, frozen=True):
    """A pause of *seconds* before the next step."""

    seconds: float


class End(Enum):
    """How a script ends the exchange; without one the connection lives on."""

    CLOSE = "close"
    RESET = "reset"
    HOLD = "hold"
    HALF = "half"


class Act(Enum):
    """What a fault does to the miner itself, besides or instead of its answers."""

    REFUSE = "refuse"
    MOVE = "move"
    REBOOT = "reboot"
    OVERHEAT = "overheat"
    DEAF = "deaf"
    FLOOD = "flood"
    FLAP = "flap"


Step = bytes | Wait | End


class Answer(msgspec.Struct, frozen=True):
    """The healthy answer as it would go out; *text* is the body before it was framed."""

    head: bytes
    body: bytes
    text: bytes


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: what it is, its parameters with their defaults, and where it strikes.

    *change* alters the info object, *spoil* its text, *script* takes over the exchange, *greeting* the connection before
    anything was asked, *socket* what comes after the request for a log (with the client's key), *act* happens to the miner.
    """

    description: str
    defaults: Mapping[str, Json] = {}
    change: Callable[[JsonObject, Parameters], JsonObject] | None = None
    spoil: Callable[[bytes, Parameters], bytes] | None = None
    script: Callable[[Answer, Parameters], Iterator[Step]] | None = None
    greeting: Callable[[], Iterator[Step]] | None = None
    socket: Callable[[str], Iterator[Step]] | None = None
    act: Act | None = None

    def parameters(self, given: Parameters) -> Parameters:
        """Return the defaults with *given* over them; raises KeyError for a name this fault does not have."""
        known: dict[str, Json] = dict(self.defaults) if self.script is None else {"only": "", **self.defaults}
        for name in given:
            if name not in known:
                raise KeyError(f"no parameter {name!r}; there are: {', '.join(known) or 'none'}")
        return {**known, **given}


def head(status: str, *headers: str) -> bytes:
    """Return the head of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def named(info: JsonObject, name: Json) -> JsonObject:
    """Return *info* of a miner that calls itself *name*."""
    return replaced(info, lambda key, old: name if key in ("hostname", "hostName") else old)


def replaced(info: JsonObject, change: Callable[[str, Json], Json]) -> JsonObject:
    """Return *info* with *change* made to every member that is no object, at any depth."""
    return {key: replaced(value, change) if isinstance(value, dict) else change(key, value) for key, value in info.items()}


def with_member(body: bytes, member: bytes) -> bytes:
    """Return the text of an object with *member* as its last."""
    return body[: body.rindex(b"}")] + b"," + member + b"}"


def number(parameters: Parameters, name: str) -> float:
    """Return the parameter *name* as a number, 0 where it is none."""
    value = parameters[name]
    return float(value) if isinstance(value, int | float) else 0.0
