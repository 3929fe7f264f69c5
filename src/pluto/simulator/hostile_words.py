"""What a miner can do to JSON, to names, and to the truth: a row each."""

import base64
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from pluto.simulator.fault import Fault, Parameters, named, replaced, with_member
from pluto.simulator.json_text import Json, JsonObject

Change = Callable[[JsonObject, Parameters], JsonObject]


def _text(description: str, spoil: Callable[[bytes], bytes]) -> Fault:
    return Fault(description=description, spoil=lambda body, _: spoil(body))


def _instead(description: str, text: bytes) -> Fault:
    return _text(description, lambda _: text)


def _member(description: str, member: bytes) -> Fault:
    return _text(description, lambda body: with_member(body, member))


def _name(description: str, name: Json) -> Fault:
    return Fault(description=description, change=lambda info, _: named(info, name))


def _says(description: str, **said: Json) -> Fault:
    """Return a fault that says these values, wherever the firmware has such a key."""
    return Fault(
        description=description,
        change=lambda info, _: replaced(info, lambda key, old: said.get(key, old) if key in said else old),
    )


def _mac(description: str, change: Callable[[str], Json]) -> Fault:
    def spelled(info: JsonObject, _: Parameters) -> JsonObject:
        return {key: change(str(value)) if key in ("macAddr", "mac") else value for key, value in info.items()}

    return Fault(description=description, change=spelled)


def _each_time(description: str, key: str, text: str) -> Fault:
    """Return a fault that says something else at each second of uptime."""

    def varied(info: JsonObject, _: Parameters) -> JsonObject:
        new = f"{text}{info.get('uptimeSeconds', 0)}"
        return named(info, new) if key == "hostname" else info | {key: new}

    return Fault(description=description, change=varied)


ODD_JSON: Final[Mapping[str, Fault]] = {
    "json-bom": _text("a byte order mark before the info", lambda body: b"\xef\xbb\xbf" + body),
    "json-utf-16": _text("the info in UTF-16", lambda body: body.decode().encode("utf-16")),
    "json-utf-32": _text("the info in UTF-32", lambda body: body.decode().encode("utf-32")),
    "json-single-quotes": _text("single quotes", lambda body: body.replace(b'"', b"'")),
    "json-comment": _text("a comment before the info", lambda body: b"/* miner */" + body),
    "json-trailing-comma": _text("a comma behind the last member", lambda body: body[: body.rindex(b"}")] + b",}"),
    "json-no-commas": _text("no commas", lambda body: body.replace(b",", b" ")),
    "json-bare-keys": _text("keys without quotes", lambda body: body.replace(b'":', b":").replace(b'"', b"", 1)),
    "json-guarded": _text("a guard against scripts before the info", lambda body: b")]}',\n" + body),
    "json-padded": _text("the info as the argument of a function", lambda body: b"callback(" + body + b");"),
    "json-cut": _text("the info without its last quarter, its length right", lambda body: body[: len(body) * 3 // 4]),
    "json-cut-one": _text("the info without its last byte", lambda body: body.rstrip()[:-1]),
    "json-in-json": _text("the info as a text", lambda body: msgspec.json.encode(body.decode())),
    "json-base64": _text("the info in base64", base64.b64encode),
    "json-lines": _text("the info three times, a line each", lambda body: b"\n".join([body] * 3)),
    "json-nul-end": _text("NULs behind the info", lambda body: body + b"\0" * 16),
    "json-spaces": _text("800,000 spaces before the info", lambda body: b" " * 800_000 + body),
    "json-text": _instead("a text instead of the info", b'"ok"'),
    "json-number": _instead("a number instead of the info", b"42"),
    "json-true": _instead("true instead of the info", b"true"),
    "json-error": _instead("an error as an object", b'{"error":"out of memory"}'),
    "xml": _instead("XML", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    "yaml": _instead("YAML that would make an object", b"!!python/object/apply:os.system ['true']"),
    "pickle": _instead("a pickle", b"\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94."),
    "deep-objects": _member("objects in objects, 10,000 of them", b'"deep":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "wide-list": _member("a list of 100,000 numbers", b'"wide":[' + b"1," * 99_999 + b"1]"),
    "many-lists": _member("a list of 15,000 lists", b'"lists":[' + b"[]," * 14_999 + b"[]]"),
    "long-text": _member("a text of 500,000 characters", b'"long":"' + b"x" * 500_000 + b'"'),
    "long-key": _member("a key of 100,000 characters", b'"' + b"k" * 100_000 + b'":1'),
    "empty-key": _member("a key without a letter", b'"":1'),
    "proto-key": _member("keys that mean something to JavaScript", b'"__proto__":{"admin":true},"constructor":1'),
    "half-character": _member("half of a pair of surrogates", rb'"half":"\ud800"'),
    "nul-character": _member("a NUL in a text", rb'"nul":"a\u0000b"'),
    "raw-control": _member("raw control characters in a text", b'"raw":"a\x01\x02\x1bb"'),
    "zero-first": _member("a number that begins with 0", b'"temp":007'),
    "plus-first": _member("a number that begins with +", b'"temp":+7'),
    "hex-number": _member("a number in hex", b'"temp":0x1F'),
    "bare-point": _member("a number that begins with its point", b'"temp":.5'),
    "minus-zero": _member("minus zero", b'"temp":-0'),
    "tiny-number": _member("1e-999", b'"temp":1e-999'),
    "long-number": _member("a number of 10,000 decimals", b'"temp":1.' + b"3" * 10_000),
    "long-exponent": _member("an exponent of 10,000 digits", b'"temp":1e' + b"9" * 10_000),
}
NAMES: Final[Mapping[str, Fault]] = {
    "name-empty": _name("a host name without a letter", ""),
    "name-spaces": _name("a host name of spaces", "   "),
    "name-dots": _name("a host name that is the folder above", ".."),
    "name-path": _name("a host name that is a path", "/etc/passwd"),
    "name-backslash": _name("a host name that is a path elsewhere", "..\\..\\windows\\win.ini"),
    "name-nul": _name("a NUL in the host name", "bit\0axe"),
    "name-newline": _name("a line of an exposition in the host name", 'bitaxe"} 1\nforged_metric{a="b'),
    "name-right-to-left": _name("a host name written backwards", "\u202egnp.exatib"),
    "name-emoji": _name("a host name of pictures", "\U0001f525\U0001f525\U0001f525"),
    "name-combining": _name("a letter with 200 accents as the host name", "a" + "\u0301" * 200),
    "name-format": _name("formats in the host name", "%s%n%x{0}{__class__}$HOME"),
    "name-template": _name("templates in the host name", "{{7*7}}${jndi:ldap://127.0.0.1/a}<%= 7*7 %>"),
    "name-script": _name("a script in the host name", "<script>alert(1)</script>"),
    "name-attribute": _name("an attribute in the host name", '" onmouseover="alert(1)'),
    "name-sql": _name("SQL in the host name", "'; DROP TABLE miners; --"),
    "name-shell": _name("a command in the host name", "$(touch /tmp/owned)`id`"),
    "name-of-ours": _name("a host name that is one of Pluto's own words", "total"),
    "name-digits": _name("a host name of digits", "0123456789"),
    "name-number": _name("a number for a host name", 7),
    "name-null": _name("null for a host name", None),
    "name-list": _name("a list for a host name", ["bitaxe"]),
    "name-object": _name("an object for a host name", {"bitaxe": 1}),
    "name-each-time": _each_time("another host name with each answer", "hostname", "chameleon-"),
}
LIES: Final[Mapping[str, Fault]] = {
    "version-each-time": _each_time("another firmware with each answer", "version", "v"),
    "pool-each-time": _each_time("another pool with each answer", "stratumURL", "pool-"),
    "model-each-time": _each_time("another chip with each answer", "ASICModel", "BM"),
    "mac-lower-case": _mac("its MAC in lower case, as is allowed", str.lower),
    "mac-dashes": _mac("its MAC with dashes", lambda mac: mac.replace(":", "-")),
    "mac-broadcast": _mac("the MAC of everybody", lambda _: "FF:FF:FF:FF:FF:FF"),
    "mac-zero": _mac("the MAC of nobody", lambda _: "00:00:00:00:00:00"),
    "mac-empty": _mac("a MAC without a digit", lambda _: ""),
    "mac-text": _mac("a MAC that is none", lambda _: "../../etc/passwd"),
    "mac-number": _mac("a number for a MAC", lambda _: 7),
    "mac-list": _mac("a list for a MAC", lambda mac: [mac]),
    "rate-negative": _says("a negative hash rate", hashRate=-1000.0),
    "rate-absurd": _says("a hash rate of 1e30", hashRate=1e30, hashRate_1m=1e30),
    "rate-text": _says("a hash rate in words", hashRate="a lot"),
    "power-zero": _says("no power while hashing", power=0),
    "power-negative": _says("negative power", power=-15),
    "temp-absurd": _says("a chip at absolute zero, a regulator like the sun", temp=-273.15, vrTemp=5500),
    "fan-absurd": _says("a fan at a billion turns", fanrpm=1_000_000_000, fanspeed=10_000),
    "uptime-negative": _says("runs since tomorrow", uptimeSeconds=-86_400),
    "uptime-huge": _says("runs since before the universe", uptimeSeconds=9_007_199_254_740_993),
    "shares-negative": _says("negative shares", sharesAccepted=-5, sharesRejected=-5),
    "shares-fraction": _says("half a share", sharesAccepted=0.5),
    "difficulty-words": _says("a best difficulty beyond words", bestDiff="\u221e", bestSessionDiff="9999999Q"),
    "frequency-absurd": _says("a clock of a terahertz", frequency=1_000_000),
    "booleans-as-text": _says("switches in words", autofanspeed="yes", isUsingFallbackStratum="no", overheat_mode="maybe"),
}

KINDS: Final[Mapping[str, Mapping[str, Fault]]] = {"Odd JSON": ODD_JSON, "Names": NAMES, "Lies": LIES}
