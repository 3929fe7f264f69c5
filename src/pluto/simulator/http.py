"""The bytes of HTTP as the ESP32 servers read and write them: header order, framing, error answers."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

import msgspec

CORS: Final = (
    b"Access-Control-Allow-Origin: *\r\n"
    b"Access-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE, OPTIONS\r\n"
    b"Access-Control-Allow-Headers: Content-Type\r\n"
)
CHUNK_BYTES: Final = 2048
MAX_URI_BYTES: Final = 2048
JSON_TYPE: Final = "application/json"
HTML_TYPE: Final = "text/html"


class Framing(Enum):
    """How the end of a body is told."""

    LENGTH = "Content-Length"
    CHUNKED = "chunked"


class Request(msgspec.Struct, frozen=True):
    """One request, read completely; header names in lower case, *path* without its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    head: bytes


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler answers; *then* is called once it has been written."""

    status: str = "200 OK"
    content_type: str = HTML_TYPE
    body: bytes = b""
    framing: Framing = Framing.LENGTH
    has_cors: bool = True
    location: str | None = None
    closes: bool = False
    is_info: bool = False
    then: Callable[[], None] | None = None


class BadHead(Exception):
    """The head of a request cannot be served; *reply* says so and the connection ends."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def refusal(status: str, text: str, *, closes: bool = False) -> Reply:
    """Return an error as the SDK sends it: plain text called text/html, without CORS headers."""
    return Reply(status=status, body=text.encode(), has_cors=False, closes=closes)


def json_reply(text: str, *, framing: Framing = Framing.LENGTH, closes: bool = False) -> Reply:
    """Return *text*, which is JSON, with 200."""
    return Reply(content_type=JSON_TYPE, body=text.encode(), framing=framing, closes=closes)


def read_head(head: bytes, max_bytes: int) -> tuple[str, str, dict[str, str]]:
    """Return method, target and headers of *head* (without its empty line); raises BadHead."""
    first, _, rest = head.partition(b"\r\n")
    if len(rest) > max_bytes:
        raise BadHead(refusal("431 Request Header Fields Too Large", "Header fields are too long", closes=True))
    parts = first.decode("latin-1").split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadHead(refusal("400 Bad Request", "Bad request syntax", closes=True))
    if len(parts[1]) > MAX_URI_BYTES:
        raise BadHead(refusal("414 URI Too Long", "URI is too long", closes=True))
    headers: dict[str, str] = {}
    for line in rest.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return parts[0], parts[1], headers


def render_head(reply: Reply, body: bytes) -> bytes:
    """Return the status line and headers of *reply*, with the empty line."""
    framing = f"Content-Length: {len(body)}" if reply.framing is Framing.LENGTH else "Transfer-Encoding: chunked"
    head = f"HTTP/1.1 {reply.status}\r\nContent-Type: {reply.content_type}\r\n{framing}\r\n"
    if reply.location is not None:
        head += f"Location: {reply.location}\r\n"
    if reply.closes:
        head += "Connection: close\r\n"
    return head.encode() + (CORS if reply.has_cors else b"") + b"\r\n"


def render_body(reply: Reply, body: bytes, chunk_bytes: int = CHUNK_BYTES) -> bytes:
    """Return *body* framed as *reply* asks."""
    if reply.framing is Framing.LENGTH:
        return body
    pieces = [body[start : start + chunk_bytes] for start in range(0, len(body), chunk_bytes)]
    return b"".join([b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]) + b"0\r\n\r\n"
