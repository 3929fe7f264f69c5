"""The page's files: which paths are pages of the app, what a browser may keep, where links of the old web client lead."""

import mimetypes
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

import msgspec

from pluto.api.call import Answer

FOLDER: Final = Path(__file__).parents[1] / "page_files"
HTML_TYPE: Final = "text/html; charset=utf-8"

PAGE_PATHS: Final = (
    "/", "/miners", "/miners/{mac}", "/miners/{mac}/settings", "/miners/{mac}/logs", "/miners/{mac}/raw", "/compare", "/add",
    "/pool-presets", "/pool-presets/{id}", "/change", "/jobs", "/jobs/{id}", "/logs", "/events", "/settings", "/diagnostics",
)  # fmt: skip
"""What the app shows. No path of the contract is among them."""

MOVED: Final[Mapping[str, str]] = {"/devices": "/miners", "/device-settings": "/miners", "/monitoring": "/miners"}
OLD_MINER: Final = "/monitoring/"
"""Followed by a host name: the old web client's page of one miner."""

APP_POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""For files with a hash of themselves in their name."""

FRESH: Final = "no-cache"
ICON: Final = "/icon.svg"
ASKED_UNTOLD: Final = "/favicon.ico"
"""Browsers ask for this where a document names no icon."""


class File(msgspec.Struct, frozen=True):
    """One file, and the same packed; empty where that was not worth it."""

    body: bytes
    packed: bytes
    content_type: str
    keep: str


class PageFiles:
    """The built app, read once. Without built files everything here is None and the server's own plain page stands in."""

    def __init__(self, folder: Path = FOLDER) -> None:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".gz"]
        self._files = {"/" + path.relative_to(folder).as_posix(): _read(path) for path in paths}
        if ICON in self._files:
            self._files[ASKED_UNTOLD] = self._files[ICON]

    @property
    def is_built(self) -> bool:
        """Return whether there is an app to serve."""
        return "/index.html" in self._files

    def has(self, path: str) -> bool:
        """Return whether there is a file under *path* that `file` gives."""
        return path in self._files and self._files[path].content_type != HTML_TYPE

    def file(self, path: str, *, accepts_gzip: bool) -> Answer | None:
        """Return the file under *path*, None where there is none."""
        file = self._files.get(path)
        return None if file is None or file.content_type == HTML_TYPE else _answer(file, HTTPStatus.OK, accepts_gzip)

    def app(self, status: HTTPStatus = HTTPStatus.OK, *, accepts_gzip: bool) -> Answer | None:
        """Return the document that starts the app, which shows what its address says; None where it was not built."""
        file = self._files.get("/index.html")
        return None if file is None else _answer(file, status, accepts_gzip)


class Visit(msgspec.Struct, frozen=True):
    """A GET of a path that no route has."""

    path: str
    accepts_html: bool
    accepts_gzip: bool


def visit(files: PageFiles, asked: Visit, macs_named: Callable[[str], Sequence[str]]) -> Answer | None:
    """Return the file, page or redirection that *asked* means, None for what a program should hear is unknown."""
    if (file := files.file(asked.path, accepts_gzip=asked.accepts_gzip)) is not None:
        return file
    if is_page(asked.path):
        return files.app(accepts_gzip=asked.accepts_gzip)
    if (to := moved_to(asked.path, macs_named)) is not None:
        return redirect(to)
    return files.app(HTTPStatus.NOT_FOUND, accepts_gzip=asked.accepts_gzip) if asked.accepts_html else None


def is_page(path: str) -> bool:
    """Return whether *path* is one that the app shows."""
    words = _words(path)
    return any(_fits(words, _words(page)) for page in PAGE_PATHS)


def moved_to(path: str, macs_named: Callable[[str], Sequence[str]]) -> str | None:
    """Return where a link of the old web client leads now; *macs_named* tells the miners of a host name."""
    plain = path.rstrip("/").lower()
    if plain in MOVED:
        return MOVED[plain]
    if not path.lower().startswith(OLD_MINER):
        return None
    name = unquote(path[len(OLD_MINER) :].rstrip("/"))
    macs = macs_named(name)
    return f"/miners/{macs[0].replace(':', '')}" if len(macs) == 1 else f"/miners?q={quote(name)}"


def redirect(to: str) -> Answer:
    """Return the answer that sends a browser elsewhere, for now: a name may become another miner's."""
    return Answer(b"", HTTPStatus.FOUND, headers={"Location": to, "Cache-Control": FRESH})


def _read(path: Path) -> File:
    packed = path.with_name(path.name + ".gz")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = HTML_TYPE if kind == "text/html" else f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    keep = FOR_EVER if path.parent.name == "assets" else FRESH
    return File(path.read_bytes(), packed.read_bytes() if packed.is_file() else b"", kind, keep)


def _answer(file: File, status: HTTPStatus, accepts_gzip: bool) -> Answer:
    headers = {"Cache-Control": file.keep, "Content-Security-Policy": APP_POLICY, "Vary": "Accept-Encoding"}
    if not (accepts_gzip and file.packed):
        return Answer(file.body, status, file.content_type, headers)
    return Answer(file.packed, status, file.content_type, {**headers, "Content-Encoding": "gzip"})


def _words(path: str) -> list[str]:
    return [word for word in path.split("/") if word]


def _fits(words: Sequence[str], page: Sequence[str]) -> bool:
    return len(words) == len(page) and all(
        fixed.startswith("{") or word == fixed for word, fixed in zip(words, page, strict=True)
    )
