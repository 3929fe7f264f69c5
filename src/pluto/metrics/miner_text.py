"""How watched miners become exposition text: a block of lines for each, or for each metric the lines of all."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

from pluto.metrics.families import INFO_HELP, INFO_NAME, LABELLED, NAMED, READING_VALUES, STATE, Family
from pluto.metrics.form import Column, Lines
from pluto.metrics.text import escaped, header, labels
from pluto.model.reading import Reading
from pluto.model.state import Health, MinerState
from pluto.model.totals import pool_label

FORGOTTEN_AFTER_S: Final = 300.0
"""So long an offline miner's last readings stay in the labelled set: as long as Prometheus itself looks back."""


class Shown(msgspec.Struct, frozen=True, gc=False):
    """One miner as the metrics show it: *values* are what `contract_values` gave; one that is not watched is only kept."""

    state: MinerState
    hostname: str | None
    prefix: str
    values: tuple[float | None, ...]
    is_watched: bool = True


class NamedText:
    """The lines `<prefix>_<suffix>` of some miners."""

    def __init__(self) -> None:
        self._lines = Lines([_named_pieces(family) for family in NAMED])

    def of(self, miners: Sequence[Shown]) -> bytes:
        """Return the lines of *miners*."""
        values = [value for shown in miners for value in (*shown.values, int(shown.state.is_online))]
        return self._lines.filled([shown.prefix.encode(errors="replace") for shown in miners], values)


class Taken(NamedTuple):
    """What the labelled metrics show of some miners at one moment: a column of values for each metric."""

    watched: Sequence[Shown]
    macs: Sequence[bytes]
    of_state: Sequence[Sequence[Any]]
    fresh_macs: Sequence[bytes]
    of_reading: Sequence[Sequence[Any]]


def take(miners: Sequence[Shown], now_s: float) -> Taken:
    """Return what is shown of the watched among *miners*."""
    watched = [shown for shown in miners if shown.is_watched]
    states = [shown.state for shown in watched]
    fresh = [state for state in states if _is_fresh(state, now_s)]
    macs = _macs(states)
    of_state = [tuple(map(row.value, states)) for row in STATE]
    of_reading = list(zip(*[READING_VALUES(state.reading) for state in fresh if state.reading is not None], strict=True))
    return Taken(watched, macs, of_state, macs if len(fresh) == len(states) else _macs(fresh), of_reading or _NOBODY)


class LabelledText:
    """The lines of some miners, for each metric with the label `mac`."""

    def __init__(self) -> None:
        self._info = _InfoLines()
        self._of_state = [Column(_labelled_pieces(row.name)) for row in STATE]
        self._of_reading = [Column(_labelled_pieces(row.name, row.label), row.turn) for row in LABELLED]

    def of(self, taken: Taken, place: int) -> bytes:
        """Return the lines behind the header at *place* of LABELLED_HEADERS."""
        if place == 0:
            return self._info.of(taken.watched)
        place -= 1
        if place < len(STATE):
            return self._of_state[place].text(taken.macs, taken.of_state[place])
        place -= len(STATE)
        return self._of_reading[place].text(taken.fresh_macs, taken.of_reading[place])


class _InfoLines:
    """The line of each miner that says who it is: made again only when a word in it is another one."""

    def __init__(self) -> None:
        self._words: Sequence[tuple[object, ...]] = ()
        self._text = b""

    def of(self, watched: Sequence[Shown]) -> bytes:
        words = [(shown.state.miner.mac, shown.hostname, *_INFO_WORDS(shown.state.reading or _NO_READING)) for shown in watched]
        if words != self._words:
            self._words = words
            self._text = b"".join([_info(shown, shown.state.reading or _NO_READING) for shown in watched])
        return self._text


def _named_pieces(family: Family) -> Sequence[str]:
    return ("# HELP ", f"_{family.suffix} {family.help}\n# TYPE ", f"_{family.suffix} gauge\n", f"_{family.suffix} ")


def _labelled_pieces(name: str, rest: str = "") -> Sequence[str]:
    return (f'{name}{{mac="', f'"{rest}}} ')


def _macs(states: Iterable[MinerState]) -> Sequence[bytes]:
    return [escaped(state.miner.mac).encode(errors="replace") for state in states]


def _info(shown: Shown, reading: Reading) -> bytes:
    port = reading.pool.stratum_port
    facts = {
        "mac": shown.state.miner.mac,
        # Alerts show this label: a miner without a name is its MAC there, not nobody.
        "hostname": reading.hostname or shown.hostname or shown.state.miner.mac,
        "model": reading.model or "",
        "firmware": reading.firmware or "",
        "pool": pool_label(reading.pool.stratum_url, None if port is None else str(port)),
    }
    return f"{INFO_NAME}{labels(facts)} 1\n".encode(errors="replace")


def _is_fresh(state: MinerState, now_s: float) -> bool:
    """Return whether the miner's last reading, if it has one, is shown."""
    if state.reading is None or state.info is None or state.health is Health.UNKNOWN:
        return False
    return state.is_online or now_s - state.since_s < FORGOTTEN_AFTER_S


def _headers() -> list[str]:
    rows = [(INFO_NAME, "gauge", INFO_HELP)]
    rows += [(row.name, row.kind, row.help) for row in STATE]
    rows += [(row.name, row.kind, row.help) for row in LABELLED]
    names = [name for name, _, _ in rows]
    return [header(*row) if names.index(row[0]) == place else "" for place, row in enumerate(rows)]


LABELLED_HEADERS: Final = tuple(_headers())
"""What stands before the lines of each metric; empty for a further row of the same name."""
_NO_READING: Final = Reading()
_NOBODY: Final[Sequence[Sequence[Any]]] = ((),) * len(LABELLED)
_INFO_WORDS: Final[Callable[[Reading], tuple[object, ...]]] = attrgetter(
    "hostname", "model", "firmware", "pool.stratum_url", "pool.stratum_port"
)
