"""What a password must be, how it is kept (scrypt), and which ones there are: of the environment, or of `pluto password`."""

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from pluto.access import private_file
from pluto.access.roles import Role, role_of
from pluto.errors import BadRequest, FolderUnusable

LEAST_CHARACTERS: Final = 8
MOST_CHARACTERS: Final = 256
COST: Final = 2**15
BLOCK: Final = 8
LANES: Final = 3
SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_MEMORY_BYTES: Final = 64 * 1024 * 1024
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else
FILE: Final = "passwords.json"

Source = Literal["environment", "command"]


class Hashed(msgspec.Struct, frozen=True):
    """A password as it is kept: never itself."""

    salt: bytes
    digest: bytes
    source: Source = "command"


def hashed(password: str, source: Source = "command") -> Hashed:
    """Return *password* as it may be kept; raises BadRequest where it is too short or too long. Takes a quarter of a second."""
    check(password)
    salt = os.urandom(SALT_BYTES)
    return Hashed(salt, _scrypt(password, salt), source)


def check(password: str) -> None:
    """Raise BadRequest where *password* breaks the only rule there is: its length."""
    if not is_possible(password):
        raise BadRequest(f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters")


def is_possible(password: str) -> bool:
    """Return whether *password* is neither too short nor too long."""
    return LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS


def role_for(password: str, kept: Mapping[Role, Hashed]) -> Role:
    """Return the role that *password* opens, NOBODY for a wrong one; every wrong one takes the same time."""
    found = Role.NOBODY
    for role, one in kept.items():
        is_right = hmac.compare_digest(_scrypt(password[:MOST_CHARACTERS], one.salt), one.digest)
        if is_right and is_possible(password):
            found = max(found, role)
    return found


def generated() -> str:
    """Return a new password that can be read aloud and typed."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


class PasswordFile:
    """The passwords in *folder*, read anew when another process has changed them."""

    def __init__(self, folder: Path) -> None:
        self._file = private_file.Shared(folder / FILE)
        self.kept: Mapping[Role, Hashed] = {}

    def refresh(self) -> bool:
        """Read the file where it is another than before, and return whether it was; raises FolderUnusable."""
        if not self._file.news():
            return False
        self.kept = _parsed(self._file.read(), self._file.path)
        return True

    @property
    def fingerprint(self) -> str:
        """Return what is another as soon as a password is: sessions that began under another one are over."""
        return hashlib.sha256(_encoded(self.kept)).hexdigest()

    def put(self, role: Role, password: Hashed | None) -> None:
        """Keep *password* for *role*, or none; raises FolderUnusable."""
        with self._file.alone():
            self.refresh()
            kept = {one: value for one, value in self.kept.items() if one is not role}
            if password is not None:
                kept[role] = password
            self._file.write(_encoded(kept))
            self.refresh()

    def adopt(self, given: Mapping[Role, str]) -> None:
        """Keep the passwords of the environment, and forget those that it no longer names; raises FolderUnusable."""
        self.refresh()
        for role in (Role.OPERATOR, Role.VIEWER):
            kept, password = self.kept.get(role), given.get(role)
            if password is None:
                if kept is not None and kept.source == "environment":
                    self.put(role, None)
            elif kept is None or kept.source != "environment" or role_for(password, {role: kept}) is not role:
                self.put(role, hashed(password, "environment"))


def _scrypt(password: str, salt: bytes) -> bytes:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=_MEMORY_BYTES, dklen=_HASH_BYTES)


def _encoded(kept: Mapping[Role, Hashed]) -> bytes:
    return msgspec.json.encode({role.word: kept[role] for role in sorted(kept)})


def _parsed(content: bytes | None, path: Path) -> Mapping[Role, Hashed]:
    if content is None:
        return {}
    try:
        return {role_of(word): one for word, one in msgspec.json.decode(content, type=dict[str, Hashed]).items()}
    except (msgspec.MsgspecError, KeyError) as error:
        raise FolderUnusable(f"{path} cannot be read: delete it and set the password anew with `pluto password`") from error
