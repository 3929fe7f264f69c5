"""Who the kernel has spoken to on this link, and under which MAC."""

from pathlib import Path
from typing import Final

from pluto.model.miner import MacAddress, parse_mac

ARP_TABLE: Final = Path("/proc/net/arp")
_COMPLETE: Final = 0x2


def neighbours(table: Path = ARP_TABLE) -> dict[str, MacAddress]:
    """Return address to MAC of every neighbour that answered; empty where there is no such *table* (not Linux)."""
    try:
        lines = table.read_text("ascii", errors="replace").splitlines()[1:]
    except OSError:
        return {}
    return {address: mac for address, mac in map(_neighbour, lines) if mac is not None}


def _neighbour(line: str) -> tuple[str, MacAddress | None]:
    columns = line.split()
    if len(columns) < 6:
        return "", None
    address, _, flags, mac = columns[:4]
    is_complete = flags.startswith("0x") and bool(_number(flags) & _COMPLETE)
    return address, parse_mac(mac) if is_complete and mac != "00:00:00:00:00:00" else None


def _number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
