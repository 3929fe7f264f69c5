"""Miners that cost little themselves: one listener for every address of 127/8, an answer for each that changes every second.

`python -m bench.fast_fleet PORT [--close] [--comment]`: `GET /count` on the address 127.0.0.1 tells how many requests and
connections there were. `--close` ends each connection after its answer, as NerdQAxe does; `--comment` puts the answer behind a
`#`, so that Prometheus can scrape the same bytes.
"""

import asyncio
import contextlib
import itertools
import json
import resource
import socket
import sys
from ipaddress import IPv4Address
from typing import Any, cast

import uvloop

FIRST = int(IPv4Address("127.50.0.1"))
CONTROL = "127.0.0.1"
GROUPS = 16
"""Miners of one group answer the same changing members in the same second."""


def address(index: int) -> str:
    """Return the address of miner *index*."""
    return str(IPv4Address(FIRST + index))


def mac(index: int) -> str:
    """Return the MAC of miner *index*."""
    return "02:50:" + index.to_bytes(4).hex(":")


def changing(second: int, group: int) -> bytes:
    """Return the members that change from answer to answer, as long as ever; *group* tells miners apart."""
    wave = (second * 7 + group * 13) % 97
    return (
        f'"power":{18.01 + wave / 200:.6f},"voltage":{5080 + wave / 7:.5f},"current":{12000 + wave:.4f},'
        f'"temp":{58 + wave / 30:.6f},'
        f'"vrTemp":{60 + wave % 9},"hashRate":{1040 + wave + wave / 97:.7f},"hashRate_1m":{1060 + wave / 3:.6f},'
        f'"hashRate_10m":{1070 + wave / 30:.6f},"hashRate_1h":{1071 + wave / 99:.6f},"errorPercentage":{0.2 + wave / 990:.6f},'
        f'"freeHeap":{8200000 + wave * 100},"freeHeapInternal":{104000 + wave},"freeHeapSpiram":{8140000 + wave * 99},'
        f'"coreVoltageActual":{1140 + wave % 9},"wifiRSSI":-{40 + wave % 9},"sharesAccepted":{1000000 + second // 3},'
        f'"uptimeSeconds":{1000000 + second},"responseTime":{180 + wave / 9:.6f},"fanspeed":{48 + wave / 99:.6f},'
        f'"fanrpm":{3900 + wave},'
    ).encode()


def lasting(index: int) -> bytes:
    """Return the other members of miner *index*: together they are what AxeOS 2.12 on a Gamma answers, about 2.3 kB."""
    fields: dict[str, Any] = {
        "temp2": -1, "maxPower": 40, "nominalVoltage": 5, "expectedHashrate": 1071, "bestDiff": 49224525,
        "bestSessionDiff": 2038368, "poolDifficulty": 1000, "isUsingFallbackStratum": 0, "poolAddrFamily": 2,
        "isPSRAMAvailable": 1, "coreVoltage": 1150, "frequency": 525, "ssid": "home",
        "macAddr": mac(index).upper(), "hostname": f"axe-{index}", "ipv4": address(index), "ipv6": "", "wifiStatus": "Connected!",
        "apEnabled": 0, "sharesRejected": 13, "sharesRejectedReasons": [{"message": "Stale", "count": 13}],
        "smallCoreCount": 2040, "ASICModel": "BM1370", "stratumURL": "public-pool.io", "fallbackStratumURL": "solo.ckpool.org",
        "stratumPort": 21496, "fallbackStratumPort": 3333, "stratumUser": "bc1qexample.worker",
        "fallbackStratumUser": "bc1qexample.worker", "stratumSuggestedDifficulty": 1000, "stratumExtranonceSubscribe": 0,
        "version": "v2.12.2", "axeOSVersion": "v2.12.2", "idfVersion": "v5.5.1", "boardVersion": "601",
        "resetReason": "Software reset via esp_restart", "runningPartition": "ota_0", "overheat_mode": 0, "overclockEnabled": 0,
        "display": "SSD1306 (128x32)", "rotation": 0, "invertscreen": 0, "displayTimeout": -1, "autofanspeed": 1,
        "manualFanSpeed": 100, "minFanSpeed": 25, "temptarget": 60, "fan2rpm": 0, "statsFrequency": 0, "blockFound": 0,
        "blockHeight": 961409, "scriptsig": "...public-pool.io...", "networkDifficulty": 146472570619930,
        "hashrateMonitor": {"asics": [{"total": 1072.2407, "domains": [273.58, 276.2, 268.48, 252.19], "errorCount": 1415}]},
        "filler": "x" * 420,
    }  # fmt: skip
    return json.dumps(fields).encode()[1:]


def info(index: int, second: int = 0) -> bytes:
    """Return what miner *index* answers at *second*."""
    return b"{" + changing(second, index % GROUPS) + lasting(index)


class Counter:
    """How often the fleet was asked."""

    def __init__(self) -> None:
        self.requests = 0
        self.connections = 0


class Answers:
    """What each miner answers: most of it made once, the rest once a second."""

    def __init__(self, *, closes: bool, is_comment: bool) -> None:
        kind = "text/plain; version=0.0.4" if is_comment else "application/json"
        self.closes = closes
        self._head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n" + ("Connection: close\r\n" if closes else "")
        self._before, self._behind = (b"# {", b"\nbench_body 1\n") if is_comment else (b"{", b"")
        self._lasting: dict[str, tuple[int, bytes, bytes]] = {}
        self._second = 0
        self._changing: list[bytes] = []

    def of(self, host: str) -> bytes:
        """Return the whole answer of the miner at *host*."""
        group, head, rest = self._lasting.get(host) or self._made(host)
        return b"".join((head, self._changing[group], rest))

    def turn(self, second: int) -> None:
        """Let time go on."""
        self._changing = [changing(second, group) for group in range(GROUPS)]

    def _made(self, host: str) -> tuple[int, bytes, bytes]:
        index = int(IPv4Address(host)) - FIRST
        rest = lasting(index) + self._behind
        size = len(self._before) + len(self._changing[0]) + len(rest)
        head = f"{self._head}Content-Length: {size}\r\n\r\n".encode() + self._before
        made = self._lasting[host] = (index % GROUPS, head, rest)
        return made


class Miner(asyncio.Protocol):
    """One connection to one miner."""

    def __init__(self, answers: Answers, counter: Counter) -> None:
        self._answers = answers
        self._counter = counter

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._host = transport.get_extra_info("sockname")[0]
        self._counter.connections += 1

    def data_received(self, data: bytes) -> None:
        if b"\r\n\r\n" not in data:
            return
        if self._host == CONTROL:
            body = json.dumps(vars(self._counter)).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            return
        self._counter.requests += 1
        self._transport.write(self._answers.of(self._host))
        if self._answers.closes:
            self._transport.close()


async def main(port: int, *, closes: bool, is_comment: bool) -> None:
    """Serve until ended."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    counter, answers = Counter(), Answers(closes=closes, is_comment=is_comment)
    turning = asyncio.create_task(_turn(answers))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with contextlib.suppress(PermissionError):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    listener.bind(("0.0.0.0", port))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Miner(answers, counter), sock=listener, backlog=4096)
    await asyncio.gather(server.serve_forever(), turning)


async def _turn(answers: Answers) -> None:
    for second in itertools.count():
        answers.turn(second)
        await asyncio.sleep(1)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), closes="--close" in sys.argv, is_comment="--comment" in sys.argv))
