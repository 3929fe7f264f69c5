"""How often somebody may try a password: a few times a minute from one address, some more from all together."""

import math
from collections import deque
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from typing import Final

from pluto.clock import Clock

WINDOW_S: Final = 60.0
FROM_ONE: Final = 5
FROM_ALL: Final = 60


class Attempts:
    """The failed attempts of the last minute; those that are being judged count as failed until they have succeeded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: deque[tuple[float, str]] = deque()

    def begin(self, address: str) -> int | None:
        """Count an attempt from *address*; returns None where it may be made, else seconds to wait: it was not counted."""
        now_s = self._clock.now_s()
        while self._made and now_s - self._made[0][0] >= WINDOW_S:
            self._made.popleft()
        origin = _origin(address)
        wait_s = max(
            _wait_s([at_s for at_s, who in self._made if who == origin], FROM_ONE, now_s),
            _wait_s([at_s for at_s, _ in self._made], FROM_ALL, now_s),
        )
        if wait_s > 0:
            return max(1, math.ceil(wait_s))
        self._made.append((now_s, origin))
        return None

    def succeeded(self, address: str) -> None:
        """Take back the last attempt from *address*."""
        origin = _origin(address)
        for place in range(len(self._made) - 1, -1, -1):
            if self._made[place][1] == origin:
                del self._made[place]
                return


def _wait_s(made_s: Sequence[float], most: int, now_s: float) -> float:
    return 0.0 if len(made_s) < most else made_s[-most] + WINDOW_S - now_s


def _origin(address: str) -> str:
    """Return who is counted as one: an IPv4 address, or the network that one IPv6 customer has for himself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
