"""A pretend miner with its sockets: what a test or the control route can do to it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from pluto.simulator.connection import Connection
from pluto.simulator.door import Door
from pluto.simulator.fault import Act, Fault, Parameters
from pluto.simulator.faults import FAULTS
from pluto.simulator.json_text import Json, JsonObject
from pluto.simulator.log_lines import LogFeed
from pluto.simulator.miner import MinerState, Requests
from pluto.simulator.profiles import Profile
from pluto.simulator.routes import Served

RESTART_DELAY_S: Final = 1.0
DEFAULT_PORT: Final = 80
TOO_HOT_CELSIUS: Final = 90.0


class NoSuchFault(Exception):
    """There is no fault of this name, or it has no such parameter."""


class SimulatedMiner:
    """One miner of a fleet. All its methods act at once; the sockets follow within the same turn of the loop."""

    def __init__(self, state: MinerState, address: str, port: int, boot_s: float) -> None:
        self.state = state
        self.fault_name: str | None = None
        self.fault_now: tuple[Fault, Parameters] | None = None
        self.is_deaf = False
        self.boot_s = boot_s
        self.restart_delay_s = min(RESTART_DELAY_S, boot_s)
        self.logs = LogFeed(state, asyncio.get_running_loop().call_later)
        self.served = Served(state, self._restart_soon)
        self._address = address
        self._port = port
        self._door = Door(lambda: Connection(self))
        self._connections: dict[Connection, None] = {}
        self._waiting: list[Connection] = []
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._lines_before_flood = state.log_lines_per_s

    @property
    def mac(self) -> str:
        """Return the MAC as the miner spells it: upper case, colons."""
        return self.state.mac

    @property
    def host(self) -> str:
        """Return where it is reached: `ip`, or `ip:port` where the port is not 80."""
        return self._address if self._port == DEFAULT_PORT else f"{self._address}:{self._port}"

    @property
    def port(self) -> int:
        """Return the port it listens at."""
        return self._port

    @property
    def hostname(self) -> str:
        """Return what it calls itself."""
        return self.state.hostname

    @property
    def profile(self) -> Profile:
        """Return which firmware runs on which board."""
        return self.state.profile

    @property
    def settings(self) -> JsonObject:
        """Return what is stored, by the firmware's keys; what runs is in `running`."""
        return self.state.stored

    @property
    def running(self) -> JsonObject:
        """Return the settings that act since the last boot."""
        return self.state.running

    @property
    def received(self) -> list[bytes]:
        """Return the bodies of all writes that arrived, oldest first, as they came."""
        return self.state.received

    @property
    def requests(self) -> Requests:
        """Return what was asked of it."""
        return self.state.requests

    @property
    def open_connections(self) -> int:
        """Return how many TCP connections it has, log sockets included."""
        return len(self._connections) + len(self._waiting)

    @property
    def is_listening(self) -> bool:
        """Return whether connections are accepted."""
        return self._door.is_open

    def open(self) -> None:
        """Listen; raises AddressTaken."""
        self._port = self._door.open(self._address, self._port)
        self.state.live_at(self.host)

    async def opened(self) -> None:
        """Wait until requests are served."""
        await self._door.opened()

    def close(self) -> None:
        """Stop for good: no socket, no timer is left."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._shut()

    def fault(self, name: str, **parameters: Json) -> None:
        """Have the fault *name* from now on, instead of the one before; raises NoSuchFault."""
        row = FAULTS.get(name)
        if row is None:
            raise NoSuchFault(f"no fault {name!r}; there are: {', '.join(FAULTS)}")
        try:
            chosen = row.parameters(parameters)
        except KeyError as error:
            raise NoSuchFault(f"{name}: {error.args[0]}") from error
        self.heal()
        self.fault_name = name
        self.fault_now = (row, chosen)
        if row.greeting is not None:
            for connection in tuple(self._connections):
                connection.drop()  # it strikes at the door
        if row.act is not None:
            self._act(row.act, chosen)

    def heal(self) -> None:
        """Be healthy again at once; settings that a fault has changed stay, and so does a new address."""
        self.fault_name = self.fault_now = None
        self._cancel("flap")
        self._hear(is_deaf=False)
        self.state.log_lines_per_s = self._lines_before_flood
        if not self._door.is_open and "boot" not in self._timers:
            self._reopen()

    def restart(self, down_s: float | None = None) -> None:
        """Drop every connection, refuse new ones for *down_s* (default: the fleet's boot time), then boot."""
        self._shut()
        self._cancel("boot")
        self._after("boot", self.boot_s if down_s is None else down_s, self._boot)

    def move(self, host: str) -> None:
        """Live at *host* (`ip` or `ip:port`; without a port: the same) from now on; raises AddressTaken, then nothing changed."""
        address, _, port = host.partition(":")
        new = Door(lambda: Connection(self))
        opened_port = new.open(address, int(port) if port else self._port)
        self._shut()
        self._door, self._address, self._port = new, address, opened_port
        self.state.live_at(self.host)

    def arrived(self, connection: Connection) -> bool:
        """Count a new connection in; False: the firmware has no socket left for it now."""
        profile = self.state.profile
        if len(self._connections) >= profile.sockets:
            if not profile.evicts_oldest:
                self._waiting.append(connection)
                return False
            next(iter(self._connections)).drop()
        self._connections[connection] = None
        return True

    def used(self, connection: Connection) -> None:
        """Note that *connection* is the most recently used one."""
        if len(self._connections) > 1 and connection in self._connections:
            del self._connections[connection]
            self._connections[connection] = None

    def left(self, connection: Connection) -> None:
        """Count a connection out; one that waited gets its socket."""
        self._connections.pop(connection, None)
        if connection in self._waiting:
            self._waiting.remove(connection)
        elif self._waiting and len(self._connections) < self.state.profile.sockets:
            waiting = self._waiting.pop(0)
            self._connections[waiting] = None
            waiting.begin()

    def _act(self, act: Act, parameters: Parameters) -> None:
        match act:
            case Act.REFUSE:
                self._shut()
            case Act.MOVE:
                self.move(str(parameters["host"]))
            case Act.REBOOT:
                self.restart(_seconds(parameters, "seconds"))
            case Act.OVERHEAT:
                self.state.now().heat_to(TOO_HOT_CELSIUS)
                self.state.now()
            case Act.DEAF:
                self._hear(is_deaf=True)
            case Act.FLOOD:
                self.state.log_lines_per_s = _seconds(parameters, "rate")
            case Act.FLAP:
                self._flap(_seconds(parameters, "seconds"))

    def _hear(self, *, is_deaf: bool) -> None:
        self.is_deaf = is_deaf
        for connection in tuple(self._connections):
            connection.hear(is_deaf=is_deaf)

    def _flap(self, every_s: float) -> None:
        if self._door.is_open:
            self._shut()
        else:
            self._reopen()
        self._after("flap", every_s, lambda: self._flap(every_s))

    def _restart_soon(self) -> None:
        """Restart as the firmware does: it sleeps a second in the handler, then resets."""
        self._after("restart", self.restart_delay_s, self.restart)

    def _boot(self) -> None:
        self.state.boot()
        if self.fault_now is None or self.fault_now[0].act is not Act.REFUSE:
            self._reopen()
        if self.fault_name == "reboot":
            self.fault_name = self.fault_now = None

    def _reopen(self) -> None:
        self._port = self._door.open(self._address, self._port)

    def _shut(self) -> None:
        self._door.close()
        self.logs.stop()
        for connection in (*self._connections, *self._waiting):
            connection.drop()

    def _after(self, name: str, delay_s: float, call: Callable[[], None]) -> None:
        self._cancel(name)

        def due() -> None:
            del self._timers[name]
            call()

        self._timers[name] = asyncio.get_running_loop().call_later(delay_s, due)

    def _cancel(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()


def _seconds(parameters: Mapping[str, Json], name: str) -> float:
    value = parameters[name]
    return float(value) if isinstance(value, int | float) else 0.0
