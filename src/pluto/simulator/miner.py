"""One pretend miner: who it is, its stored and its running settings, its physics, and what was asked of it."""

import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from pluto.simulator.factory import factory_settings
from pluto.simulator.json_text import JsonObject
from pluto.simulator.physics import Halt, Physics, Tuning
from pluto.simulator.profiles import Family, Overheat, Profile

MAX_KEPT: Final = 4096
COOLING_S: Final = 30.0
DAY_S: Final = 86400.0


class Requests:
    """What one miner was asked: how often, when the info requests began (monotonic seconds), the newest request heads."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.info_started_s: deque[float] = deque(maxlen=MAX_KEPT)
        self.heads: deque[bytes] = deque(maxlen=20)

    @property
    def total(self) -> int:
        """Return the number of all requests."""
        return self.counts.total()

    def note(self, method: str, path: str, head: bytes) -> None:
        """Remember a request that has been read completely."""
        self.counts[f"{method} {path}" if len(self.counts) < MAX_KEPT else "other"] += 1
        self.heads.append(head)
        if path == "/api/system/info":
            self.info_started_s.append(time.monotonic())


class MinerState:
    """What a miner is, without its sockets; `now` brings the physics up to date."""

    def __init__(self, profile: Profile, name: str, mac: str, seed: int) -> None:
        self.profile = profile
        self.mac = mac
        self.seed = seed
        self.clock: Callable[[], float] = time.monotonic
        self.stored: JsonObject = factory_settings(profile, name)
        self.running: JsonObject = dict(self.stored)
        self.physics = Physics(profile.board, profile.nature, seed, self.clock())
        self.reset_reason = "Power-on reset"
        self.address = "127.0.0.1"
        self.settled: object = None
        self.otp_code: str | None = None
        self.otp_failures: deque[float] = deque(maxlen=5)
        self.otp_blocked_until_s = 0.0
        self.received: list[bytes] = []
        self.requests = Requests()
        self.is_identifying = False
        self.blocks_found = 0
        self.log_lines_per_s = 4.0

    @property
    def hostname(self) -> str:
        """Return what the miner calls itself."""
        return str(self.stored["hostname"])

    def age(self) -> None:
        """Have run for a while already, a few hours to ten days, so that a new fleet does not look new."""
        random = self.physics.random
        past_s = random.uniform(0.1, 10.0) * DAY_S
        self.physics.total_uptime_s = random.uniform(0.0, 200.0) * DAY_S
        self.physics.best_difficulty = random.uniform(1e6, 5e9)
        self.physics.restart(self.clock() - past_s)
        self.physics.tune(self.tuning(), self.clock() - past_s + 20.0)
        self.physics.advance(self.clock() - 600.0)
        self.now()

    def live_at(self, host: str) -> None:
        """Be reached at *host* from now on."""
        self.settled = None
        self.address = host

    def now(self) -> Physics:
        """Return the physics as it is at this moment; what got too hot takes the firmware's way out."""
        physics = self.physics
        physics.advance(self.clock())
        if physics.is_too_hot:
            self.overheat()
        return physics

    def keep(self, body: bytes) -> None:
        """Remember the body of a write, the newest MAX_KEPT of them."""
        self.received.append(body)
        del self.received[:-MAX_KEPT]

    def change(self, key: str, value: object, *, at_once: bool) -> None:
        """Store a setting; it acts now or at the next boot."""
        self.settled = None
        self.stored[key] = value  # type: ignore[assignment]  # callers pass what came out of JSON
        if at_once:
            self.running[key] = self.stored[key]

    def apply(self) -> None:
        """Hash and cool by the running settings from now on."""
        self.physics.tune(self.tuning(), self.clock())

    def boot(self) -> None:
        """Begin a session: what is stored runs, counters are zero."""
        self.settled = None
        self.running = dict(self.stored)
        self.physics.restart(self.clock())
        self.physics.tuning = self.tuning()

    def tuning(self) -> Tuning:
        """Return what the running settings say about frequency, voltage and fan."""
        running, key = self.running, _FAN_KEYS[self.profile.family]
        fan = "manualFanSpeed" if self.profile.family is Family.AXEOS and self.profile.is_at_least(2, 11) else key.fan
        return Tuning(
            frequency_mhz=_figure(running["frequency"]),
            core_voltage_mv=_figure(running["coreVoltage"]),
            is_fan_auto=bool(running["autofanspeed"]),
            fan_percent=_figure(running[fan]),
            min_fan_percent=_figure(running.get("minFanSpeed", 15)),
            target_celsius=_figure(running.get(key.target, 60)),
        )

    def overheat(self) -> None:
        """Do what this firmware does when the chip is too hot."""
        match self.profile.overheat:
            case Overheat.LATCH:
                for key, value in (
                    ("coreVoltage", 1000),
                    ("frequency", 50),
                    ("fanspeed", 100),
                    ("autofanspeed", 0),
                    ("overheat_mode", 1),
                ):
                    self.change(key, value, at_once=True)
                self.physics.is_too_hot = False
                self.physics.tuning = self.tuning()
            case Overheat.STEP_DOWN:
                for key, less in (("coreVoltage", 100), ("frequency", 100)):
                    self.change(key, max(50, _figure(self.stored[key]) - less), at_once=True)
                self.change("autofanspeed", 0, at_once=True)
                self.change("manualFanSpeed", 100, at_once=True)
                self.physics.tuning = self.tuning()
                self.physics.cool_for(COOLING_S)
            case Overheat.OFF:
                self.physics.is_too_hot = False
                self.physics.halt = Halt.SHUT_DOWN


class _FanKeys:
    def __init__(self, fan: str, target: str) -> None:
        self.fan = fan
        self.target = target


_FAN_KEYS: Final = {
    Family.AXEOS: _FanKeys("fanspeed", "temptarget"),
    Family.NERDQAXE: _FanKeys("manualFanSpeed", "pidTargetTemp"),
    Family.NMAXE: _FanKeys("fanspeed", "targetAsicTemp"),
}


def _figure(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
