"""Signed-in browsers: known by the hash of their cookie, over restarts too, until they sign out or a limit is reached."""

import secrets
from collections.abc import Iterable
from typing import Final

import msgspec

from pluto.access.private_file import fingerprint
from pluto.access.roles import Role, role_of
from pluto.clock import Clock

KEY_BYTES: Final = 32
IDLE_S: Final = 7 * 86_400.0
LONGEST_S: Final = 30 * 86_400.0
MOST: Final = 1_000
"""More at once than any home has browsers: the one that was used longest ago gives way."""


class _Session(msgspec.Struct):
    """One browser; both moments on the monotonic clock, so that a wall clock that jumps ends nothing."""

    role: Role
    began_s: float
    used_s: float


class _Kept(msgspec.Struct, frozen=True):
    """A session as it is written: ages, since a monotonic clock begins anew with each start."""

    role: str
    age_s: float
    idle_s: float


class _File(msgspec.Struct, frozen=True):
    passwords: str
    written_at: float
    sessions: dict[str, _Kept]


class Sessions:
    """Who is signed in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[str, _Session] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, role: Role) -> tuple[str, str]:
        """Begin a session; returns its key and the secret for the cookie."""
        now_s = self._clock.now_s()
        if len(self._sessions) >= MOST:
            del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].used_s)]
        secret = secrets.token_urlsafe(KEY_BYTES)
        self._sessions[fingerprint(secret)] = _Session(role, now_s, now_s)
        return fingerprint(secret), secret

    def use(self, secret: str) -> tuple[str, Role] | None:
        """Return key and role of the session whose cookie this is, and note that it is used; None where it is over."""
        key = fingerprint(secret)
        return (key, self._sessions[key].role) if self.touch(key) else None

    def touch(self, key: str) -> bool:
        """Note that a session is used; returns whether there is one."""
        if not self.is_open(key):
            return False
        self._sessions[key].used_s = self._clock.now_s()
        return True

    def is_open(self, key: str) -> bool:
        """Return whether the session goes on."""
        session, now_s = self._sessions.get(key), self._clock.now_s()
        return session is not None and now_s - session.used_s < IDLE_S and now_s - session.began_s < LONGEST_S

    def end(self, key: str) -> None:
        """End one session."""
        self._sessions.pop(key, None)

    def end_all(self) -> None:
        """End every session."""
        self._sessions.clear()

    def end_old(self) -> None:
        """Drop the sessions that have reached a limit."""
        for key in [key for key in self._sessions if not self.is_open(key)]:
            del self._sessions[key]

    def to_json(self, passwords: str) -> bytes:
        """Return what to write; *passwords* is the fingerprint of the passwords they were opened with."""
        now_s = self._clock.now_s()
        kept = {key: _Kept(one.role.word, now_s - one.began_s, now_s - one.used_s) for key, one in list(self._sessions.items())}
        return msgspec.json.encode(_File(passwords, self._clock.utc().timestamp(), kept))

    def load(self, content: bytes | None, passwords: str) -> None:
        """Take up what an earlier run wrote, unless it is damaged or a password has changed since."""
        try:
            file = msgspec.json.decode(content or b"", type=_File)
        except msgspec.MsgspecError:
            return
        if file.passwords != passwords:
            return
        now_s = self._clock.now_s()
        away_s = max(0.0, self._clock.utc().timestamp() - file.written_at)
        for key, one in _readable(file.sessions.items()):
            self._sessions[key] = _Session(role_of(one.role), now_s - one.age_s - away_s, now_s - one.idle_s - away_s)
        self.end_old()


def _readable(sessions: Iterable[tuple[str, _Kept]]) -> Iterable[tuple[str, _Kept]]:
    return ((key, one) for key, one in sessions if one.role in (Role.VIEWER.word, Role.OPERATOR.word))
