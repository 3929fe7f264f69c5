"""Writes `openapi.json` as the server has it; `npm run types` makes the types of it. Tests fail while either is behind."""

from pathlib import Path

import msgspec

from pluto.api.openapi import openapi
from pluto.api.routes import ROUTES

FILE = Path(__file__).parent / "openapi.json"


def written() -> bytes:
    """Return the document in lines, so that a change of one route is a change of one place."""
    return msgspec.json.format(msgspec.json.encode(openapi(ROUTES)), indent=1) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(written())
