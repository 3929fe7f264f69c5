"""What a firmware's web server cannot bear, so that we do not do it."""

import functools
import re
from typing import Final

_SEVEN_SOCKETS: Final = re.compile(r"v?2\.(?:[0-3]\.\d+|4\.[01])(?!\d)")
"""AxeOS before 2.4.2 has seven sockets and hangs when they are taken (axeos.md 4 and 9)."""


@functools.lru_cache(maxsize=256)
def keeps_connection(firmware: str | None) -> bool:
    """Return whether a connection may stay open between two polls; an unknown firmware says so itself in its answer."""
    return firmware is None or _SEVEN_SOCKETS.match(firmware) is None
