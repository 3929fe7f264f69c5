"""Miners that cost little themselves: one listener for every address of 127/8, a fixed answer for each.

`python -m bench.fast_fleet PORT [--close] [--comment]`: `GET /count` on the address 127.0.0.1 tells how many requests and
connections there were. `--close` ends each connection after its answer, as NerdQAxe does; `--comment` puts the answer behind a
`#`, so that Prometheus can scrape the same bytes.
"""

import asyncio
import contextlib
import json
import resource
import socket
import sys
from ipaddress import IPv4Address
from typing import Any, cast

import uvloop

FIRST = int(IPv4Address("127.50.0.1"))
CONTROL = "127.0.0.1"


def address(index: int) -> str:
    """Return the address of miner *index*."""
    return str(IPv4Address(FIRST + index))


def mac(index: int) -> str:
    """Return the MAC of miner *index*."""
    return "02:50:" + index.to_bytes(4).hex(":")


def info(index: int) -> bytes:
    """Return what miner *index* answers: the fields of AxeOS 2.12 on a Gamma, about 2.2 kB."""
    fields: dict[str, Any] = {
        "power": 18.63, "voltage": 5093.75, "current": 12015.625, "temp": 60.125, "temp2": -1, "vrTemp": 62, "maxPower": 40,
        "nominalVoltage": 5, "hashRate": 1072.24 + index % 7, "hashRate_1m": 1088.93, "hashRate_10m": 1072.32,
        "hashRate_1h": 1071.87, "expectedHashrate": 1071, "errorPercentage": 0.2812, "bestDiff": 49224525,
        "bestSessionDiff": 2038368, "poolDifficulty": 1000,
        "isUsingFallbackStratum": 0, "poolAddrFamily": 2, "isPSRAMAvailable": 1, "freeHeap": 8212708, "freeHeapInternal": 104027,
        "freeHeapSpiram": 8140652, "coreVoltage": 1150, "coreVoltageActual": 1144, "frequency": 525, "ssid": "home",
        "macAddr": mac(index).upper(), "hostname": f"axe-{index}", "ipv4": address(index), "ipv6": "", "wifiStatus": "Connected!",
        "wifiRSSI": -44, "apEnabled": 0, "sharesAccepted": 4768, "sharesRejected": 13,
        "sharesRejectedReasons": [{"message": "Stale", "count": 13}], "uptimeSeconds": 18574, "smallCoreCount": 2040,
        "ASICModel": "BM1370", "stratumURL": "public-pool.io", "fallbackStratumURL": "solo.ckpool.org", "stratumPort": 21496,
        "fallbackStratumPort": 3333, "stratumUser": "bc1qexample.worker", "fallbackStratumUser": "bc1qexample.worker",
        "stratumSuggestedDifficulty": 1000, "stratumExtranonceSubscribe": 0, "responseTime": 188.482, "version": "v2.12.2",
        "axeOSVersion": "v2.12.2", "idfVersion": "v5.5.1", "boardVersion": "601", "resetReason": "Software reset via esp_restart",
        "runningPartition": "ota_0", "overheat_mode": 0, "overclockEnabled": 0, "display": "SSD1306 (128x32)", "rotation": 0,
        "invertscreen": 0, "displayTimeout": -1, "autofanspeed": 1, "fanspeed": 48.4200668, "manualFanSpeed": 100,
        "minFanSpeed": 25,
        "temptarget": 60, "fanrpm": 3915, "fan2rpm": 0, "statsFrequency": 0, "blockFound": 0, "blockHeight": 961409,
        "scriptsig": "...public-pool.io...", "networkDifficulty": 146472570619930,
        "hashrateMonitor": {"asics": [{"total": 1072.2407, "domains": [273.58, 276.2, 268.48, 252.19], "errorCount": 1415}]},
        "filler": "x" * 420,
    }  # fmt: skip
    return json.dumps(fields).encode()


class Counter:
    """How often the fleet was asked."""

    def __init__(self) -> None:
        self.requests = 0
        self.connections = 0


class Miner(asyncio.Protocol):
    """One connection to one miner."""

    def __init__(self, answers: dict[str, bytes], counter: Counter, *, closes: bool, is_comment: bool) -> None:
        self._answers = answers
        self._counter = counter
        self._closes = closes
        self._is_comment = is_comment
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._host = transport.get_extra_info("sockname")[0]
        self._counter.connections += 1

    def data_received(self, data: bytes) -> None:
        if b"\r\n\r\n" not in data:
            return
        if self._host == CONTROL:
            self._transport.write(_answer(json.dumps(vars(self._counter)).encode(), closes=False))
            return
        self._counter.requests += 1
        self._transport.write(self._answers.get(self._host) or self._made())
        if self._closes:
            self._transport.close()

    def _made(self) -> bytes:
        body = info(int(IPv4Address(self._host)) - FIRST)
        if self._is_comment:
            body = b"# " + body + b"\nbench_body 1\n"
        answer = self._answers[self._host] = _answer(body, closes=self._closes, is_comment=self._is_comment)
        return answer


def _answer(body: bytes, *, closes: bool, is_comment: bool = False) -> bytes:
    kind = "text/plain; version=0.0.4" if is_comment else "application/json"
    end = "Connection: close\r\n" if closes else ""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{end}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def main(port: int, *, closes: bool, is_comment: bool) -> None:
    """Serve until ended."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    counter, answers = Counter(), dict[str, bytes]()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with contextlib.suppress(PermissionError):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    listener.bind(("0.0.0.0", port))
    loop = asyncio.get_running_loop()
    make = lambda: Miner(answers, counter, closes=closes, is_comment=is_comment)  # noqa: E731
    server = await loop.create_server(make, sock=listener, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), closes="--close" in sys.argv, is_comment="--comment" in sys.argv))
