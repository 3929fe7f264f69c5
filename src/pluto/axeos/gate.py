"""Which answers may go on as the bytes they came in: a cheap look that never says yes to what trust 5.11 and 8.1 forbid.

It may say no to a harmless answer: then `sift.py` looks at every value. Keys given twice are no danger: whoever reads
the answer takes the last, and no secret is in it at all. What it costs is measured by `bench/decode.py`.
"""

import re
from typing import Final

from pluto.axeos.limits import MAX_DEPTH, MAX_KEYS, MAX_STRING
from pluto.model.secret import SECRET_WORDS

_MAX_BYTES: Final = 32_768
"""A real answer is below 8 kB; a longer one is looked at value by value, so that its size is bounded."""

_STARS: Final = b',"stratumPassword":"*****",'
"""What AxeOS 2.15 says in place of each pool's password. In valid JSON these bytes neither begin nor end inside a string."""

_CODE_ASKED: Final = (b'"otp":false', b'"otp":true')
"""What NerdQAxe says of one-time codes: harmless, and in every answer."""

_ESCAPE: Final = re.compile(rb'\\["\\/bfnrt]')
_KELVIN: Final = "\u212a".encode()
"""The one character outside ASCII whose lower case is an ASCII letter of a secret word."""

_WORDS: Final = tuple(word.encode() for word in SECRET_WORDS)
_LOWER: Final = b"abcdefghijklmnopqrstuvwxyz"
_FOLDED: Final = bytes.maketrans(_LOWER.upper(), _LOWER)
_BUT_LETTERS: Final = bytes(set(range(256)) - set(_LOWER + _LOWER.upper() + b'"'))
_BUT_NAMES: Final = bytes(set(_BUT_LETTERS) - set(b"0123456789:"))
_SECRET_KEY: Final = re.compile(rb"(?:" + b"|".join(_WORDS) + rb')[^"]*":(?!true|false|null)')

_ZEROED: Final = bytes.maketrans(b"123456789E", b"000000000e")
_HUGE_NUMBER: Final = re.compile(rb"(?<![0-9.])[0-9]{16}|[:,\[\s]-?[0-9.]+[eE][+-]?[0-9]{3}")

_STRING: Final = re.compile(rb'"[^"]*"')
_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def without_stars(body: bytes) -> bytes:
    """Return *body*, valid JSON, without the stars that AxeOS 2.15 puts in place of a password."""
    return body.replace(_STARS, b",") if _STARS in body else body


def is_clean(body: bytes) -> bool:
    """Return True only if *body*, when it is JSON at all, keeps every limit of trust 5.11 and holds no secret key."""
    if len(body) > _MAX_BYTES or not _is_text(body):
        return False
    plain = _ESCAPE.sub(b"", body) if b"\\" in body else body
    return (
        b"\\" not in plain  # what is left is a unicode escape, which can spell anything
        and not _has_long_string(body)
        and body.count(b":") <= MAX_KEYS
        and not _is_deep(plain)
        and not _has_huge_number(plain)
        and not _has_secret(plain)
    )


def _is_text(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return _KELVIN not in body


def _has_long_string(body: bytes) -> bool:
    if len(body) <= MAX_STRING:
        return False
    if b'\\"' in body:
        return True  # perhaps: the quotes below are then not all delimiters
    quote = 0
    while len(body) - quote > MAX_STRING:
        following = body.rfind(b'"', quote + 1, quote + MAX_STRING + 2)
        if following < 0:
            return True
        quote = following
    return False


def _is_deep(plain: bytes) -> bool:
    """Count first; only where that is too much, take the strings out and fold what remains, a level at a time."""
    if plain.count(b"{") + plain.count(b"[") <= MAX_DEPTH:
        return False
    brackets = _STRING.sub(b"", plain).translate(None, _BUT_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


def _has_huge_number(plain: bytes) -> bool:
    """Look first for any long run of digits or long exponent, then whether it is a number's."""
    zeroed = plain.translate(_ZEROED, b"+-")
    if b"0000000000000000" in zeroed or b"0e000" in zeroed:
        return _HUGE_NUMBER.search(plain) is not None
    return False


def _has_secret(plain: bytes) -> bool:
    """Look first for a secret word in any string, then whether that string is a key with a value to hide."""
    for harmless in _CODE_ASKED:
        plain = plain.replace(harmless, b"")
    strings = plain.translate(_FOLDED, _BUT_LETTERS)
    if not any(word in strings for word in _WORDS):
        return False
    return _SECRET_KEY.search(plain.translate(_FOLDED, _BUT_NAMES)) is not None
