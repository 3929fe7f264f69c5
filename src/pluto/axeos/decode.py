"""How a miner's answer becomes a reading: the fast way for answers that are as they should be, the thorough way for the rest."""

from typing import Final

import msgspec

from pluto.axeos.gate import Gate, without_stars
from pluto.axeos.judge import Steady, reading, steady
from pluto.axeos.plausible import count, from_milli, positive
from pluto.axeos.sift import sifted
from pluto.axeos.wire_fields import (
    MINER_SIGNS,
    SURE_SIGN,
    WireAsic,
    WireInfo,
    flattened,
    is_nmaxe,
    salvaged,
)
from pluto.model.asic_options import AsicOptions
from pluto.model.reading import Reading
from pluto.model.state import Answered

_INFO: Final = msgspec.json.Decoder(WireInfo)
_GATE: Final = Gate()


class Decoder:
    """Decodes the answers of one miner: what it says as it did the time before is not judged again."""

    __slots__ = ("_steady",)

    def __init__(self) -> None:
        self._steady: Steady | None = None

    def decode(self, body: bytes) -> Answered:
        """Return the reading in *body* and the answer as a JSON object without secrets; raise MinerNonsense when it is none."""
        return self._fast(body) or self._thoroughly(body)

    def _fast(self, body: bytes) -> Answered | None:
        """Return None for whatever is not plainly in order, be it only unusual."""
        info = without_stars(body)
        if not _GATE.is_clean(info):
            return None
        try:
            wire = _INFO.decode(body)
        except msgspec.DecodeError:
            return None
        return Answered(self._reading(wire), info)

    def _thoroughly(self, body: bytes) -> Answered:
        answer = sifted(body)
        wire = salvaged(WireInfo, flattened(answer) if is_nmaxe(answer) else answer)
        return Answered(self._reading(wire), msgspec.json.encode(answer))

    def _reading(self, wire: WireInfo) -> Reading:
        self._steady = steady(wire, self._steady)
        return reading(wire, self._steady)


def decode_system_info(body: bytes) -> Answered:
    """Return what `Decoder.decode` does, for an answer that comes alone."""
    return Decoder().decode(body)


def looks_like_miner(info: bytes) -> bool:
    """Return whether *info*, the JSON object of an `Answered`, comes from a miner and not from another thing with a web page."""
    answer = sifted(info)
    if answer.get(SURE_SIGN) or is_nmaxe(answer):
        return True
    return sum(any(answer.get(name) is not None for name in names) for names in MINER_SIGNS) >= 2


def decode_asic(body: bytes) -> AsicOptions:
    """Return what GET /api/system/asic offers to choose from; raise MinerNonsense when *body* is no JSON object."""
    wire = salvaged(WireAsic, sifted(body))
    return AsicOptions(
        asic_model=wire.asic_model or None,
        model=wire.device_model or None,
        asic_count=count(positive(wire.asic_count)),
        frequencies_mhz=tuple([step for step in wire.frequencies if step is not None and step > 0]),
        default_frequency_mhz=positive(wire.default_frequency),
        core_voltages_volts=tuple([step / 1000 for step in wire.voltages if step is not None and step > 0]),
        default_core_voltage_volts=from_milli(wire.default_voltage),
    )
