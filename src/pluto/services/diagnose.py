"""How Pluto itself is, in one object: polls, loop, browsers, history, memory."""

import platform
from collections.abc import Callable

from pluto import __version__
from pluto.events.hub import Hub
from pluto.events.live import Live
from pluto.history.file import size_bytes
from pluto.history.recorder import Recorder
from pluto.metrics.exposition import Metrics
from pluto.metrics.itself import Histogram
from pluto.metrics.process import PROCESS
from pluto.model.json_value import JsonObject
from pluto.monitor.fleet import Fleet
from pluto.store.miners import MinerStore


class Diagnose:
    """Reads the figures that the parts keep of themselves."""

    def __init__(self, fleet: Fleet, store: MinerStore, metrics: Metrics, wall_s: Callable[[], float]) -> None:
        self._fleet = fleet
        self._store = store
        self._metrics = metrics
        self._wall_s = wall_s
        self._started_at = wall_s()

    def now(self, hub: Hub, live: Live, recorder: Recorder | None) -> JsonObject:
        """Return the figures of this moment; *recorder* is None where history is off."""
        polls = dict(self._metrics.itself.polls)
        done, up_s = sum(polls.values()), max(1.0, self._wall_s() - self._started_at)
        ok = polls.pop("ok")
        return {
            "version": __version__,
            "python": platform.python_version(),
            "started_at": self._started_at,
            "miners": {
                "imprinted": len(self._store),
                "watched": len(self._fleet),
                "online": self._metrics.totals.online,
            },
            "polls": {
                "per_second": round(done / up_s, 2),
                "in_flight": self._fleet.polls_in_flight,
                "ok": ok,
                "failed": dict(polls),
                "took_ms": _spread(self._metrics.itself.poll_duration),
                "late_ms": _spread(self._metrics.itself.poll_lateness),
            },
            "loop_lag_ms": round(self._metrics.itself.loop_lag.mean_s * 1000, 3),
            "browsers": max(hub.clients, live.clients),
            "live_topics": live.topics,
            "waiting_packets": hub.waiting,
            "dropped_packets": hub.replaced,
            "snapshots_for_slow_browsers": live.snapshots_instead,
            "history": _history(recorder),
            "memory_bytes": next((row.read() for row in PROCESS if row.name == "process_resident_memory_bytes"), None),
        }


def _spread(times: Histogram) -> JsonObject:
    """Return which bounds half, 95 % and all of *times* did not exceed, in milliseconds."""
    bounds_s = {"p50": times.quantile_s(0.5), "p95": times.quantile_s(0.95), "max": times.quantile_s(1.0)}
    return {name: None if bound_s is None else round(bound_s * 1000, 1) for name, bound_s in bounds_s.items()}


def _history(recorder: Recorder | None) -> JsonObject:
    if recorder is None:
        return {"is_on": False, "bytes": None, "waiting": 0, "dropped": 0, "last_write_at": None, "error": None}
    return {
        "is_on": True,
        "bytes": size_bytes(recorder.path),
        "waiting": recorder.waiting,
        "dropped": recorder.dropped,
        "last_write_at": recorder.last_write_s,
        "error": recorder.error,
    }
