"""A fleet of pretend miners in one process: how many, where, which firmware, one seed."""

import contextlib
import resource
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address
from types import TracebackType
from typing import Final, Self

import msgspec

from pluto.simulator.door import AddressTaken
from pluto.simulator.factory import hostname, mac_address
from pluto.simulator.miner import MinerState
from pluto.simulator.profiles import DEFAULT_MIX, PROFILES, Profile
from pluto.simulator.simulated_miner import SimulatedMiner

MAX_MINERS: Final = 5000
SAME_NAME: Final = "bitaxe"
PORT_TRIES: Final = 20
WANTED_FILES: Final = 65536


class BadFleet(Exception):
    """The fleet as asked for cannot be: the sentence says why."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How the miners of a fleet behave beyond where they are.

    *boot_s* is how long a restart takes (None: 3 to 10 s, each its own); *is_aged* lets the fleet have run for days;
    *log_lines_per_s* while somebody listens; *has_vardiff*, *glitches_per_hour*: see Nature.
    """

    same_name: bool = False
    boot_s: float | None = None
    is_aged: bool = True
    log_lines_per_s: float = 4.0
    has_vardiff: bool = False
    glitches_per_hour: float = 0.0


class SimulatedFleet:
    """*count* miners, open inside `async with`.

    With `one_address=False` each has an address of its own from *first* on (never .0 or .255) and all share *port*;
    else all are at *first*, one port each from *port* on. Port 0 takes free ones. *profiles* are used in turn.
    """

    def __init__(  # noqa: PLR0913 - a fleet has this many sides, all optional and named
        self,
        count: int = 1,
        *,
        first: str = "127.20.0.1",
        port: int = 0,
        profiles: Sequence[str] = DEFAULT_MIX,
        seed: int = 1,
        one_address: bool = False,
        options: Options | None = None,
    ) -> None:
        unknown = [name for name in profiles if name not in PROFILES]
        if not 1 <= count <= MAX_MINERS or unknown or not profiles:
            raise BadFleet(f"1 to {MAX_MINERS} miners of {', '.join(PROFILES)}; not {count} of {', '.join(profiles)}")
        self.miners: list[SimulatedMiner] = []
        self._count = count
        self._first = first
        self._port = port
        self._profiles = tuple(PROFILES[name] for name in profiles)
        self._seed = seed
        self._is_at_one_address = one_address
        self._options = options or Options()

    @property
    def port(self) -> int:
        """Return the port of the first miner."""
        return self._port

    async def __aenter__(self) -> Self:
        """Open every miner; raises AddressTaken, then none is open."""
        raise_file_limit()
        self._open()
        for miner in self.miners:
            await miner.opened()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close every miner with its connections."""
        self._close()

    def find(self, name: str) -> SimulatedMiner | None:
        """Return the miner with this index or MAC (any case), or None."""
        if name.isdigit():
            return self.miners[int(name)] if int(name) < len(self.miners) else None
        return next((miner for miner in self.miners if miner.mac.lower() == name.lower()), None)

    def _open(self) -> None:
        tries = PORT_TRIES if self._port == 0 and not self._is_at_one_address else 1
        for attempt in range(tries):
            try:
                self._open_all(0 if attempt else self._port)
            except AddressTaken:
                self._close()
                if attempt == tries - 1:
                    raise
            else:
                return

    def _open_all(self, port: int) -> None:
        for index, address in zip(range(self._count), self._addresses(), strict=False):
            miner = self._build(index, address, port)
            miner.open()
            self.miners.append(miner)
            found = miner.port
            port = (found + 1 if self._port else 0) if self._is_at_one_address else found
        self._port = self.miners[0].port

    def _close(self) -> None:
        for miner in self.miners:
            miner.close()
        self.miners.clear()

    def _addresses(self) -> Iterator[str]:
        address = IPv4Address(self._first)
        if not address.is_loopback:
            raise BadFleet(f"{address} is not on loopback (127.0.0.0/8)")
        while True:
            if self._is_at_one_address or address.packed[3] not in (0, 255):
                yield str(address)
            if not self._is_at_one_address:
                address += 1

    def _build(self, index: int, address: str, port: int) -> SimulatedMiner:
        options = self._options
        profile = self._profiles[index % len(self._profiles)]
        name = SAME_NAME if options.same_name else hostname(index)
        state = MinerState(self._natured(profile), name, mac_address(self._seed, index), self._seed * 100_003 + index)
        state.log_lines_per_s = options.log_lines_per_s
        if options.is_aged:
            state.age()
        boot_s = state.physics.random.uniform(3.0, 10.0) if options.boot_s is None else options.boot_s
        return SimulatedMiner(state, address, port, boot_s)

    def _natured(self, profile: Profile) -> Profile:
        options = self._options
        if not options.has_vardiff and not options.glitches_per_hour:
            return profile
        nature = msgspec.structs.replace(
            profile.nature, has_vardiff=options.has_vardiff, glitches_per_hour=options.glitches_per_hour
        )
        return msgspec.structs.replace(profile, nature=nature)


def raise_file_limit() -> None:
    """Allow this process as many open files as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # a container may forbid it: then the fleet is as big as it can be
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
