"""The roles, and the one who asks: what he may, what he is called in the audit log, whether he was sent away meanwhile."""

from collections.abc import Callable
from enum import IntEnum
from typing import Final, Literal

import msgspec

Scope = Literal["metrics", "viewer", "operator"]
SCOPES: Final[tuple[Scope, ...]] = ("metrics", "viewer", "operator")


class Role(IntEnum):
    """Each may what the ones before it may."""

    NOBODY = 0
    METRICS = 1
    VIEWER = 2
    OPERATOR = 3

    @property
    def word(self) -> str:
        """Return the name as it is written: on the wire, in files, on the command line."""
        return self.name.lower()


def _never() -> bool:
    return False


class Visitor(msgspec.Struct, frozen=True, eq=False):
    """Who asks. *name* is empty for one who showed nothing; *session* is the key of a signed-in browser."""

    role: Role
    name: str = ""
    session: str | None = None
    ended: Callable[[], bool] = _never

    @property
    def may_change(self) -> bool:
        """Return whether he may change anything."""
        return self.role >= Role.OPERATOR

    @property
    def is_gone(self) -> bool:
        """Return whether what he showed is worth nothing any more: signed out, revoked, expired."""
        return self.ended()


STRANGER: Final = Visitor(Role.NOBODY)
EVERYBODY: Final = Visitor(Role.OPERATOR)
"""Where access control is off, whoever reaches us may do everything."""


def role_of(word: str) -> Role:
    """Return the role that *word* names; raises KeyError."""
    return Role[word.upper()]
