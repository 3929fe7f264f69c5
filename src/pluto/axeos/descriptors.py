"""How file descriptors are shared where there are few: a new one's number tells how many are taken, since it is the lowest.

Browsers, files and the database need some, too: without them nobody could ask us any more, and no miner would be missed.
"""

import errno
import os
import resource
from typing import Final

FOR_OTHERS: Final = 96
"""Not for connections that are merely kept."""
FOR_US: Final = 48
"""Not for miners at all."""


def may_be_kept(number: int) -> bool:
    """Return whether a connection with this descriptor may stay open when nothing is asked on it."""
    return number < _limit() - FOR_OTHERS


def may_be_opened() -> bool:
    """Return whether one more connection to a miner may be opened."""
    try:
        number = os.dup(2)
    except OSError as error:
        return error.errno not in (errno.EMFILE, errno.ENFILE)
    os.close(number)
    return number < _limit() - FOR_US


def _limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 30 if soft == resource.RLIM_INFINITY else max(soft, 2 * FOR_OTHERS)
