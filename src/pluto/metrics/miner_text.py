"""How watched miners become exposition text: a block of lines for each, or for each metric the lines of all."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from pluto.metrics.families import INFO_HELP, INFO_NAME, LABELLED, NAMED, STATE
from pluto.metrics.text import LARGEST, escaped, header, labels
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


def text_by_name(miners: Iterable[Shown]) -> str:
    """Return the lines `<prefix>_<suffix>` of *miners*."""
    lines: list[str] = []
    for shown in miners:
        prefix = shown.prefix
        for (suffix, help_text), value in zip(_HEADS, (*shown.values, int(shown.state.is_online)), strict=True):
            if value is not None and -LARGEST <= value <= LARGEST:
                name = f"{prefix}_{suffix}"
                text = repr(value).removesuffix(".0")
                lines.append(f"# HELP {name} {help_text}\n# TYPE {name} gauge\n{name} {text}\n")
    return "".join(lines)


def text_by_label(miners: Sequence[Shown], now_s: float) -> list[str]:
    """Return, for each of LABELLED_HEADERS, the lines of the watched among *miners*."""
    watched = [(shown, f'{{mac="{escaped(shown.state.miner.mac)}"') for shown in miners if shown.is_watched]
    texts = ["".join([f"{INFO_NAME}{_info(shown)} 1\n" for shown, _ in watched])]
    for of_state in STATE:
        name, state_value = of_state.name, of_state.value
        texts.append("".join([f"{name}{mac}}} {state_value(shown.state)}\n" for shown, mac in watched]))
    readings = [(reading, mac) for shown, mac in watched if (reading := _fresh(shown.state, now_s)) is not None]
    for row in LABELLED:
        name, rest, value = row.name, row.label + "} ", row.value
        # Made inline, without a function per line: this line runs 400,000 times for 10,000 miners (bench/exposition.py).
        lines = [
            f"{name}{mac}{rest}{repr(number).removesuffix('.0')}\n"
            for reading, mac in readings
            if (number := value(reading)) is not None and -LARGEST <= number <= LARGEST
        ]
        texts.append("".join(lines))
    return texts


def _info(shown: Shown) -> str:
    reading = shown.state.reading or Reading()
    pool = pool_label(reading.pool.stratum_url, None if reading.pool.stratum_port is None else str(reading.pool.stratum_port))
    return labels(
        {
            "mac": shown.state.miner.mac,
            # Alerts show this label: a miner without a name is its MAC there, not nobody.
            "hostname": reading.hostname or shown.hostname or shown.state.miner.mac,
            "model": reading.model or "",
            "firmware": reading.firmware or "",
            "pool": pool,
        }
    )


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
_HEADS: Final = tuple((family.suffix, family.help) for family in NAMED)
