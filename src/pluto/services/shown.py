"""What the live topics of the page show, and where each takes it from."""

from pluto.events.room import Feed, Key
from pluto.events.topics import Sources
from pluto.model.columns import FLEET, ONE
from pluto.model.happenings import EVENT_COLUMNS
from pluto.model.json_value import Json, JsonObject
from pluto.services.remembered import Remembered
from pluto.services.searches import SEARCH_COLUMNS, Searches
from pluto.services.views import Views


def sources_of(views: Views, remembered: Remembered, searches: Searches) -> Sources:
    """Return the rows of every topic."""

    def event(key: Key) -> list[Json] | None:
        return next((event.row() for event in reversed(remembered.recent) if event.id == key), None)

    def found(key: Key) -> list[Json] | None:
        return searches.row(key) if isinstance(key, str) else None

    def search() -> JsonObject:
        return {"search": searches.shown()}

    return Sources(
        macs=views.macs,
        fleet=views.table(FLEET),
        miner=views.table(ONE),
        events=Feed(EVENT_COLUMNS, lambda: [event.row() for event in remembered.recent], event, dict),
        discovery=Feed(SEARCH_COLUMNS, searches.rows, found, search),
    )
