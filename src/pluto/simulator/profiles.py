"""Which firmware a miner runs and what follows from it: sockets, header limit, log slots, overheat path."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from pluto.simulator.boards import BOARDS, Board
from pluto.simulator.physics import Nature


class Family(Enum):
    """Whose firmware it is: the dialect of answers and writes."""

    AXEOS = "axeos"
    NERDQAXE = "nerdqaxe"
    NMAXE = "nmaxe"


class Overheat(Enum):
    """What happens at 75 C: settings lost and latched, a step down after a pause, or off until a restart."""

    LATCH = "latch"
    STEP_DOWN = "step down"
    OFF = "off"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One firmware release on one board; *release* is (major, minor), for NerdQAxe (minor, patch) of `1.0.36`."""

    name: str
    family: Family
    version: str
    release: tuple[int, int]
    board: Board
    idf: str
    sockets: int = 20
    evicts_oldest: bool = True
    max_header_bytes: int = 1024
    max_body_bytes: int = 10240
    log_slots: int = 10
    log_path: str = "/api/ws"
    overheat: Overheat = Overheat.STEP_DOWN
    nature: Nature = Nature()

    def is_at_least(self, major: int, minor: int) -> bool:
        """Return whether this is release *major*.*minor* or a later one."""
        return self.release >= (major, minor)


def _axeos(version: str, board: str, idf: str) -> Profile:
    major, minor, _ = (int(part) for part in version.lstrip("v").split("."))
    release = (major, minor)
    return Profile(
        name=f"axeos-{major}.{minor}",
        family=Family.AXEOS,
        version=version,
        release=release,
        board=BOARDS[board],
        idf=idf,
        sockets=20 if release >= (2, 10) else 10,
        evicts_oldest=release >= (2, 10),
        max_header_bytes=1024 if release >= (2, 10) else 512,
        log_slots=10 if release >= (2, 10) else 1,
        overheat=Overheat.STEP_DOWN if release >= (2, 11) else Overheat.LATCH,
        nature=Nature(counts_results=release < (2, 11)),
    )


_NERDQAXE: Final = Profile(
    name="nerdqaxe-1.0.36",
    family=Family.NERDQAXE,
    version="v1.0.36",
    release=(0, 36),
    board=BOARDS["nerdqaxe++"],
    idf="v5.3.1",
    sockets=10,
    max_header_bytes=512,
    log_slots=1,
    overheat=Overheat.OFF,
    nature=Nature(pool_difficulty=8192.0),
)
_NMAXE: Final = Profile(
    name="nmaxe-2.9",
    family=Family.NMAXE,
    version="v2.9.31",
    release=(2, 9),
    board=BOARDS["nmaxe"],
    idf="v4.4.7",
    max_header_bytes=4096,
    max_body_bytes=2048,
    log_path="/ws",
    overheat=Overheat.OFF,
    nature=Nature(pool_difficulty=4096.0),
)

PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile
    for profile in (
        _axeos("v2.15.0", "gamma602", "v6.0.2"),
        _axeos("v2.12.2", "gamma", "v5.5.1"),
        _NERDQAXE,
        _axeos("v2.9.0", "ultra", "v5.4.1"),
        _axeos("v2.4.5", "supra", "v5.4"),
        _NMAXE,
        _axeos("v2.7.1", "gamma", "v5.4.1"),
        _axeos("v2.10.1", "gamma", "v5.5"),
        _axeos("v2.13.1", "gamma", "v5.5.1"),
        _axeos("v2.14.2", "gamma602", "v5.5.2"),
    )
}
"""By name; a fleet without a choice takes DEFAULT_MIX in turn."""

DEFAULT_MIX: Final = ("axeos-2.15", "axeos-2.12", "nerdqaxe-1.0.36", "axeos-2.9", "axeos-2.4", "nmaxe-2.9")
