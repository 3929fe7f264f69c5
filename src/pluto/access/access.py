"""Tells who asks from what a request shows, lets people in and out, and notices what the command line changes meanwhile."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, Self

from pluto.access import private_file
from pluto.access.attempts import Attempts
from pluto.access.passwords import PasswordFile, role_for
from pluto.access.peers import Headers
from pluto.access.roles import EVERYBODY, STRANGER, Role, Visitor
from pluto.access.sessions import LONGEST_S, Sessions
from pluto.access.tokens import TokenFile
from pluto.clock import Clock, pause
from pluto.errors import BadSetting, FolderUnusable, TooManyAttempts, WrongPassword

FOLDER: Final = "access"
COOKIE: Final = "pluto_session"
LOOK_EVERY_S: Final = 1.0
SAVE_EVERY_S: Final = 300.0
"""How much of a session's use a crash may forget; its begin and its end are on disk at once."""

log = logging.getLogger(__name__)


class SignedIn(NamedTuple):
    """What a right password brings: a role, and the secret for the cookie."""

    role: Role
    secret: str


class Access:
    """Access control: off (*given* is None), or by passwords, sessions and tokens kept in *folder*.

    `async with` reads them; it raises FolderUnusable, or BadSetting where there is no password to sign in with.
    """

    def __init__(self, folder: Path, given: Mapping[Role, str] | None, clock: Clock) -> None:
        self._given = given
        self._clock = clock
        self._path = folder / "sessions.json"
        self._passwords = PasswordFile(folder)
        self._tokens = TokenFile(folder)
        self._sessions = Sessions(clock)
        self._attempts = Attempts(clock)
        self._fingerprint = ""
        self._judging, self._saving = asyncio.Lock(), asyncio.Lock()
        self._saved_s = clock.now_s()
        self._task: asyncio.Task[None] | None = None
        self.watching: Callable[[], Iterable[object]] = tuple

    async def __aenter__(self) -> Self:
        if self._given is not None:
            await asyncio.to_thread(self._load, self._given)
            self._task = asyncio.create_task(self._keep(), name="access")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            await self._save()

    @property
    def is_on(self) -> bool:
        """Return whether anybody is asked who he is."""
        return self._given is not None

    def visitor(self, headers: Headers) -> Visitor:
        """Return who asks, STRANGER for nobody we know: by a token in Authorization, else by the cookie of a session."""
        if not self.is_on:
            return EVERYBODY
        credentials = headers.getall("Authorization", ())
        if len(credentials) > 1:
            return STRANGER
        scheme, _, value = (credentials[0] if credentials else "").strip().partition(" ")
        self._refresh()
        return self._by_token(value.strip()) if scheme.lower() == "bearer" else self._by_cookie(headers)

    async def sign_in(self, password: str, address: str) -> SignedIn:
        """Begin a session for whom *password* is right; raises WrongPassword, TooManyAttempts."""
        wait_s = self._attempts.begin(address)
        if wait_s is not None:
            raise TooManyAttempts("too many attempts to sign in: wait a minute", wait_s)
        async with self._judging:  # one at a time: each takes 32 MiB
            under = self._fingerprint
            role = await asyncio.to_thread(role_for, password, self._passwords.kept)
        if role is Role.NOBODY or under != self._fingerprint:
            log.warning("wrong password", extra={"address": address})
            raise WrongPassword("the password is wrong")
        self._attempts.succeeded(address)
        _, secret = self._sessions.begin(role)
        await self._save()
        return SignedIn(role, secret)

    async def sign_out(self, visitor: Visitor) -> None:
        """End the session of *visitor*; a token stays until it is revoked."""
        if visitor.session is not None:
            self._sessions.end(visitor.session)
            await self._save()

    def _by_token(self, secret: str) -> Visitor:
        token = self._tokens.find(secret)
        if token is None:
            return STRANGER
        return Visitor(token.role, f"token {token.name}", ended=lambda: not self._tokens.is_valid(token))

    def _by_cookie(self, headers: Headers) -> Visitor:
        for part in ";".join(headers.getall("Cookie", ())).split(";"):
            name, _, secret = part.strip().partition("=")
            if name == COOKIE and (found := self._sessions.use(secret)) is not None:
                return self._in_session(*found)
        return STRANGER

    def _in_session(self, key: str, role: Role) -> Visitor:
        return Visitor(role, role.word, key, ended=lambda: not self._sessions.is_open(key))

    # What is on disk.

    def _load(self, given: Mapping[Role, str]) -> None:
        self._passwords.adopt(given)
        self._tokens.refresh()
        if Role.OPERATOR not in self._passwords.kept:
            raise BadSetting(
                "PLUTO_AUTH is password, but there is none: set PLUTO_PASSWORD or PLUTO_PASSWORD_FILE, or run `pluto password`"
            )
        self._fingerprint = self._passwords.fingerprint
        self._sessions.load(private_file.read(self._path), self._fingerprint)

    def _refresh(self) -> None:
        try:
            self._tokens.refresh()
            if self._passwords.refresh() and self._passwords.fingerprint != self._fingerprint:
                self._fingerprint = self._passwords.fingerprint
                self._sessions.end_all()
                log.warning("a password was changed: everybody was signed out")
        except FolderUnusable as error:
            log.warning("access: what was valid before stays valid", extra={"why": str(error)})

    async def _keep(self) -> None:
        while True:
            await pause(self._clock, LOOK_EVERY_S)
            self._refresh()
            for visitor in self.watching():
                if isinstance(visitor, Visitor) and visitor.session is not None:
                    self._sessions.touch(visitor.session)
            self._sessions.end_old()
            if self._clock.now_s() - self._saved_s >= SAVE_EVERY_S:
                await self._save()

    async def _save(self) -> None:
        async with self._saving:
            self._saved_s = self._clock.now_s()
            content = self._sessions.to_json(self._fingerprint)
            try:
                await asyncio.to_thread(private_file.write, self._path, content)
            except OSError as error:
                log.warning("sessions not saved: a restart will sign people out", extra={"why": error.strerror})


def cookie(secret: str, *, is_secure: bool) -> str:
    """Return the Set-Cookie header of a session."""
    return f"{COOKIE}={secret}; Max-Age={LONGEST_S:.0f}; {_MANNERS}{'; Secure' if is_secure else ''}"


def no_cookie(*, is_secure: bool) -> str:
    """Return the Set-Cookie header that takes the cookie away."""
    return f"{COOKIE}=; Max-Age=0; {_MANNERS}{'; Secure' if is_secure else ''}"


_MANNERS: Final = "Path=/; HttpOnly; SameSite=Strict"
