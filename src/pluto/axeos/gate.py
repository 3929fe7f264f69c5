"""Which answers may go on as the bytes they came in: a cheap look that never says yes to what trust 5.11 and 8.1 forbid.

It may say no to a harmless answer, and does to the nested ones of an NMAxe: then `sift.py` looks at every value. Keys given
twice are no danger: whoever reads the answer takes the last, and no secret is in it at all. What it costs is measured by
`bench/decode.py`.
"""

import re
from typing import Final

from pluto.axeos.limits import MAX_DEPTH, MAX_KEYS, MAX_STRING
from pluto.axeos.wire_fields import NMAXE_SIGN
from pluto.model.secret import SECRET_WORDS

_MAX_BYTES: Final = 32_768
"""A real answer is below 8 kB; a longer one is looked at value by value, so that its size is bounded."""

_MAX_SHAPES: Final = 50_000
"""About 5 MB of memory; a fleet of 10,000 fills it in an hour or two, since pools put letters of their own into the answers."""

_STARS: Final = b',"stratumPassword":"*****",'
"""What AxeOS 2.15 says in place of each pool's password. In valid JSON these bytes neither begin nor end inside a string."""

_OF_NUMBERS: Final = b"0123456789.+-"
_ZEROED: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG_INTEGER: Final = b"0" * 16
_BARE_EXPONENT: Final = re.compile(rb"[:,\[\s][eE][,\]}\s]")
"""What is left in a shape of a number with an exponent."""
_LONG_EXPONENT: Final = re.compile(rb"[:,\[\s]-?[0-9.]+[eE][+-]?[0-9]{3}")

_ESCAPE: Final = re.compile(rb'\\["\\/bfnrt]')
_KELVIN: Final = "\u212a".encode()
"""The one character outside ASCII whose lower case is a letter of a secret word."""

_STRING: Final = re.compile(rb'"[^"]*"')
_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))

_WORDS: Final = tuple(word.encode() for word in SECRET_WORDS)
_LOWER: Final = b"abcdefghijklmnopqrstuvwxyz"
_FOLDED: Final = bytes.maketrans(_LOWER.upper(), _LOWER)
_BUT_LETTERS: Final = bytes(set(range(256)) - set(_LOWER + _LOWER.upper() + b'"'))
_MEMBER: Final = re.compile(rb'"([^"]*)"\s*(:\s*(?:true|false|null)?)?')
"""Every string; what follows is a colon alone where it is a key of anything but a boolean or null, which are never secret."""


def without_stars(body: bytes) -> bytes:
    """Return *body*, valid JSON, without the stars that AxeOS 2.15 puts in place of a password."""
    return body.replace(_STARS, b",")


class Gate:
    """Says which answers are clean, and remembers their shapes: from poll to poll only the numbers change.

    A shape is the answer without what numbers are made of. It decides all but the encoding and the length of numbers
    and strings: no secret word has a digit, and signs and points are separators there. The verdict comes from the
    shape alone, so that an answer of the same shape has the same. To forget one costs nothing but time.
    """

    def __init__(self) -> None:
        self._clean_shapes: dict[int, bool] = {}
        """The hash of each, and whether a number in it has an exponent."""

    def is_clean(self, body: bytes) -> bool:
        """Return True only if *body*, when it is JSON at all, keeps every limit of trust 5.11 and holds no secret key."""
        if len(body) > _MAX_BYTES or not _is_text(body) or _has_huge_number(body) or _has_long_string(body):
            return False
        shape = body.translate(None, _OF_NUMBERS)
        known = hash(shape)  # bytes hash with a key of this process, so that nobody can make two shapes look alike
        has_exponent = self._clean_shapes.get(known)
        if has_exponent is None:
            if not _is_clean_shape(shape):
                return False
            if len(self._clean_shapes) >= _MAX_SHAPES:
                self._clean_shapes.clear()
            has_exponent = self._clean_shapes[known] = _BARE_EXPONENT.search(shape) is not None
        return not has_exponent or _LONG_EXPONENT.search(body) is None


def _is_text(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return _KELVIN not in body


def _has_huge_number(body: bytes) -> bool:
    """Look for 16 digits in a row that are no fraction; within strings they cost only time."""
    zeroed = body.translate(_ZEROED)
    at = zeroed.find(_LONG_INTEGER)
    while at >= 0:
        if at == 0 or zeroed[at - 1] != ord("."):
            return True
        at = zeroed.find(_LONG_INTEGER, at + len(_LONG_INTEGER))
    return False


def _has_long_string(body: bytes) -> bool:
    """Jump from quote to quote: each ends a string or begins one, as a clean shape has no quotes within strings."""
    quote = 0
    while len(body) - quote > MAX_STRING:
        following = body.rfind(b'"', quote + 1, quote + MAX_STRING + 2)
        if following < 0:
            return True
        quote = following
    return False


def _is_clean_shape(shape: bytes) -> bool:
    if b'\\"' in shape or shape.count(b":") > MAX_KEYS or NMAXE_SIGN in shape:
        return False
    plain = _ESCAPE.sub(b"", shape) if b"\\" in shape else shape
    # a backslash that is left begins a unicode escape, which can spell anything
    return b"\\" not in plain and not _is_deep(plain) and not _has_secret(plain)


def _is_deep(plain: bytes) -> bool:
    """Count first; then, brackets within strings left out, fold the innermost a level at a time: what is left is too deep."""
    if plain.count(b"{") + plain.count(b"[") <= MAX_DEPTH:
        return False
    brackets = _STRING.sub(b"", plain).translate(_SQUARE, _BUT_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _has_secret(plain: bytes) -> bool:
    """Look for a secret word in any string; only then, whether it is in a key with something to hide."""
    if not _has_word(plain):
        return False
    keys = [key for key, value in _MEMBER.findall(plain) if value.rstrip() == b":"]
    return _has_word(b'"'.join(keys))


def _has_word(strings: bytes) -> bool:
    """Return whether one string holds a secret word, whatever stands between its letters."""
    letters = strings.translate(_FOLDED, _BUT_LETTERS)
    return any(word in letters for word in _WORDS)
