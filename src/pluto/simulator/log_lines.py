"""What a miner writes to its log, line by line, and in which frames its firmware sends them."""

from collections.abc import Callable
from random import Random
from typing import Final, Protocol

from pluto.simulator.miner import MinerState
from pluto.simulator.profiles import Family, Profile

CHUNK_BYTES: Final = 4096
TICK_S: Final = 0.05
GREEN, YELLOW, RESET = "\x1b[0;32m", "\x1b[0;33m", "\x1b[0m"

Line = tuple[str, str, Callable[[MinerState, Random], str]]


class Listener(Protocol):
    """A client of the log socket."""

    def send_log(self, text: bytes) -> None:
        """Send one frame of log; it may be dropped."""


class Delay(Protocol):
    """The event loop's `call_later`."""

    def __call__(self, delay: float, callback: Callable[[], None], /) -> "Cancellable": ...


class Cancellable(Protocol):
    """A call that is due later."""

    def cancel(self) -> None: ...


class LogFeed:
    """The log of one miner: while somebody listens, it writes *log_lines_per_s* lines and sends them in the firmware's frames."""

    def __init__(self, miner: MinerState, later: Delay) -> None:
        self._miner = miner
        self._later = later
        self._listeners: list[Listener] = []
        self._timer: Cancellable | None = None
        self._random = Random(miner.seed)  # noqa: S311 - nothing here is a secret
        self._owed_lines = 0.0
        self._rest = b""

    def add(self, listener: Listener) -> bool:
        """Give *listener* a slot; on firmware with one slot it takes the stream from the older one. False: no slot left."""
        slots = self._miner.profile.log_slots
        if slots == 1:
            self._listeners.clear()
        elif len(self._listeners) >= slots:
            return False
        self._listeners.append(listener)
        if self._timer is None:
            self._owed_lines = 1.0
            self._timer = self._later(0.0, self._tick)
        return True

    def remove(self, listener: Listener) -> None:
        """Take the slot back; harmless when it has none."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def stop(self) -> None:
        """Forget everybody, as a reboot does."""
        self._listeners.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        if not self._listeners:
            self._timer = None
            return
        lines = int(self._owed_lines)
        pause_s = max(TICK_S, 1.0 / max(0.01, self._miner.log_lines_per_s))
        self._owed_lines += pause_s * self._miner.log_lines_per_s - lines
        text = [log_line(self._miner, self._random).encode() for _ in range(lines)]
        for sent in self._framed(text):
            for listener in tuple(self._listeners):
                listener.send_log(sent)
        self._timer = self._later(pause_s, self._tick)

    def _framed(self, lines: list[bytes]) -> list[bytes]:
        profile = self._miner.profile
        if profile.family is not Family.AXEOS or not profile.is_at_least(2, 14):
            return lines
        waiting = self._rest + b"".join(lines)
        frames = [waiting[start : start + CHUNK_BYTES] for start in range(0, len(waiting), CHUNK_BYTES)]
        self._rest = b""
        if frames and self._random.random() < 0.5:
            # the ring buffer is drained while a line is being written: its rest comes with the next frame
            cut = self._random.randrange(1, len(frames[-1]) + 1)
            frames[-1], self._rest = frames[-1][:cut], frames[-1][cut:]
        return frames


def log_line(miner: MinerState, random: Random) -> str:
    """Return one line with its newline, coloured where the firmware colours."""
    level, tag, text = random.choice(_lines(miner.profile))
    plain = f"{level} ({int(miner.now().uptime_s * 1000)}) {tag}: {text(miner, random)}"
    if miner.profile.family is not Family.AXEOS or tag == "wifi":
        return plain + "\n"
    return f"{YELLOW if level == 'W' else GREEN}{plain}{RESET}\n"


def _lines(profile: Profile) -> tuple[Line, ...]:
    return _NERDQAXE if profile.family is Family.NERDQAXE else _AXEOS


def _nonce(_: MinerState, random: Random) -> str:
    ticket = random.uniform(256, 4000)
    version, nonce = random.getrandbits(16), random.getrandbits(32)
    return f"ID: BM1370, ASIC nr: 0, ver: 0x2000{version:04X} Nonce {nonce:08X} diff {ticket:.1f} of 1000."


def _accepted(_: MinerState, random: Random) -> str:
    return f'rx: {{"result":true,"error":null,"id":{random.randrange(10, 99999)}}}'


def _notify(_: MinerState, random: Random) -> str:
    coinbase = f"{random.getrandbits(4000):x}"
    return f'rx: {{"id":null,"method":"mining.notify","params":["{random.getrandbits(32):x}","{coinbase}",[],"20000000",true]}}'


def _authorize(miner: MinerState, _: Random) -> str:
    running = miner.running
    user, password = running["stratumUser"], running["stratumPassword"]
    return f'tx: {{"id":3,"method":"mining.authorize","params":["{user}","{password}"]}}'


def _fan(miner: MinerState, _: Random) -> str:
    physics = miner.physics
    now, goal = physics.temperature_celsius, physics.tuning.target_celsius
    return f"Temp: {now:.1f}°C, SetPoint: {goal:.1f}°C, Output: {physics.fan_percent:.1f}%"


def _vin(miner: MinerState, _: Random) -> str:
    physics = miner.physics
    return (
        f"vin: {physics.input_voltage_mv / 1000:.2f}, iin: {physics.input_current_ma / 1000:.2f}, "
        f"pin: {physics.power_watts:.2f}, vr-temp: {physics.vr_temperature_celsius:.2f}"
    )


def _chips(miner: MinerState, _: Random) -> str:
    return "chip temperatures: " + " / ".join(["0.00°C"] * miner.profile.board.chips)


_AXEOS: Final[tuple[Line, ...]] = (
    ("I", "asic_result", _nonce),
    ("I", "bm1370Module", _nonce),
    ("I", "stratum_task", _accepted),
    ("I", "stratum_task", lambda miner, random: "message result accepted"),
    ("I", "stratum_api", _notify),
    ("I", "stratum_api", _authorize),
    ("I", "fan_controller", _fan),
    ("I", "wifi", lambda miner, random: f"<ba-add>idx:{random.randrange(4)} (ifx:0), tid:0, ssn:2, winSize:64"),
    ("W", "stratum_task", lambda miner, random: "message result rejected: Above target"),
)
_NERDQAXE: Final[tuple[Line, ...]] = (
    ("I", "ping task", lambda miner, random: f"64 bytes from 192.0.2.53: icmp_seq=1 ttl=55 time={random.randrange(8, 90)} ms"),
    ("I", "power_management", _vin),
    ("I", "power_management", _chips),
    ("I", "emc2302", lambda miner, random: f"fan speed: {miner.physics.fan_rpm}RPM"),
    ("I", "stratum task (Pri)", _accepted),
    ("I", "stratum task (Pri)", _authorize),
    ("I", "http_cors", lambda miner, random: "No Origin header found, assuming direct same-client access."),
    ("I", "asic_result", _nonce),
)
