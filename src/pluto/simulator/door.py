"""Where a miner listens: an address that opens and closes at once, so that `refused` is refused."""

import asyncio
import socket
from collections.abc import Callable
from typing import Final

BACKLOG: Final = 64


class AddressTaken(Exception):
    """Somebody else listens at this address, or it is none of this machine's."""


class Door:
    """A listening socket; clients can connect from the moment `open` returns."""

    def __init__(self, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._protocol = protocol
        self._socket: socket.socket | None = None
        self._opening: asyncio.Task[asyncio.Server] | None = None
        self._server: asyncio.Server | None = None

    @property
    def is_open(self) -> bool:
        """Return whether connections are accepted."""
        return self._socket is not None

    def open(self, address: str, port: int) -> int:
        """Listen at *address*; port 0 takes a free one. Returns the port; raises AddressTaken."""
        self.close()
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.setblocking(False)
            listening.bind((address, port))
            listening.listen(BACKLOG)
        except OSError as error:
            listening.close()
            raise AddressTaken(f"cannot listen at {address}:{port}: {error.strerror}") from error
        self._socket = listening
        self._opening = asyncio.get_running_loop().create_task(self._serve(listening), name=f"door {address}:{port}")
        return int(listening.getsockname()[1])

    def close(self) -> None:
        """Refuse connections from now on; those that are there stay. Harmless when closed."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def opened(self) -> None:
        """Wait until connections are not only accepted but served."""
        if self._opening is not None:
            await asyncio.wait((self._opening,))

    async def _serve(self, listening: socket.socket) -> asyncio.Server:
        server = await asyncio.get_running_loop().create_server(self._protocol, sock=listening, backlog=BACKLOG)
        if self._socket is listening:
            self._server = server
        else:
            server.close()
        return server
