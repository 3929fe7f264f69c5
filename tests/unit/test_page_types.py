"""The page's client is typed by the routes that there are."""

import json
from pathlib import Path

import msgspec

from pluto.api.openapi import openapi
from pluto.api.routes import ROUTES

KEPT = Path(__file__).parents[2] / "ui" / "openapi.json"


def test_the_interface_that_the_page_is_typed_by_is_the_servers() -> None:
    now = json.loads(msgspec.json.encode(openapi(ROUTES)))
    assert json.loads(KEPT.read_text()) == now, "run: python ui/interface.py && (cd ui && npm run types)"
