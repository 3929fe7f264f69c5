"""What a miner is called by those who sell it, from what its firmware says of board and chips (axeos.md 11.4)."""

from typing import Final

import msgspec

from pluto.axeos.wire_fields import WireInfo


class _Board(msgspec.Struct, frozen=True, gc=False):
    name: str
    chips: int


_FAMILIES: Final = (
    (("2.2", "102"), _Board("Bitaxe Max", 1)),
    (("0.11", "201", "202", "203", "204", "205", "207"), _Board("Bitaxe Ultra", 1)),
    (("302", "303"), _Board("Bitaxe Hex", 6)),
    (("400", "401", "402", "403"), _Board("Bitaxe Supra", 1)),
    (("600", "601", "602", "603"), _Board("Bitaxe Gamma", 1)),
    (("650",), _Board("Bitaxe Gamma Duo", 2)),
    (("701", "702"), _Board("Bitaxe SupraHex", 6)),
    (("800", "801"), _Board("Bitaxe GT", 2)),
    (("1000",), _Board("Zyber 8S", 8)),
    (("1100", "1110"), _Board("Zyber 8G", 8)),
    (("1002",), _Board("Bonanza", 4)),
)
_BOARDS: Final = {version: board for versions, board in _FAMILIES for version in versions}

_SMALL_CORES: Final = {"BM1397": 672, "BM1366": 894, "BM1368": 1276, "BM1370": 2040, "BM1372": 6725, "BM1373": 6725}
_PLAIN_NAMES: Final = {"BITFORGE_NANO": "BitForge Nano"}


def model_name(wire: WireInfo) -> str | None:
    """Return the name on the box, else chip and count, else None. A Lucky Miner's board number is another maker's: it lies."""
    if wire.device_model:
        return _PLAIN_NAMES.get(wire.device_model, wire.device_model)
    if wire.miner_model:
        return f"Lucky Miner {wire.miner_model}"
    if wire.first_chip_temperature is not None:
        return "BitForge Nano"
    version = wire.board_version or ""
    if (board := _BOARDS.get(version)) is not None:
        return board.name
    return version if version[:1].isalpha() else _chips_name(wire)  # a NerdAxe of old says its name here


def _chips_name(wire: WireInfo) -> str | None:
    count = chip_count(wire)
    if not wire.asic_model or count is None:
        return wire.asic_model or None
    return f"{wire.asic_model} x{count:g}"


def chip_count(wire: WireInfo) -> float | None:
    """Return how many chips work, or None: a Hex that was told of one chip has six all the same."""
    if wire.asic_count is not None and wire.asic_count > 0:
        board = _BOARDS.get(wire.board_version or "")
        return max(wire.asic_count, board.chips if board is not None and not wire.miner_model else 0)
    return float(len(wire.monitor.asics)) if wire.monitor is not None and wire.monitor.asics else None


def small_cores(wire: WireInfo) -> float | None:
    """Return the small cores of one chip, as reported or by the chip's name, or None."""
    return wire.small_core_count or _SMALL_CORES.get((wire.asic_model or "").partition("/")[0])
