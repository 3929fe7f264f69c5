"""What our log says when a miner's health changes: one line at the change, none for each failed poll."""

import logging

from pluto.model.state import MinerState

log = logging.getLogger(__name__)


def report(before: MinerState, after: MinerState) -> None:
    """Log that a miner went, came back, or fails for another reason than before; nothing otherwise."""
    if before.health is after.health and _reason(before) is _reason(after):
        return
    facts = {"mac": after.miner.mac, "host": after.miner.host, "hostname": _name(after)}
    if after.failure is not None:
        log.warning("miner offline", extra={**facts, "reason": after.failure.reason, "detail": after.failure.detail})
    else:
        log.info("miner online", extra={**facts, "was": before.health})


def _reason(state: MinerState) -> object:
    return None if state.failure is None else state.failure.reason


def _name(state: MinerState) -> str | None:
    return None if state.reading is None else state.reading.hostname
