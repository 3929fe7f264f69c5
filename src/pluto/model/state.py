"""What we believe about a miner, and how one poll changes it."""

from enum import StrEnum
from typing import assert_never

import msgspec

from pluto.model.miner import MacAddress, Miner, parse_mac
from pluto.model.reading import Reading


class Health(StrEnum):
    """The contract's three: never answered yet, last poll succeeded, last poll failed."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"


class Reason(StrEnum):
    """Why a poll failed (axeos.md 8: an unreachable API does not mean a dead miner)."""

    NO_CONNECTION = "no connection"
    REFUSED = "refused"
    SILENT = "silent"
    BAD_ANSWER = "bad answer"
    WRONG_DEVICE = "wrong device"


class Answered(msgspec.Struct, frozen=True, gc=False):
    """A poll that succeeded: the decoded reading, and the answer itself as JSON without secrets."""

    reading: Reading
    info: bytes


class Failed(msgspec.Struct, frozen=True, gc=False):
    """A poll that failed, and a sentence for a person; *stranger* is the MAC that answered in the miner's place."""

    reason: Reason
    detail: str
    stranger: MacAddress | None = None


Outcome = Answered | Failed


class MinerState(msgspec.Struct, frozen=True, gc=False):
    """What we believe: *reading* and *info* are the last good ones and survive an outage; *since_s* is when *health* began."""

    miner: Miner
    health: Health = Health.UNKNOWN
    reading: Reading | None = None
    info: bytes | None = None
    failure: Failed | None = None
    since_s: float = 0.0
    restarts: int = 0

    @property
    def is_online(self) -> bool:
        """Return whether the last poll succeeded."""
        return self.health is Health.ONLINE

    @property
    def is_idle(self) -> bool:
        """Return whether the miner answers and does no work: online at a true 0 GH/s."""
        return self.is_online and self.reading is not None and self.reading.is_hashing is False


def identified(outcome: Outcome, mac: MacAddress) -> Outcome:
    """Return *outcome*, or a failure when the answer names another MAC than *mac* (contract E: identity).

    A registered MAC that begins with `ff:ff:ff:ff` is a mock's, which answers with any MAC or none; an old record's
    `unknown` is nobody's.
    """
    match outcome:
        case Answered(reading) if reading.mac not in (None, mac) and not mac.startswith("ff:ff:ff:ff") and parse_mac(mac):
            return Failed(Reason.WRONG_DEVICE, f"the miner at this address is {reading.mac}", reading.mac)
        case _:
            return outcome


def advance(state: MinerState, outcome: Outcome, now_s: float) -> MinerState:
    """Return what we believe after *outcome*: a failure keeps the last reading, an uptime that fell counts a restart."""
    match outcome:
        case Answered(reading, info):
            return MinerState(
                miner=state.miner,
                health=Health.ONLINE,
                reading=reading,
                info=info,
                since_s=state.since_s if state.health is Health.ONLINE else now_s,
                restarts=state.restarts + _has_restarted(state.reading, reading),
            )
        case Failed():
            return MinerState(
                miner=state.miner,
                health=Health.OFFLINE,
                reading=state.reading,
                info=state.info,
                failure=outcome,
                since_s=state.since_s if state.health is Health.OFFLINE else now_s,
                restarts=state.restarts,
            )
        case _:
            assert_never(outcome)


def _has_restarted(before: Reading | None, after: Reading) -> bool:
    if before is None or before.uptime_seconds is None or after.uptime_seconds is None:
        return False
    return after.uptime_seconds < before.uptime_seconds
