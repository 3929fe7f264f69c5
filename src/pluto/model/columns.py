"""What is shown of a miner, column by column: the table that lists, live rows and the single view are made from."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from math import floor
from operator import attrgetter, itemgetter
from typing import Final

import msgspec

from pluto.model.json_value import Json
from pluto.model.miner import MacAddress
from pluto.model.reading import Pool, Reading
from pluto.model.record import Record
from pluto.model.standing import Standing, Track, pool_of
from pluto.model.state import MinerState

NOTHING: Final = Reading()
"""What a miner that never answered says."""


class View(msgspec.Struct, frozen=True):
    """Everything known of one imprinted miner; times ending in `_at` are wall time.

    *named* is the last answer ever kept, *reading* the last good one since Pluto started, or one that says nothing.
    """

    mac: MacAddress
    record: Record
    named: Reading
    standing: Standing
    since_at: float | None
    reading_at: float | None
    reading: Reading = NOTHING
    state: MinerState | None = None
    track: Track = Track()

    @property
    def pool(self) -> Pool:
        """Return the pool of that reading."""
        return self.reading.pool


class Column(msgspec.Struct, frozen=True):
    """A name with its unit, and what it shows: *value*, or the reading's number of that name with so many *digits*."""

    name: str
    value: Callable[[View], Json] | None = None
    digits: int = 0


def _of(name: str, digits: int) -> Column:
    return Column(name, digits=digits)


def _fan(view: View, part: int) -> Json:
    fans = view.reading.fans
    return None if not fans else (fans[0].fan_percent, fans[0].fan_rpm)[part]


def _rounded(value: float | None, digits: int) -> Json:
    return None if value is None else round(value, digits)


@lru_cache(maxsize=20_000)
def _seconds(iso: str) -> float | None:
    try:
        return datetime.fromisoformat(iso).timestamp()
    except ValueError:  # an old record may say anything
        return None


FLEET: Final[Sequence[Column]] = (
    Column("mac", lambda view: view.mac),
    Column("host", lambda view: view.record.host),
    Column("hostname", lambda view: view.named.hostname),
    Column("model", lambda view: view.named.model),
    Column("asic_model", lambda view: view.named.asic_model),
    Column("firmware", lambda view: view.named.firmware),
    Column("state", lambda view: view.standing.word.value),
    Column("state_since", lambda view: view.since_at),
    Column("reason", lambda view: view.standing.reason),
    Column("needs_attention", lambda view: view.standing.needs_attention),
    Column("reading_at", lambda view: view.reading_at),
    _of("hashrate_ghs", 2),
    _of("hashrate_1m_ghs", 2),
    _of("hashrate_10m_ghs", 2),
    _of("hashrate_1h_ghs", 2),
    _of("expected_hashrate_ghs", 2),
    _of("error_percent", 3),
    _of("power_watts", 2),
    _of("efficiency_j_per_th", 2),
    _of("input_voltage_volts", 3),
    _of("core_voltage_volts", 3),
    _of("core_voltage_actual_volts", 3),
    _of("frequency_mhz", 2),
    Column("chip_temperature_celsius", lambda view: _rounded(view.reading.chip_temperature_celsius, 2)),
    _of("vr_temperature_celsius", 2),
    Column("fan_percent", lambda view: _fan(view, 0)),
    Column("fan_rpm", lambda view: _fan(view, 1)),
    Column("shares_accepted", lambda view: view.reading.shares_accepted),
    Column("shares_rejected", lambda view: view.reading.shares_rejected),
    Column("rejected_10m_percent", lambda view: _rounded(view.track.rejected_percent(), 2)),
    Column("pool", lambda view: pool_of(view.reading)),
    Column("stratum_user", lambda view: view.pool.stratum_user),
    Column("pool_difficulty", lambda view: view.pool.pool_difficulty),
    Column("is_fallback", lambda view: view.pool.is_fallback),
    _of("pool_response_ms", 1),
    _of("best_difficulty", 0),
    _of("best_session_difficulty", 0),
    Column("blocks_found", lambda view: view.reading.blocks_found),
    _of("wifi_rssi_dbm", 0),
    _of("uptime_seconds", 0),
    _of("free_heap_bytes", 0),
    Column("restarts", lambda view: view.state.restarts if view.state else 0),
    Column("preset", lambda view: view.record.fields.get("presetUuid")),
    Column("created_at", lambda view: _seconds(view.record.created_at)),
)
"""The rows of the fleet."""


def _failure(view: View) -> Json:
    failure = view.state.failure if view.state else None
    return None if failure is None else {"reason": failure.reason.value, "detail": failure.detail}


ONE: Final[Sequence[Column]] = (
    *FLEET,
    Column("states", lambda view: [word.value for word in view.standing.words]),
    Column("chip_temperatures_celsius", lambda view: [round(value, 2) for value in view.reading.chip_temperatures_celsius]),
    Column("fans", lambda view: [[fan.fan_percent, fan.fan_rpm] for fan in view.reading.fans]),
    _of("hashrate_1d_ghs", 2),
    _of("current_amps", 3),
    _of("frequency_actual_mhz", 2),
    Column("pool_connected", lambda view: view.pool.is_connected),
    Column("wifi_status", lambda view: view.reading.wifi_status),
    Column("failure", _failure),
    Column("failed_polls", lambda view: view.track.failures),
)
"""One miner's view."""


def names(columns: Sequence[Column]) -> list[Json]:
    """Return the names of *columns*."""
    return [column.name for column in columns]


class Rows:
    """Makes rows of some columns: all numbers of a reading are taken at once, since a page asks for ten thousand of them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        numbers = [place for place, column in enumerate(columns) if column.value is None]
        others = [(place, column.value) for place, column in enumerate(columns) if column.value is not None]
        made = [*numbers, *(place for place, _ in others)]
        self._taken = attrgetter(*(columns[place].name for place in numbers))
        self._scales = [10.0**column.digits if column.value is None else None for column in columns]
        self._others = [value for _, value in others]
        self._in_order = itemgetter(*(made.index(place) for place in range(len(columns))))

    def raw(self, view: View) -> Sequence[Json]:
        """Return the values of one miner as they are, to see which of them changed."""
        row: tuple[Json, ...] = self._in_order((*self._taken(view.reading), *[value(view) for value in self._others]))
        return row

    def shown(self, place: int, value: Json) -> Json:
        """Return the raw *value* of the column at *place* as it is shown."""
        scale = self._scales[place]
        if scale is None or not isinstance(value, float):
            return value
        return floor(value * scale + 0.5) / scale  # `round` takes three times as long, to be right about halves nobody sees

    def of(self, view: View) -> list[Json]:
        """Return the values of one miner as they are shown."""
        return list(map(self.shown, count(), self.raw(view)))


FLEET_ROWS: Final = Rows(FLEET)
ONE_ROWS: Final = Rows(ONE)
