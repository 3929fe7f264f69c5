"""Model to the contract's JSON: records as stored, with the tuning options of their ASIC where the contract wants them."""

from collections.abc import Iterable
from typing import cast

import msgspec

from pluto.model.json_value import JsonObject
from pluto.model.record import Record
from pluto.model.secret import without_secrets
from pluto.model.tuning import TuningChoice, tuning_of

FREQUENCY_OPTIONS = "frequencyOptions"
CORE_VOLTAGE_OPTIONS = "coreVoltageOptions"


class _Tuned(msgspec.Struct):
    """What an answer says about tuning, in the miner's words."""

    asic_model: object = msgspec.field(name="ASICModel", default=None)
    frequencies: object = msgspec.field(name=FREQUENCY_OPTIONS, default=None)
    core_voltages: object = msgspec.field(name=CORE_VOLTAGE_OPTIONS, default=None)


def record_json(record: Record | None) -> bytes:
    """Return one record, or `null`."""
    return b"null" if record is None else record.to_json()


def tuned_record_json(record: Record) -> bytes:
    """Return one record whose `info` names the choices for frequency and core voltage (contract A.4)."""
    return msgspec.structs.replace(record, info=_with_options(record.info)).to_json()


def devices_json(devices: Iterable[JsonObject]) -> bytes:
    """Return discovered devices as they came, without secrets."""
    return msgspec.json.encode([without_secrets(device) for device in devices])


def _with_options(info: bytes) -> bytes:
    tuned = msgspec.json.decode(info, type=_Tuned)
    tuning = tuning_of(tuned.asic_model) if isinstance(tuned.asic_model, str) else None
    options = {
        FREQUENCY_OPTIONS: _options(tuning.frequencies if tuning else None, tuned.frequencies),
        CORE_VOLTAGE_OPTIONS: _options(tuning.core_voltages if tuning else None, tuned.core_voltages),
    }
    if tuned.frequencies is not None or tuned.core_voltages is not None:
        return msgspec.json.encode(msgspec.json.decode(info, type=dict[str, msgspec.Raw]) | options)
    opening = info.rstrip()[:-1].rstrip()
    return opening + (b"" if opening.endswith(b"{") else b",") + msgspec.json.encode(options)[1:]


def _options(known: Iterable[TuningChoice] | None, reported: object) -> list[object]:
    if known is not None:
        return list(known)
    return cast("list[object]", reported) if isinstance(reported, list) else []
