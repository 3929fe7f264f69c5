"""The event names and payloads of contract B, as text that is ready to send."""

from collections.abc import Iterable
from typing import Final

import msgspec

from pluto.model.record import Record

STAT_UPDATE: Final = "stat_update"
ERROR: Final = "error"
DEVICE_REMOVED: Final = "device_removed"
LOGS_UPDATE: Final = "logs_update"
LOGS_LISTENING_STATUS: Final = "logsListeningStatus"

ENABLE_LOGS_LISTENING: Final = "enableLogsListening"
DISABLE_LOGS_LISTENING: Final = "disableLogsListening"
CHECK_LOGS_LISTENING: Final = "checkLogsListening"

SERVER_EVENTS: Final = (STAT_UPDATE, ERROR, DEVICE_REMOVED, LOGS_UPDATE, LOGS_LISTENING_STATUS)
CLIENT_EVENTS: Final = (ENABLE_LOGS_LISTENING, DISABLE_LOGS_LISTENING, CHECK_LOGS_LISTENING)


def packet(event: str, payload: bytes) -> str:
    """Return the Socket.IO packet of *event* with the JSON *payload*, for the namespace `/`."""
    return f'2["{event}",{payload.decode()}]'


def news(record: Record, reason: str | None) -> str:
    """Return what one poll tells: `stat_update`, or `error` where there is a *reason*."""
    return stat_update(record) if reason is None else error(record, reason)


def stat_update(record: Record) -> str:
    """Return what a successful poll tells: the record, `tracing` true."""
    return packet(STAT_UPDATE, record.to_json())


def error(record: Record, reason: str) -> str:
    """Return what a failed poll tells: the record with its last good `info`, `tracing` false, and the reason."""
    return packet(ERROR, record.to_json()[:-1] + b',"error":' + msgspec.json.encode(reason) + b"}")


def device_removed(removed: Record, remaining_ips: Iterable[str]) -> str:
    """Return who is watched no more, and the addresses of those who still are, in the order in which watching began."""
    members = {"ipRemoved": removed.host, "remainingIps": list(remaining_ips), "mac": removed.key}
    return packet(DEVICE_REMOVED, msgspec.json.encode(members))


def logs_update(record: Record, message: str) -> str:
    """Return one log message of a miner: its record with `info` replaced by the text."""
    return packet(LOGS_UPDATE, msgspec.structs.replace(record, info=msgspec.json.encode(message)).to_json())


def logs_listening_status(is_on: bool) -> str:
    """Return the state of the log switch."""
    return packet(LOGS_LISTENING_STATUS, msgspec.json.encode(is_on))
