"""What the fleet as a whole did: sums and ranks over the newest reading of each miner, taken every ten seconds."""

from array import array
from collections.abc import Sequence
from typing import Final

from pluto.history.metrics import ACCEPTED, FLEET_METRICS, MINER_METRICS, NONE, REJECTED

EVERY_S: Final = 10
FRESH_S: Final = 15
"""A reading older than this (three intervals) no longer counts."""

_PLACE: Final = {metric.name: place for place, metric in enumerate(MINER_METRICS)}
_SCALE: Final = {metric.name: metric.scale for metric in MINER_METRICS}


class FleetSums:
    """Keeps one reading a miner; a sum is made when it is due, by the thread that writes."""

    def __init__(self) -> None:
        self._newest: dict[int, tuple[int, Sequence[int]]] = {}
        self._accepted = 0
        self._rejected = 0
        self._due_s = 0

    def take(self, miner: int, at_s: int, values: Sequence[int]) -> None:
        """Take in one reading, its counters as added."""
        self._newest[miner] = at_s, array("i", values)
        self._accepted += max(0, values[ACCEPTED])
        self._rejected += max(0, values[REJECTED])

    def forget(self, miner: int) -> None:
        """Leave out a miner that is watched no more."""
        self._newest.pop(miner, None)

    def due(self, now_s: int, watched: int) -> list[int] | None:
        """Return the values of FLEET_METRICS if it is time and anybody is watched."""
        if now_s < self._due_s or not (watched or self._newest):
            return None
        self._due_s = now_s - now_s % EVERY_S + EVERY_S
        fresh = [values for at_s, values in self._newest.values() if now_s - at_s <= FRESH_S]
        said = self._said(fresh, watched)
        self._accepted = self._rejected = 0
        return [metric.whole(said[metric.name]) for metric in FLEET_METRICS]

    def _said(self, fresh: Sequence[Sequence[int]], watched: int) -> dict[str, float | None]:
        hashrate, power = _sum(fresh, "hashrate_ghs"), _sum(fresh, "power_watts")
        chips = sorted(_known(fresh, "chip_temperature_celsius"))
        return {
            "hashrate_ghs": hashrate,
            "expected_hashrate_ghs": _sum(fresh, "expected_hashrate_ghs"),
            "power_watts": power,
            "efficiency_j_per_th": power * 1000 / hashrate if hashrate and power else None,
            "chip_temperature_p50_celsius": _rank(chips, 0.5),
            "chip_temperature_p95_celsius": _rank(chips, 0.95),
            "chip_temperature_max_celsius": _rank(chips, 1.0),
            "shares_accepted": self._accepted,
            "shares_rejected": self._rejected,
            "miners_online": len(fresh),
            "miners_watched": watched,
        }


def _known(fresh: Sequence[Sequence[int]], name: str) -> list[float]:
    place, scale = _PLACE[name], _SCALE[name]
    return [values[place] / scale for values in fresh if values[place] != NONE]


def _sum(fresh: Sequence[Sequence[int]], name: str) -> float | None:
    return sum(_known(fresh, name)) if fresh else None


def _rank(ordered: Sequence[float], part: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None
