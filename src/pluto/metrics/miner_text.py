"""How watched miners become exposition text: a block of lines for each, or for each metric the lines of all."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from pluto.metrics.families import INFO_HELP, INFO_NAME, LABELLED, NAMED, STATE
from pluto.metrics.form import Form
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
        self._form = Form()

    def of(self, miners: Sequence[Shown]) -> bytes:
        """Return the lines of *miners*."""
        prefixes = tuple([shown.prefix for shown in miners])
        values = [value for shown in miners for value in (*shown.values, int(shown.state.is_online))]
        return self._form.filled(prefixes, lambda: _named_heads(prefixes), values)


class LabelledText:
    """The lines of some miners, for each metric with the label `mac`."""

    def __init__(self) -> None:
        self._info: dict[str, tuple[tuple[object, ...], bytes]] = {}
        self._of_state = [Form() for _ in STATE]
        self._of_reading = [Form() for _ in LABELLED]

    def of(self, miners: Sequence[Shown], now_s: float) -> Iterator[bytes]:
        """Yield, for each of LABELLED_HEADERS, the lines of the watched among *miners*."""
        watched = [shown for shown in miners if shown.is_watched]
        yield self._info_lines(watched)
        macs = tuple([shown.state.miner.mac for shown in watched])
        states = [shown.state for shown in watched]
        for form, of_state in zip(self._of_state, STATE, strict=True):
            yield form.filled(macs, _heads(of_state.name, macs, ""), list(map(of_state.value, states)))
        fresh = [(state.miner.mac, reading) for state in states if (reading := _fresh(state, now_s)) is not None]
        macs = tuple([mac for mac, _ in fresh])
        readings = [reading for _, reading in fresh]
        for form, row in zip(self._of_reading, LABELLED, strict=True):
            yield form.filled(macs, _heads(row.name, macs, row.label), list(map(row.value, readings)))

    def _info_lines(self, watched: Sequence[Shown]) -> bytes:
        """Make a line anew only when a word in it changed."""
        lines: dict[str, tuple[tuple[object, ...], bytes]] = {}
        for shown in watched:
            mac, reading = shown.state.miner.mac, shown.state.reading or _NO_READING
            pool = reading.pool
            words = (reading.hostname, shown.hostname, reading.model, reading.firmware, pool.stratum_url, pool.stratum_port)
            known = self._info.get(mac)
            lines[mac] = known if known is not None and known[0] == words else (words, _info(shown, reading))
        self._info = lines
        return b"".join([line for _, line in lines.values()])


def _named_heads(prefixes: Sequence[str]) -> Iterator[str]:
    for prefix in prefixes:
        for family in NAMED:
            name = f"{prefix}_{family.suffix}"
            yield f"{header(name, 'gauge', family.help)}{name} "


def _heads(name: str, macs: Sequence[str], rest: str) -> Callable[[], list[str]]:
    return lambda: [f'{name}{{mac="{escaped(mac)}"{rest}}} ' for mac in macs]


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


def _fresh(state: MinerState, now_s: float) -> Reading | None:
    if state.health is Health.ONLINE:
        return state.reading
    if state.health is Health.OFFLINE and now_s - state.since_s < FORGOTTEN_AFTER_S:
        return state.reading
    return None


def _headers() -> list[str]:
    rows = [(INFO_NAME, "gauge", INFO_HELP)]
    rows += [(row.name, row.kind, row.help) for row in STATE]
    rows += [(row.name, row.kind, row.help) for row in LABELLED]
    names = [name for name, _, _ in rows]
    return [header(*row) if names.index(row[0]) == place else "" for place, row in enumerate(rows)]


LABELLED_HEADERS: Final = tuple(_headers())
"""What stands before the lines of each metric; empty for a further row of the same name."""
_NO_READING: Final = Reading()
