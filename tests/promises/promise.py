"""One row: what is promised, and which tests fail when it is broken."""

from collections.abc import Sequence
from typing import NamedTuple


class Promise(NamedTuple):
    """*name* begins with the section; *kept_by* are tests as `file::function`; *elsewhere* says who keeps it if not we."""

    name: str
    text: str
    kept_by: Sequence[str]
    elsewhere: str = ""


def promise(name: str, text: str, *kept_by: str) -> Promise:
    """Return a promise that tests of ours keep."""
    return Promise(name, text, kept_by)


def kept_elsewhere(name: str, text: str, by: str) -> Promise:
    """Return a promise that another part keeps, and why."""
    return Promise(name, text, (), by)
