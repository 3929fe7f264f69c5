"""What can go wrong with a miner, by name: a row each. Adding a fault is adding a row."""

import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import repeat
from typing import Final

from pluto.simulator import hostile_bodies, hostile_sockets, hostile_words
from pluto.simulator.fault import Act, Answer, End, Fault, Parameters, Step, Wait, head, named, number, replaced, with_member
from pluto.simulator.json_text import Json, JsonObject

SECRET: Final = "planted-secret-hunter2"  # noqa: S105 - known on purpose: tests look for it where it must not be
SECRET_KEYS: Final[tuple[str, ...]] = (
    "wifiPass", "stratumPassword", "fallback_stratum_password", "PWD", "api-token", "otpSecret", "Wi_Fi_PSK", "authKey",
)  # fmt: skip
HOSTILE_NAME: Final = '../../etc/<img src=x onerror=alert(1)>\x1b[31m%s{0}\u202e"\n;'
BIG_CHUNK: Final = b"x" * 65536


def _setting(keys: tuple[str, ...], value: Callable[[Json], Json]) -> Callable[[JsonObject, Parameters], JsonObject]:
    return lambda info, _: replaced(info, lambda key, old: value(old) if key in keys else old)


def _wrong_mac(info: JsonObject, parameters: Parameters) -> JsonObject:
    return info | {"macAddr": parameters["mac"]}


def _no_mac(info: JsonObject, _: Parameters) -> JsonObject:
    return {key: value for key, value in info.items() if key not in ("macAddr", "mac")}


def _renamed(info: JsonObject, parameters: Parameters) -> JsonObject:
    return named(info, str(parameters["hostname"]))


def _long_name(info: JsonObject, parameters: Parameters) -> JsonObject:
    return named(info, "bitaxe-" + "n" * int(number(parameters, "length")))


def _hostile_name(info: JsonObject, _: Parameters) -> JsonObject:
    return named(info, HOSTILE_NAME)


def _scaled(old: Json, factor: float) -> Json:
    return old * factor if isinstance(old, int | float) else old


def _glitch(info: JsonObject, parameters: Parameters) -> JsonObject:
    factor = number(parameters, "factor")
    return replaced(info, lambda key, old: _scaled(old, factor) if key == "hashRate" else old)


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
    return replaced(info, lambda key, old: old if key in ("macAddr", "ASICModel") else _wrong_type(old))


def _many_keys(info: JsonObject, parameters: Parameters) -> JsonObject:
    return info | {f"extra{place}": place for place in range(int(number(parameters, "count")))}


def _secrets(info: JsonObject, _: Parameters) -> JsonObject:
    planted: JsonObject = dict.fromkeys(SECRET_KEYS, SECRET)
    deep: list[Json] = [planted]
    return {**info, **planted, "planted": {"inner": deep}}


def _spelled(spelling: bytes) -> Callable[[bytes, Parameters], bytes]:
    """Write *spelling* for the hash rate: JSON's grammar does not know it, or floats do not hold it."""
    return lambda body, _: _HASHRATE.sub(rb"\g<1>" + spelling, body)


_HASHRATE: Final = re.compile(rb'("(?:hashRate|power|temp)":\s*)-?[0-9.eE+-]+')


def _deep(body: bytes, parameters: Parameters) -> bytes:
    depth = int(number(parameters, "depth"))
    return with_member(body, b'"deep":' + b"[" * depth + b"]" * depth)


def _duplicates(body: bytes, _: Parameters) -> bytes:
    return with_member(body, b'"hashRate":1,"hashrate":2,"HASHRATE":3,"power":-1,"macAddr":"02:FF:FF:FF:FF:FF","hashRate":"4"')


def _bad_utf8(body: bytes, _: Parameters) -> bytes:
    return with_member(body, b'"hostname":"bit\xff\xfe\xc3(axe"')


def _trailing(body: bytes, _: Parameters) -> bytes:
    return body + b'\r\n{"and":"more"}'


def _array(body: bytes, _: Parameters) -> bytes:
    return b"[" + body + b"]"


def _instead(text: bytes) -> Callable[[bytes, Parameters], bytes]:
    return lambda body, _: text


def _hang(_: Answer, __: Parameters) -> Iterator[Step]:
    yield End.HOLD


def _slow(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    yield Wait(number(parameters, "seconds"))
    yield answer.head + answer.body


def _slow_body(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    yield answer.head
    yield Wait(number(parameters, "seconds"))
    yield answer.body


def _drip(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    for byte in answer.head + answer.body:
        yield bytes((byte,))
        yield Wait(number(parameters, "seconds"))


def _garbage(_: Answer, __: Parameters) -> Iterator[Step]:
    yield bytes(range(256)) * 4
    yield End.CLOSE


def _huge(_: Answer, parameters: Parameters) -> Iterator[Step]:
    yield head("200 OK", "Content-Type: application/json", "Connection: close") + b'{"hostname":"'
    yield from repeat(BIG_CHUNK, int(number(parameters, "mebibytes") * 16))
    yield End.CLOSE


def _huge_length(_: Answer, __: Parameters) -> Iterator[Step]:
    yield head("200 OK", "Content-Type: application/json", "Content-Length: 99999999999") + b"{"
    yield End.HOLD


def _huge_header(_: Answer, parameters: Parameters) -> Iterator[Step]:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    yield from repeat(BIG_CHUNK, int(number(parameters, "mebibytes") * 16))
    yield End.CLOSE


def _many_headers(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    extra = "".join(f"X-{place}: y\r\n" for place in range(int(number(parameters, "count"))))
    status, _, rest = answer.head.partition(b"\r\n")
    yield status + b"\r\n" + extra.encode() + rest + answer.body


def _many_1xx(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    yield b"HTTP/1.1 100 Continue\r\n\r\n" * int(number(parameters, "count"))
    yield answer.head + answer.body


def _tiny_chunks(answer: Answer, _: Parameters) -> Iterator[Step]:
    body = answer.body + b" " * 3000
    chunks = b"".join(b"1\r\n" + bytes((byte,)) + b"\r\n" for byte in body)
    yield head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n"


def _endless_chunks(_: Answer, __: Parameters) -> Iterator[Step]:
    yield head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked")
    yield from repeat(b"1\r\n \r\n" * 64)


def _bad_chunks(_: Answer, __: Parameters) -> Iterator[Step]:
    yield head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"zz\r\n{}\r\n0\r\n\r\n"
    yield End.CLOSE


def _two_lengths(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield head("200 OK", "Content-Length: 2", f"Content-Length: {len(answer.body)}") + answer.body
    yield End.CLOSE


def _redirect(_: Answer, parameters: Parameters) -> Iterator[Step]:
    yield head("302 Found", f"Location: {parameters['location']}", "Content-Length: 0")


def _status(answer: Answer, parameters: Parameters) -> Iterator[Step]:
    text = str(parameters["text"]).encode()
    yield head(str(parameters["status"]), "Content-Type: text/html", f"Content-Length: {len(text)}") + text


def _empty(_: Answer, __: Parameters) -> Iterator[Step]:
    yield head("200 OK", "Content-Type: application/json", "Content-Length: 0")


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
    body = _bomb(int(number(parameters, "mebibytes")))
    length = f"Content-Length: {len(body)}"
    yield head("200 OK", "Content-Type: application/json", "Content-Encoding: gzip", length) + body


def _extra_answer(answer: Answer, _: Parameters) -> Iterator[Step]:
    yield (answer.head + answer.body) * 2


COMMON: Final[Mapping[str, Fault]] = {
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
"""What happens in real homes, and the plainest attacks."""

KINDS: Final[Mapping[str, Mapping[str, Fault]]] = {
    "Common": COMMON,
    **hostile_bodies.KINDS,
    **hostile_words.KINDS,
    **hostile_sockets.KINDS,
}
"""All faults by kind, for people; no name stands in two of them."""

FAULTS: Final[Mapping[str, Fault]] = {name: fault for kind in KINDS.values() for name, fault in kind.items()}
"""By name; `parameters` of a row can be given when the fault is set."""
