"""How much of an HTTP answer we take from a miner: status, headers and body counted while they arrive, then stopped."""

from typing import Final

import httptools

MAX_BODY_BYTES: Final = 1024 * 1024
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_HEADERS: Final = 100
MAX_INFORMATIONAL: Final = 4
SMALL_CHUNK_BYTES: Final = 64
MAX_SMALL_CHUNKS: Final = 1000
FRAMING_BYTES: Final = 256 * 1024
"""How much more than its body an exchange may bring, so that chunk extensions and trailers have an end, too."""


class AnswerReader:
    """Reads one HTTP/1.1 answer after another on one connection; `begin` before each.

    After `feed`: *is_complete* with *status* and *body*, or *fault* with a sentence, or neither yet.
    """

    __slots__ = (
        "_chunk_bytes", "_has_length", "_header_bytes", "_headers", "_in_headers", "_informational", "_max_bytes", "_parser",
        "_pieces", "_received", "_size", "_small_chunks", "_too_large", "fault", "is_complete", "keeps_connection", "status",
    )  # fmt: skip

    def __init__(self, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._max_bytes = max_bytes
        self._too_large = "answer over 1 MiB" if max_bytes == MAX_BODY_BYTES else f"answer over {max_bytes // 1024} KiB"
        self.connected()
        self.begin()

    def connected(self) -> None:
        """Read from a new connection from now on."""
        self._parser = httptools.HttpResponseParser(self)

    def begin(self) -> None:
        """Forget the answer before; the next bytes begin a new one."""
        self.fault: str | None = None
        self.is_complete = False
        self.keeps_connection = False
        self.status = 0
        self._pieces: list[bytes] = []
        self._size = self._received = self._header_bytes = self._headers = self._informational = 0
        self._chunk_bytes = self._small_chunks = 0
        self._in_headers = True
        self._has_length = False

    @property
    def has_begun(self) -> bool:
        """Return whether a byte of this answer has arrived."""
        return self._received > 0

    @property
    def body(self) -> bytes:
        """Return the body, whole once *is_complete*."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def feed(self, data: bytes) -> None:
        """Take what arrived."""
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.fault = self.fault or "switches to a protocol nobody asked for"
        except httptools.HttpParserError as error:
            self.fault = self.fault or f"not an HTTP answer: {error}"
        if self.is_complete or self.fault:
            return
        if self._in_headers and self._received > MAX_HEADER_BYTES:
            self.fault = "headers over 32 KiB"
        elif self._received > self._max_bytes + FRAMING_BYTES:
            self.fault = self._too_large

    def feed_eof(self) -> None:
        """Take the end of the connection: it completes an answer that announced no length."""
        if self.is_complete or self.fault:
            return
        if self.status and not self._in_headers and not self._has_length:
            self.is_complete = True
            self.keeps_connection = False
        else:
            self.fault = "the connection ended in the middle of the answer" if self._received else "closed without an answer"

    # What httptools calls. An exception raised here would only be wrapped by it, so a fault is noted instead.

    def on_message_begin(self) -> None:
        if self.is_complete:
            self.keeps_connection = False  # an answer to a question nobody asked: this connection is out of step

    def on_status(self, reason: bytes) -> None:
        self._header_bytes += len(reason)
        if self._header_bytes > MAX_HEADER_BYTES:
            self.fault = self.fault or "headers over 32 KiB"

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers += 1
        self._header_bytes += len(name) + len(value)
        if self._headers > MAX_HEADERS or self._header_bytes > MAX_HEADER_BYTES:
            self.fault = self.fault or "more than 100 headers or 32 KiB of them"
            return
        match name.lower():
            case b"content-length":
                self._has_length = True
                if len(value.lstrip(b"0")) > 7 or int(value) > self._max_bytes:
                    self.fault = self.fault or self._too_large
            case b"transfer-encoding":
                self._has_length = True
            case b"content-encoding" if value.strip().lower() not in (b"", b"identity"):
                self.fault = self.fault or "the answer is compressed, which nobody asked for"
            case _:
                pass

    def on_headers_complete(self) -> None:
        if self.is_complete:
            return
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self._informational += 1
            if self._informational > MAX_INFORMATIONAL:
                self.fault = "more than 4 interim answers"
        else:
            self._in_headers = False
            self.keeps_connection = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        self._chunk_bytes += len(body)
        if self._size > self._max_bytes:
            self.fault = self.fault or self._too_large
        elif not self.fault and not self.is_complete:
            self._pieces.append(body)

    def on_chunk_header(self) -> None:
        self._chunk_bytes = 0

    def on_chunk_complete(self) -> None:
        if self._chunk_bytes < SMALL_CHUNK_BYTES:
            self._small_chunks += 1
            if self._small_chunks > MAX_SMALL_CHUNKS:
                self.fault = self.fault or "more than 1,000 tiny chunks"

    def on_message_complete(self) -> None:
        if self.status >= 200:
            self.is_complete = True
