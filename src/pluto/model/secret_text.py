"""Where a secret stands in running text: after its word, and in the line that signs a miner in at its pool (trust 8.4)."""

import re
from collections.abc import Iterator
from typing import Final

MASK: Final = "***"
MAX_LINE_BEGUN: Final = 4096
"""Characters of an unfinished line that are remembered: a line longer than this holds no password."""

PIECE_BYTES: Final = 16 * 1024
"""So much of a message is looked at in one go: to look at a mebibyte would hold up polls."""

_HINTS: Final = ("pass", "psk", "pwd", "token", "secret", "mining.authorize")
_VALUE: Final = (
    r"""(?:"(?P<plain>(?:[^"\\\n]|\\.)*+)|\\+["'](?P<nested>[^\n]{0,4095}?(?=\\{1,8}["']|\n|\Z)|[^\n]{4096})|'(?P<single>[^'\n]*+)"""
    r"""|(?P<bare>(?:(?!,\\*["'])[^\s"'\\])(?:(?!,\\*["'])\S){0,1023}+))"""
)
_AFTER_WORD: Final = re.compile(
    r"(?i)(?:pass(?:word|wd|phrase|code)?|pwd|psk|token|secret)(?:\\{0,8}[\"'])?"
    r"(?:[ \t]{0,8}(?:=>|->|[:=,])[ \t]{0,8}|[ \t]{1,8}is[ \t:]{1,8})" + _VALUE
)
_AFTER_BLANK: Final = re.compile(r"(?i)(?:password|passphrase|psk)[ \t]{1,8}(?!(?:is|[:=,\-])[ \t])" + _VALUE)
_SIGN_IN: Final = re.compile(r"(?i)mining\.authorize")
_PARAMETERS: Final = re.compile(r"params\\{0,8}\"[ \t]{0,8}:[ \t]{0,8}\[[^\n]{0,300}?\"[ \t]{0,8},[ \t]{0,8}(?:\\{0,8}\")?")
_SIGN_IN_END: Final = re.compile(r"\\{0,8}\"[ \t]{0,8}\]")
_GROUPS: Final = ("plain", "nested", "single", "bare")


def secrets_masked(text: str) -> str:
    """Return *text* with MASK in the place of each secret value."""
    return _masked_from(text, 0)


class SecretMask:
    """Masks a text that comes in pieces: a secret that is cut in two is seen in neither."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun = ""

    def masked(self, piece: str) -> str:
        """Return the next *piece* without secrets."""
        whole = self._begun + piece
        masked = _masked_from(whole, len(self._begun))
        self._begun = whole[whole.rfind("\n") + 1 :][-MAX_LINE_BEGUN:]
        return masked


def _masked_from(text: str, start: int) -> str:
    folded = text.lower() if text.isascii() else text.casefold()
    if not any(hint in folded for hint in _HINTS):  # twenty times as fast as to search for all of them at once
        return text[start:]
    pieces: list[str] = []
    at = start
    for begin, end in sorted(_spans(text)):
        if end > at:
            pieces += text[at : max(begin, at)], MASK
            at = end
    return "".join([*pieces, text[at:]])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_AFTER_WORD, _AFTER_BLANK):
        for found in pattern.finditer(text):
            begin, end = next(found.span(group) for group in _GROUPS if found[group] is not None)
            value = text[begin:end]
            yield begin, begin + len(value.rstrip("}],;") or value)
    at = 0
    while (sign_in := _SIGN_IN.search(text, at)) is not None:
        begin, end = text.rfind("\n", 0, sign_in.start()) + 1, text.find("\n", sign_in.start())
        at = len(text) if end < 0 else end
        near = max(begin, sign_in.start() - MAX_LINE_BEGUN), min(at, sign_in.end() + MAX_LINE_BEGUN)
        yield from _signing_in(text, *near)


def _signing_in(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Find all but the first parameter: the firmware writes the password as it is, quotes included, so the last one ends it."""
    parameters = _PARAMETERS.search(text, begin, end)
    if parameters is not None:
        ends = [found.start() for found in _SIGN_IN_END.finditer(text, parameters.end(), end)]
        yield parameters.end(), ends[-1] if ends else end


def pieces(message: bytes) -> Iterator[bytes]:
    """Yield *message* whole, or one over PIECE_BYTES in pieces, cut between lines or at least characters."""
    while len(message) > PIECE_BYTES:
        end = message.rfind(b"\n", 0, PIECE_BYTES) + 1 or PIECE_BYTES
        while end > PIECE_BYTES - 4 and message[end] & 0xC0 == 0x80:
            end -= 1
        yield message[:end]
        message = message[end:]
    yield message
