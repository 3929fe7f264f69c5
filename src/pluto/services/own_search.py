"""How our own search is joined with the miners it asks and with the store that remembers what it found."""

from collections.abc import Callable, Iterator
from typing import Final, cast

import msgspec

from pluto.axeos.client import ask_info
from pluto.axeos.decode import looks_like_miner
from pluto.axeos.poll_client import PollClient
from pluto.axeos.reach import Reach, Refusal
from pluto.discovery.ask import Probe
from pluto.discovery.from_settings import places_of
from pluto.discovery.search import Memory, Search
from pluto.errors import MinerNonsense, MinerUnreachable
from pluto.model.json_value import JsonObject
from pluto.model.miner import MacAddress
from pluto.settings import Settings
from pluto.store.discovered import DiscoveredStore

Known = Callable[[str], bytes | None]

CONNECT_S = 1.5
"""Long enough for a miner on a bad link, short enough for 4,000 silent addresses within a scan's minute (axeos 10)."""
PROBE_S = 4.0


NO_MINER: Final = "it answers, but says nothing of hashing"


def _nobody(_host: str) -> None:
    """Know no answer: every host is asked."""


def own_search(
    settings: Settings,
    probes: PollClient,
    store: DiscoveredStore,
    known: Known = _nobody,
    now: Callable[[], Settings] | None = None,
) -> Search:
    """Return the search that *settings* describe, to be opened and closed by the caller; raises BadSetting.

    *now* gives later networks, where those can change.
    *known* returns the answer of a host that is being polled anyway: nobody asks it a second time (axeos.md 9).
    """
    return Search(probe_of(probes, known), places_of(settings, now=now), memory_in(store), refusal_of(probes.reach))


def probe_of(probes: PollClient, known: Known = _nobody) -> Probe:
    """Return a probe that asks within the limits of *probes*, unless the answer is *known*."""

    async def probe(host: str) -> JsonObject | None:
        if (info := known(host)) is not None:
            return _object(info)
        try:
            answered = await ask_info(probes, host)
        except MinerUnreachable:
            return None
        if not looks_like_miner(answered.info):
            raise MinerNonsense(NO_MINER)
        return _object(answered.info)

    return probe


def refusal_of(reach: Reach) -> Callable[[str], str | None]:
    """Return a function that says why an address may not be contacted, or None."""

    def refusal(host: str) -> str | None:
        verdict = reach.check(host)
        return verdict.sentence if isinstance(verdict, Refusal) else None

    return refusal


def memory_in(store: DiscoveredStore) -> Memory:
    """Return *store* as the memory of a search."""

    def known() -> list[JsonObject]:
        return [_object(record.to_json()) for record in store.all()]

    def places() -> Iterator[tuple[MacAddress, str]]:
        return ((record.mac, record.host) for record in store.all() if record.host is not None)

    return Memory(store.merge, known, places)


def _object(text: bytes) -> JsonObject:
    return cast("JsonObject", msgspec.json.decode(text))  # both come from our own encoder: always an object
