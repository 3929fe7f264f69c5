"""What can go wrong with a miner, by name: a row each. Adding a fault is adding a row."""

import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from itertools import repeat
from typing import Final

import msgspec

from pluto.simulator.json_text import Json, JsonObject

Parameters = Mapping[str, Json]


class Wait(msgspec.Struct, frozen=True):
    """A pause of *seconds* before the next step."""

    seconds: float


class End(Enum):
    """How a script ends the exchange; without one the connection lives on."""

    CLOSE = "close"
    RESET = "reset"
    HOLD = "hold"


class Act(Enum):
    """What a fault does to the miner itself, besides or instead of its answers."""

    REFUSE = "refuse"
    MOVE = "move"
    REBOOT = "reboot"
    OVERHEAT = "overheat"
    DEAF = "deaf"
    FLOOD = "flood"


Step = bytes | Wait | End


class Answer(msgspec.Struct, frozen=True):
    """The healthy answer as it would go out."""

    head: bytes
    body: bytes


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: what it is, its parameters with their defaults, and where it strikes.

    *change* alters the info object, *spoil* its text, *script* takes over the exchange, *act* happens to the miner.
    """

    description: str
    defaults: Mapping[str, Json] = {}
    change: Callable[[JsonObject, Parameters], JsonObject] | None = None
    spoil: Callable[[bytes, Parameters], bytes] | None = None
    script: Callable[[Answer, Parameters], Iterator[Step]] | None = None
    act: Act | None = None

    def parameters(self, given: Parameters) -> Parameters:
        """Return the defaults with *given* over them; raises KeyError for a name this fault does not have."""
        known: dict[str, Json] = dict(self.defaults) if self.script is None else {"only": "", **self.defaults}
        for name in given:
            if name not in known:
                raise KeyError(f"no parameter {name!r}; there are: {', '.join(known) or 'none'}")
        return {**known, **given}


SECRET: Final = "planted-secret-hunter2"  # noqa: S105 - known on purpose: tests look for it where it must not be
SECRET_KEYS: Final[tuple[str, ...]] = (
    "wifiPass", "stratumPassword", "fallback_stratum_password", "PWD", "api-token", "otpSecret", "Wi_Fi_PSK", "authKey",
)  # fmt: skip
HOSTILE_NAME: Final = '../../etc/<img src=x onerror=alert(1)>\x1b[31m%s{0}\u202e"\n;'
BIG_CHUNK: Final = b"x" * 65536


def _number(parameters: Parameters, name: str) -> float:
    value = parameters[name]
    return float(value) if isinstance(value, int | float) else 0.0


def _replaced(info: JsonObject, change: Callable[[str, Json], Json]) -> JsonObject:
    """Return *info* with *change* made to every member that is no object, at any depth."""
    return {key: _replaced(value, change) if isinstance(value, dict) else change(key, value) for key, value in info.items()}


def _setting(keys: tuple[str, ...], value: Callable[[Json], Json]) -> Callable[[JsonObject, Parameters], JsonObject]:
    return lambda info, _: _replaced(info, lambda key, old: value(old) if key in keys else old)


def _wrong_mac(info: JsonObject, parameters: Parameters) -> JsonObject:
    return info | {"macAddr": parameters["mac"]}


def _no_mac(info: JsonObject, _: Parameters) -> JsonObject:
    return {key: value for key, value in info.items() if key not in ("macAddr", "mac")}


def _renamed(info: JsonObject, parameters: Parameters) -> JsonObject:
    return _named(info, str(parameters["hostname"]))


def _long_name(info: JsonObject, parameters: Parameters) -> JsonObject:
    return _named(info, "bitaxe-" + "n" * int(_number(parameters, "length")))


def _hostile_name(info: JsonObject, _: Parameters) -> JsonObject:
    return _named(info, HOSTILE_NAME)


def _named(info: JsonObject, name: str) -> JsonObject:
    return _replaced(info, lambda key, old: name if key in ("hostname", "hostName") else old)


def _scaled(old: Json, factor: float) -> Json:
    return old * factor if isinstance(old, int | float) else old


def _glitch(info: JsonObject, parameters: Parameters) -> JsonObject:
    factor = _number(parameters, "factor")
    return _replaced(info, lambda key, old: _scaled(old, factor) if key == "hashRate" else old)


def _wrong_type(old: Json) -> Json:
    match old:
        case bool():
            return "yes"
        case int() | float():
            return {"value": old}
        case str():
            return 7
        case _:
            return "none"


def _wrong_types(info: JsonObject, _: Parameters) -> JsonObject:
    return _replaced(info, lambda key, old: old if key in ("macAddr", "ASICModel") else _wrong_type(old))


def _many_keys(info: JsonObject, parameters: Parameters) -> JsonObject:
    return info | {f"extra{number}": number for number in range(int(_number(parameters, "count")))}


def _secrets(info: JsonObject, _: Parameters) -> JsonObject:
    planted: JsonObject = dict.fromkeys(SECRET_KEYS, SECRET)
    deep: list[Json] = [planted]
    return {**info, **planted, "planted": {"inner": deep}}


def _spelled(spelling: bytes) -> Callable[[bytes, Parameters], bytes]:
    """Write *spelling* for the hash rate: JSON's grammar does not know it, or floats do not hold it."""
    return lambda body, _: _HASHRATE.sub(rb"\g<1>" + spelling, body)


_HASHRATE: Final = re.compile(rb'("(?:hashRate|power|temp)":\s*)-?[0-9.eE+-]+')


def _deep(body: bytes, parameters: Parameters) -> bytes:
    depth = int(_number(parameters, "depth"))
    return _with_member(body, b'"deep":' + b"[" * depth + b"]" * depth)


def _with_member(body: bytes, member: bytes) -> bytes:
    return body[: body.rindex(b"}")] + b"," + member + b"}"


def _duplicates(body: bytes, _: Parameters) -> bytes:
    return _with_member(body, b'"hashRate":1,"hashrate":2,"HASHRATE":3,"power":-1,"macAddr":"02:FF:FF:FF:FF:FF","hashRate":"4"')


def _bad_utf8(body: bytes, _: Parameters) -> bytes:
    return _with_member(body, b'"hostname":"bit\xff\xfe\xc3(axe"')


def _trailing(body: bytes, _: Parameters) -> bytes:
    return body + b'\r\n{"and":"more"}'


def _array(body: bytes, _: Parameters) -> bytes:
    return b"[" + body + b"]"


def _instead(text: bytes) -> Callable[[bytes, Parameters], bytes]:
    return lambda body, _: text


def _head(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def _hang(_: Answer, __: Parameters) -> Iterator[Step]:
    yield End.HOLD


def _slow(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    yield Wait(_number(parameters, "seconds"))
    yield answer.head + answer.body


def _slow_body(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    yield answer.head
    yield Wait(_number(parameters, "seconds"))
    yield answer.body


def _drip(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    for byte in answer.head + answer.body:
        yield bytes((byte,))
        yield Wait(_number(parameters, "seconds"))


def _garbage(_: Answer, __: Parameters) -> Iterator[Step]:
    yield bytes(range(256)) * 4
    yield End.CLOSE


def _huge(_: Answer, parameters: Parameters) -> Iterator[Step]:
    yield _head("200 OK", "Content-Type: application/json", "Connection: close") + b'{"hostname":"'
    yield from repeat(BIG_CHUNK, int(_number(parameters, "mebibytes") * 16))
    yield End.CLOSE


def _huge_length(_: Answer, __: Parameters) -> Iterator[Step]:
    yield _head("200 OK", "Content-Type: application/json", "Content-Length: 99999999999") + b"{"
    yield End.HOLD


def _huge_header(_: Answer, parameters: Parameters) -> Iterator[Step]:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    yield from repeat(BIG_CHUNK, int(_number(parameters, "mebibytes") * 16))
    yield End.CLOSE


def _many_headers(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    extra = "".join(f"X-{number}: y\r\n" for number in range(int(_number(parameters, "count"))))
    status, _, rest = answer.head.partition(b"\r\n")
    yield status + b"\r\n" + extra.encode() + rest + answer.body


def _many_1xx(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    yield b"HTTP/1.1 100 Continue\r\n\r\n" * int(_number(parameters, "count"))
    yield answer.head + answer.body


def _tiny_chunks(answer: Answer, _: Parameters) -> Iterator[Step]:
    body = answer.body + b" " * 3000
    chunks = b"".join(b"1\r\n" + bytes((byte,)) + b"\r\n" for byte in body)
    yield _head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n"


def _endless_chunks(_: Answer, __: Parameters) -> Iterator[Step]:
    yield _head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked")
    yield from repeat(b"1\r\n \r\n" * 64)


def _bad_chunks(_: Answer, __: Parameters) -> Iterator[Step]:
    yield _head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n"
    yield End.CLOSE


def _two_lengths(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield _head("200 OK", "Content-Length: 2", f"Content-Length: {len(answer.body)}") + answer.body
    yield End.CLOSE


def _redirect(_: Answer, parameters: Parameters) -> Iterator[Step]:
    yield _head("302 Found", f"Location: {parameters['location']}", "Content-Length: 0")


def _status(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    text = str(parameters["text"]).encode()
    yield _head(str(parameters["status"]), "Content-Type: text/html", f"Content-Length: {len(text)}") + text


def _empty(_: Answer, __: Parameters) -> Iterator[Step]:
    yield _head("200 OK", "Content-Type: application/json", "Content-Length: 0")


def _truncated(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield answer.head + answer.body[: len(answer.body) // 2]
    yield End.CLOSE


def _reset(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield answer.head + answer.body[: len(answer.body) // 2]
    yield Wait(0.05)
    yield End.RESET


def _close_at_once(_: Answer, __: Parameters) -> Iterator[Step]:
    yield End.CLOSE


@cache
def _bomb(mebibytes: int) -> bytes:
    return gzip.compress(b"\0" * (mebibytes << 20), mtime=0)


def _gzip_bomb(_: Answer, parameters: Parameters) -> Iterator[Step]:
    body = _bomb(int(_number(parameters, "mebibytes")))
    length = f"Content-Length: {len(body)}"
    yield _head("200 OK", "Content-Type: application/json", "Content-Encoding: gzip", length) + body


def _extra_answer(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield (answer.head + answer.body) * 2


FAULTS: Final[Mapping[str, Fault]] = {
    "hang": Fault(description="accepts, reads the request, never answers", script=_hang),
    "silent-accept": Fault(description="accepts and never reads a byte", act=Act.DEAF),
    "slow": Fault(description="answers after `seconds`", defaults={"seconds": 3.0}, script=_slow),
    "slow-body": Fault(
        description="sends the head at once, the body after `seconds`", defaults={"seconds": 3.0}, script=_slow_body
    ),
    "drip": Fault(description="sends one byte every `seconds`", defaults={"seconds": 0.1}, script=_drip),
    "garbage": Fault(description="sends bytes that are not HTTP", script=_garbage),
    "close": Fault(description="closes without an answer", script=_close_at_once),
    "empty": Fault(description="answers 200 with no body", script=_empty),
    "html": Fault(description="answers an HTML page with 200", spoil=_instead(b"<!DOCTYPE html><html><body>hi</body></html>")),
    "huge": Fault(
        description="a body of `mebibytes`, its end is the end of the connection", defaults={"mebibytes": 64}, script=_huge
    ),
    "huge-length": Fault(description="promises 99,999,999,999 bytes and sends one", script=_huge_length),
    "huge-header": Fault(description="a header of `mebibytes`", defaults={"mebibytes": 4}, script=_huge_header),
    "many-headers": Fault(description="`count` more headers", defaults={"count": 5000}, script=_many_headers),
    "many-1xx": Fault(description="`count` interim answers before the real one", defaults={"count": 1000}, script=_many_1xx),
    "tiny-chunks": Fault(description="the body in chunks of one byte", script=_tiny_chunks),
    "endless-chunks": Fault(description="chunks of one space, for ever", script=_endless_chunks),
    "bad-chunks": Fault(description="a chunk size that is no number", script=_bad_chunks),
    "two-lengths": Fault(description="two Content-Length headers that differ", script=_two_lengths),
    "extra-answer": Fault(description="a second answer that nobody asked for", script=_extra_answer),
    "redirect": Fault(description="302 to `location`", defaults={"location": "http://127.0.0.1:9/"}, script=_redirect),
    "status-500": Fault(
        description="answers 500",
        defaults={"status": "500 Internal Server Error", "text": "Failed to get system info"},
        script=_status,
    ),
    "status-503": Fault(description="answers 503", defaults={"status": "503 Service Unavailable", "text": ""}, script=_status),
    "status-401": Fault(
        description="answers 401", defaults={"status": "401 Unauthorized", "text": "Unauthorized"}, script=_status
    ),
    "status-204": Fault(
        description="answers 204 with a body", defaults={"status": "204 No Content", "text": "{}"}, script=_status
    ),
    "truncated": Fault(description="half of the body, then a clean close", script=_truncated),
    "reset": Fault(description="half of the body, then a TCP reset", script=_reset),
    "refused": Fault(description="nothing listens: connections are refused", act=Act.REFUSE),
    "wrong-mac": Fault(description="calls itself `mac`", defaults={"mac": "02:EE:EE:EE:EE:EE"}, change=_wrong_mac),
    "no-mac": Fault(description="does not say its MAC", change=_no_mac),
    "renamed": Fault(description="calls itself `hostname`", defaults={"hostname": "renamed-by-somebody"}, change=_renamed),
    "moved": Fault(description="lives at `host` now; the old address is refused", defaults={"host": ""}, act=Act.MOVE),
    "stopped-hashing": Fault(description="hashRate is 0", change=_setting(("hashRate", "hashRate_1m"), lambda _: 0)),
    "glitch": Fault(description="hashRate is `factor` times too high", defaults={"factor": 100}, change=_glitch),
    "reboot": Fault(description="restarts: refused for `seconds`, then uptime 0", defaults={"seconds": 5.0}, act=Act.REBOOT),
    "overheat": Fault(description="the chip gets too hot, the firmware does what it does then", act=Act.OVERHEAT),
    "null-fields": Fault(
        description="numbers are null",
        change=_setting(("hashRate", "temp", "power", "vrTemp", "sharesAccepted", "uptimeSeconds"), lambda _: None),
    ),
    "wrong-types": Fault(description="numbers are objects, texts numbers, lists texts", change=_wrong_types),
    "nan": Fault(description="hashRate, power and temp are NaN", spoil=_spelled(b"NaN")),
    "infinity": Fault(description="hashRate, power and temp are -Infinity", spoil=_spelled(b"-Infinity")),
    "overflow": Fault(description="hashRate, power and temp are 1e999", spoil=_spelled(b"1e999")),
    "huge-integer": Fault(description="hashRate, power and temp have 400 digits", spoil=_spelled(b"9" * 400)),
    "array": Fault(description="the info in a list", spoil=_array),
    "null": Fault(description="null instead of the info", spoil=_instead(b"null")),
    "empty-object": Fault(description="{} instead of the info", spoil=_instead(b"{}")),
    "not-json": Fault(description="text that is no JSON, named as JSON", spoil=_instead(b"hashRate=1000&temp=60")),
    "deep-json": Fault(description="lists in lists, `depth` of them", defaults={"depth": 10000}, spoil=_deep),
    "many-keys": Fault(description="`count` more keys", defaults={"count": 20000}, change=_many_keys),
    "duplicate-keys": Fault(description="keys twice, or differing in case only", spoil=_duplicates),
    "gzip-bomb": Fault(description="a gzip body that grows to `mebibytes`", defaults={"mebibytes": 64}, script=_gzip_bomb),
    "long-hostname": Fault(description="a host name of `length` letters", defaults={"length": 5000}, change=_long_name),
    "hostile-hostname": Fault(description="a host name with HTML, ANSI, a path, a format and a newline", change=_hostile_name),
    "planted-secrets": Fault(description="password keys in 8 spellings, at two depths, all with one value", change=_secrets),
    "trailing-bytes": Fault(description="a second object after the info", spoil=_trailing),
    "bad-utf8": Fault(description="bytes that are not UTF-8 in a text", spoil=_bad_utf8),
    "logs-flood": Fault(description="`rate` log lines a second", defaults={"rate": 5000}, act=Act.FLOOD),
}
"""By name; `parameters` of a row can be given when the fault is set."""
