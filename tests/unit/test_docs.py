"""The documents name everything there is."""

from pathlib import Path
from typing import cast

import msgspec
import pytest

from pluto.api.openapi import openapi
from pluto.api.routes import ROUTES, Route
from pluto.events import live
from pluto.events.names import CLIENT_EVENTS, SERVER_EVENTS
from pluto.model.state import Reason
from pluto.settings import SETTINGS, Settings

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_is_in_the_reference_with_what_it_takes(route: Route) -> None:
    rows = [
        line for line in (DOCS / "contract.md").read_text().splitlines() if line.startswith(f"| `{route.method} {route.path}` |")
    ]
    assert len(rows) == 1
    for name in [*route.query, *route.body]:
        assert name in rows[0]


@pytest.mark.parametrize("event", [*SERVER_EVENTS, *CLIENT_EVENTS])
def test_every_event_is_in_the_reference(event: str) -> None:
    assert f"| `{event}` |" in (DOCS / "contract.md").read_text()


@pytest.mark.parametrize("event", [live.WATCH, live.UNWATCH, live.SNAPSHOT, live.PATCH, live.REFUSED])
def test_every_live_message_is_in_the_reference(event: str) -> None:
    assert f"| `{event}` |" in (DOCS / "contract.md").read_text()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_in_the_reference(reason: Reason) -> None:
    assert f"`{reason}`" in (DOCS / "contract.md").read_text()


@pytest.mark.parametrize(("variable", "meaning"), SETTINGS.items())
def test_every_setting_is_in_its_page_with_default_and_meaning(variable: str, meaning: str) -> None:
    row = next(line for line in (DOCS / "settings.md").read_text().splitlines() if line.startswith(f"| `{variable}` |"))
    assert meaning in row
    default: object = next(field.default for field in msgspec.structs.fields(Settings) if field.encode_name == variable)
    words = cast("tuple[object, ...]", default) if isinstance(default, tuple) else (default,)
    assert ", ".join(map(str, words)).lower() in row.lower()


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in DOCS.rglob("*.md"):
        for link in page.read_text().split("](")[1:]:
            target = link.split(")")[0].split("#")[0]
            if target and "://" not in target:
                assert (page.parent / target).exists(), (page.name, target)


def test_the_openapi_document_has_every_route() -> None:
    document = openapi(ROUTES)
    paths = document["paths"]
    assert isinstance(paths, dict)
    for route in ROUTES:
        operations = paths[route.path]
        assert isinstance(operations, dict)
        assert route.method.lower() in operations
