"""One TCP connection to a miner: reads requests, sends answers, plays faults, turns into a log socket."""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Final, Protocol, cast

from pluto.simulator import routes
from pluto.simulator.fault import Answer, End, Fault, Parameters, Step, Wait
from pluto.simulator.http import BadHead, Reply, Request, read_head, refusal, render_body, render_head
from pluto.simulator.log_lines import LogFeed
from pluto.simulator.miner import MinerState
from pluto.simulator.websocket import BadFrame, Opcode, frame, handshake, read_frames

MAX_HEAD_BYTES: Final = 16384
MAX_WAITING_LOG_BYTES: Final = 256 * 1024
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class House(Protocol):
    """The miner a connection leads to, as far as a connection needs it."""

    state: MinerState
    logs: LogFeed
    served: routes.Served
    is_deaf: bool

    @property
    def fault_now(self) -> tuple[Fault, Parameters] | None: ...
    def arrived(self, connection: "Connection") -> bool: ...
    def used(self, connection: "Connection") -> None: ...
    def left(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    """A connection: one request at a time, in order."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._script: Iterator[Step] | None = None
        self._timer: asyncio.Handle | None = None
        self._is_paused = False
        self._is_socket = False
        self._is_waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; where the firmware has no socket left, wait unread until one is free."""
        self._transport = cast("asyncio.Transport", transport)  # a TCP server's transport reads and writes
        self._is_waiting = not self._house.arrived(self)
        if self._is_waiting or self._house.is_deaf:
            self._transport.pause_reading()
        fault = self._house.fault_now
        if fault is not None and fault[0].greeting is not None:
            self._start(fault[0].greeting(), None)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; nothing of this connection goes on."""
        self._stop_script()
        self._transport = None
        self._house.logs.remove(self)
        self._house.left(self)

    def begin(self) -> None:
        """Read at last: a socket has become free."""
        if self._is_waiting and self._transport is not None:
            self._is_waiting = False
            self._transport.resume_reading()

    def hear(self, *, is_deaf: bool) -> None:
        """Stop or go on reading."""
        if self._transport is not None and not self._is_waiting:
            if is_deaf:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def drop(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def pause_writing(self) -> None:
        """Hold the script: the client does not read."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """Go on with the script."""
        self._is_paused = False
        if self._script is not None and self._timer is None:
            # not at once: asyncio calls this in the middle of a write, where closing would end the connection twice
            self._timer = asyncio.get_running_loop().call_soon(self._play)

    def data_received(self, data: bytes) -> None:
        """Take what came and answer every request that is complete."""
        self._buffer += data
        if self._is_socket:
            self._read_frames()
        else:
            self._serve()

    def send_log(self, text: bytes) -> None:
        """Send one frame of log; dropped when the client reads too slowly."""
        if self._transport is not None and self._transport.get_write_buffer_size() < MAX_WAITING_LOG_BYTES:
            self._transport.write(frame(Opcode.TEXT, text))

    def _serve(self) -> None:
        while self._script is None and self._transport is not None and not self._is_socket and not self._transport.is_closing():
            try:
                request = self._next_request()
            except BadHead as error:
                self._send(error.reply)
                return
            if request is None:
                return
            self._house.used(self)
            self._house.state.requests.note(request.method, request.path, request.head)
            self._answer(request)

    def _next_request(self) -> Request | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise BadHead(refusal("431 Request Header Fields Too Large", "Header fields are too long", closes=True))
            return None
        head = bytes(self._buffer[:end])
        method, target, headers = read_head(head, self._house.state.profile.max_header_bytes)
        size = _content_length(headers)
        if len(self._buffer) < end + 4 + size:
            return None
        body = bytes(self._buffer[end + 4 : end + 4 + size])
        del self._buffer[: end + 4 + size]
        return Request(method, target.partition("?")[0], headers, body, head)

    def _answer(self, request: Request) -> None:
        state, transport = self._house.state, self._transport
        if transport is None:
            return
        if request.body and request.method != "GET":
            state.keep(request.body)
        if request.path == state.profile.log_path and request.headers.get("upgrade", "").lower() == "websocket":
            self._open_socket(request, transport)
            return
        fault = self._house.fault_now
        if fault is not None and not _is_meant(request, fault[1]):
            fault = None
        self._send(routes.answer(self._house.served, request), fault)

    def _send(self, reply: Reply, fault: tuple[Fault, Parameters] | None = None) -> None:
        transport = self._transport
        if transport is None:
            return
        body = reply.body
        if fault is not None and reply.is_info:
            body = _spoiled(self._house.state, body, *fault)
        head = render_head(reply, body)
        framed = render_body(reply, body)
        if fault is not None and fault[0].script is not None:
            self._start(fault[0].script(Answer(head, framed, body), fault[1]), reply.then)
            return
        transport.write(head + framed)
        if reply.closes:
            transport.close()
        if reply.then is not None:
            reply.then()

    def _start(self, script: Iterator[Step], then: Callable[[], None] | None) -> None:
        self._script = script
        self._play()
        if then is not None:
            then()

    def _play(self) -> None:
        self._timer = None
        while self._script is not None and not self._is_paused:
            step = next(self._script, None)
            match step:
                case None:
                    self._script = None
                    self._serve()
                case bytes():
                    self._write(step)
                case Wait(seconds):
                    self._timer = asyncio.get_running_loop().call_later(seconds, self._play)
                    return
                case End():
                    self._end(step)
                    return

    def _write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            self._script = None
        else:
            self._transport.write(data)

    def _end(self, end: End) -> None:
        transport = self._transport
        if transport is None or end is End.HOLD:
            return  # the script stays: nothing further is answered on this connection
        self._script = None
        if end is End.HALF:
            transport.write_eof()
        elif end is End.RESET:
            with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as raw:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            transport.abort()
        else:
            transport.close()

    def _stop_script(self) -> None:
        self._script = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _open_socket(self, request: Request, transport: asyncio.Transport) -> None:
        fault = self._house.fault_now
        if fault is not None and fault[0].socket is not None:
            self._start(fault[0].socket(request.headers.get("sec-websocket-key", "")), None)
            return
        profile = self._house.state.profile
        is_free = self._house.logs.add(self)
        if not is_free and profile.is_at_least(2, 15):
            self._send(refusal("429 Too Many Requests", "Max WebSocket clients reached"))
            return
        transport.write(handshake(request.headers.get("sec-websocket-key", "")))
        if not is_free:
            # before 2.15 the refusal comes after the handshake: no frame, a protocol error for the client
            self._send(refusal("429 Too Many Requests", "Max WebSocket clients reached", closes=True))
            return
        self._is_socket = True
        self._read_frames()

    def _read_frames(self) -> None:
        transport = self._transport
        try:
            for found in read_frames(self._buffer):
                if transport is None or transport.is_closing():
                    return
                if found.opcode == Opcode.PING:
                    transport.write(frame(Opcode.PONG, found.payload))
                elif found.opcode == Opcode.CLOSE:
                    transport.write(frame(Opcode.CLOSE, found.payload[:2]))
                    transport.close()
                elif found.opcode == Opcode.TEXT and not found.payload:
                    self._unsubscribe()
        except BadFrame:
            self.drop()

    def _unsubscribe(self) -> None:
        """An empty message ends the stream without a close on 2.10 to 2.13."""
        profile = self._house.state.profile
        if profile.is_at_least(2, 10) and not profile.is_at_least(2, 14):
            self._house.logs.remove(self)


def _content_length(headers: dict[str, str]) -> int:
    length = headers.get("content-length", "0")
    return min(int(length), 1 << 20) if length.isdigit() else 0


def _is_meant(request: Request, parameters: Parameters) -> bool:
    match parameters.get("only"):
        case "info":
            return request.path == routes.INFO_PATH
        case "write":
            return request.method != "GET"
        case _:
            return True


def _spoiled(state: MinerState, body: bytes, fault: Fault, parameters: Parameters) -> bytes:
    if fault.change is not None:
        changed = fault.change(routes.system_info(state), parameters)
        body = routes.written(state.profile, changed).encode()
    return body if fault.spoil is None else fault.spoil(body, parameters)
