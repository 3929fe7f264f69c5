"""Tokens for programs: shown once, kept as a hash, named so that they can be revoked."""

import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from pluto.access import private_file
from pluto.access.roles import Role, Scope, role_of
from pluto.errors import BadRequest, FolderUnusable, NotFound

PREFIX: Final = "pluto_"
TOKEN_BYTES: Final = 32
FILE: Final = "tokens.json"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,63}")


class Token(msgspec.Struct, frozen=True):
    """One token, without itself."""

    name: str
    scope: Scope
    sha256: str
    created_at: str

    @property
    def role(self) -> Role:
        """Return what its bearer may."""
        return role_of(self.scope)


class TokenFile:
    """The tokens in *folder*, read anew when another process has changed them."""

    def __init__(self, folder: Path) -> None:
        self._file = private_file.Shared(folder / FILE)
        self._tokens: dict[str, Token] = {}

    def refresh(self) -> bool:
        """Read the file where it is another than before, and return whether it was; raises FolderUnusable."""
        if not self._file.news():
            return False
        self._tokens = {token.sha256: token for token in _parsed(self._file.read(), self._file.path)}
        return True

    def all(self) -> list[Token]:
        """Return every token, oldest first."""
        return list(self._tokens.values())

    def find(self, secret: str) -> Token | None:
        """Return the token that *secret* is."""
        return self._tokens.get(private_file.fingerprint(secret)) if secret.startswith(PREFIX) else None

    def is_valid(self, token: Token) -> bool:
        """Return whether *token* was not revoked."""
        return token.sha256 in self._tokens

    def create(self, scope: Scope, name: str | None, now: str) -> tuple[Token, str]:
        """Keep a new token and return it with its secret, which cannot be had again; raises BadRequest, FolderUnusable."""
        secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        with self._file.alone():
            self.refresh()
            taken = {token.name for token in self._tokens.values()}
            chosen = name if name is not None else _free_name(scope, taken)
            if _NAME.fullmatch(chosen) is None:
                raise BadRequest("a token's name has 1 to 64 letters, digits, blanks, dots, dashes or underscores")
            if chosen in taken:
                raise BadRequest(f"there is a token {chosen!r} already: choose another name, or revoke it")
            token = Token(chosen, scope, private_file.fingerprint(secret), now)
            self._write([*self._tokens.values(), token])
        return token, secret

    def revoke(self, name: str) -> Token:
        """Forget the token called *name* and return it; raises NotFound, FolderUnusable."""
        with self._file.alone():
            self.refresh()
            gone = next((token for token in self._tokens.values() if token.name == name), None)
            if gone is None:
                raise NotFound(f"there is no token {name!r}; `pluto token list` shows them")
            self._write([token for token in self._tokens.values() if token is not gone])
        return gone

    def _write(self, tokens: Sequence[Token]) -> None:
        self._file.write(msgspec.json.encode(tokens))
        self.refresh()


def _free_name(scope: str, taken: set[str]) -> str:
    return next(name for number in range(1, len(taken) + 2) if (name := f"{scope}-{number}") not in taken)


def _parsed(content: bytes | None, path: Path) -> list[Token]:
    if content is None:
        return []
    try:
        return msgspec.json.decode(content, type=list[Token])
    except msgspec.MsgspecError as error:
        raise FolderUnusable(f"{path} cannot be read: delete it and make the tokens anew") from error
