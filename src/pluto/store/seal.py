"""How a password lies in the database when PLUTO_SECRET_KEY is set: AES-256-GCM, bound to the record that it belongs to."""

import base64
import binascii
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pluto.errors import BadSetting, SealBroken
from pluto.model.json_value import Json, JsonObject
from pluto.model.secret import is_secret

MARK: Final = "$pluto-aes256gcm$"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
"""96 bits of chance: among a few thousand passwords no two meet."""


class Seal:
    """Seals and opens the secret members of a record; without a *key* it leaves them as they are."""

    def __init__(self, key: bytes | None = None) -> None:
        self._cipher = None if key is None else AESGCM(key)

    def close(self, record: JsonObject, id_: str) -> JsonObject:
        """Return *record* with every secret sealed for the record *id_*."""
        cipher = self._cipher
        return record if cipher is None else _with_secrets(record, lambda secret: _sealed(cipher, secret, id_))

    def open(self, record: JsonObject, id_: str) -> JsonObject:
        """Return *record* with every sealed secret opened; plain ones stay. Raises SealBroken without the right key."""
        return _with_secrets(record, lambda secret: self._opened(secret, id_) if _is_sealed(secret) else secret)

    def _opened(self, secret: Json, id_: str) -> Json:
        if self._cipher is None:
            raise SealBroken("passwords in the database are sealed: set PLUTO_SECRET_KEY (or _FILE) to the key that sealed them")
        try:
            data = base64.b64decode(str(secret).removeprefix(MARK), validate=True)
            plain = self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], id_.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken("PLUTO_SECRET_KEY is not the key that sealed the passwords in the database") from error
        value: Json = msgspec.json.decode(plain)
        return value


def has_sealed(record: JsonObject) -> bool:
    """Return whether a secret of *record* looks as if it was sealed."""
    found: list[bool] = []

    def look(secret: Json) -> Json:
        found.append(_is_sealed(secret))
        return secret

    _with_secrets(record, look)
    return any(found)


def read_key(text: str, file: str) -> bytes | None:
    """Return the key in *text*, or else in *file*, or None where both are empty; raises BadSetting, without the key in it."""
    if text and file:
        raise BadSetting("PLUTO_SECRET_KEY and PLUTO_SECRET_KEY_FILE are both set: keep one")
    variable = "PLUTO_SECRET_KEY_FILE" if file else "PLUTO_SECRET_KEY"
    try:
        text = (Path(file).read_text("utf-8") if file else text).strip()
    except (OSError, ValueError) as error:
        raise BadSetting(f"PLUTO_SECRET_KEY_FILE is {file!r}, which cannot be read: {error}") from error
    if not text and not file:
        return None
    try:
        key = binascii.unhexlify(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadSetting(f"{variable} must be 64 hex digits; `openssl rand -hex 32` makes some")
    return key


def _sealed(cipher: AESGCM, secret: Json, id_: str) -> Json:
    nonce = os.urandom(NONCE_BYTES)
    return MARK + base64.b64encode(nonce + cipher.encrypt(nonce, msgspec.json.encode(secret), id_.encode())).decode()


def _is_sealed(secret: Json) -> bool:
    return isinstance(secret, str) and secret.startswith(MARK)


def _with_secrets(record: JsonObject, change: Callable[[Json], Json]) -> JsonObject:
    return {key: change(value) if is_secret(key, value) else _inside(value, change) for key, value in record.items()}


def _inside(value: Json, change: Callable[[Json], Json]) -> Json:
    match value:
        case dict():
            return _with_secrets(value, change)
        case list():
            return [_inside(item, change) for item in value]
        case _:
            return value
