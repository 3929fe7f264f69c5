"""What a lying, broken or hostile miner sends costs one field, or the poll, and never more (trust 5.11, 8.1)."""

import json
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from pluto.axeos.decode import decode_asic, decode_system_info
from pluto.errors import MinerNonsense
from pluto.model.json_value import JsonObject

GAMMA = Path(__file__).parents[1] / "fixtures" / "axeos" / "bitaxe_gamma-2.12.2.json"


def strict(info: bytes) -> JsonObject:
    """Return *info* as the strictest reader would."""
    parsed: JsonObject = json.loads(info.decode(), parse_constant=_refuse)
    assert type(parsed) is dict
    return parsed


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(constant)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"null",
        b"7",
        b'"text"',
        b"[]",
        b'[{"hashRate":1}]',
        b"{",
        b'{"hashRate":1',
        b'{"hashRate":1}}',
        b'{"hashRate":1} x',
        b'{"hashRate":1}\x00',
        b'{"hashRate":1}{"hashRate":2}',
        b'{"hashRate":01}',
        b'{"hashRate":1,}',
        b"{'hashRate':1}",
        b'{"a":"b\nc"}',
        b"<html></html>",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":"' + b'{"a":' * 2_000,
    ],
)
def test_what_is_no_json_object_is_nonsense(body: bytes) -> None:
    with pytest.raises(MinerNonsense):
        decode_system_info(body)
    with pytest.raises(MinerNonsense):
        decode_asic(body)


@pytest.mark.parametrize("body", [b"{}", b' {"x": 1}\r\n', b'{"":{}}'])
def test_any_object_is_an_answer(body: bytes) -> None:
    answered = decode_system_info(body)
    assert answered.reading.hashrate_ghs is None
    assert strict(answered.info) == json.loads(body)


@pytest.mark.parametrize("opened", [(b'{"a":', b"1", b"}"), (b'{"a":[', b"", b"]}")])
def test_an_answer_may_be_32_deep_and_no_deeper(opened: tuple[bytes, bytes, bytes]) -> None:
    left, middle, right = opened
    levels = 16 if b"[" in left else 32
    body = left * levels + middle + right * levels
    assert decode_system_info(body).info == body
    with pytest.raises(MinerNonsense):
        decode_system_info(left * (levels + 1) + middle + right * (levels + 1))


def test_brackets_in_strings_do_not_hide_how_deep_an_answer_is() -> None:
    body = b'{"a":' + b'["]",' * 200 + b"0" + b',"["]' * 200 + b"}"
    with pytest.raises(MinerNonsense):
        decode_system_info(body)


def test_many_shallow_lists_are_not_deep() -> None:
    body = b'{"hashRate":5,"a":[' + b",".join([b'[[1,{"b":{}}]]'] * 40) + b"]}"
    assert decode_system_info(body).info is body


def test_a_long_answer_is_kept_short() -> None:
    padded = b'{"power":5' + b"".join(b',"k%d":%s1' % (number, b" " * 200) for number in range(400)) + b"}"
    assert len(decode_system_info(padded).info) == len(padded.replace(b" ", b""))


def test_a_thousand_keys_are_the_most_an_answer_may_have() -> None:
    rows = [f'"k{number}":{number}' for number in range(1_001)]
    assert len(strict(decode_system_info(f"{{{','.join(rows[:1_000])}}}".encode()).info)) == 1_000
    with pytest.raises(MinerNonsense):
        decode_system_info(f"{{{','.join(rows)}}}".encode())


def test_keys_are_counted_at_every_depth() -> None:
    inner = ",".join(f'"k{number}":"a:b:c"' for number in range(400))
    decode_system_info(f'{{"a":{{{inner}}},"b":{{{inner}}}}}'.encode())
    with pytest.raises(MinerNonsense):
        decode_system_info(f'{{"a":{{{inner}}},"b":[{{{inner}}},{{{inner}}}]}}'.encode())


def test_a_megabyte_of_list_is_refused() -> None:
    with pytest.raises(MinerNonsense):
        decode_system_info(b'{"a":[' + b"1," * 500_000 + b"1]}")


@pytest.mark.parametrize("filler", ["x", "\\n", '\\"', "\N{GREEK SMALL LETTER GAMMA}", "\\u0041", "{", ":"])
@pytest.mark.parametrize("length", [4_095, 4_096, 4_097, 9_000])
def test_strings_are_cut_at_4096_characters(filler: str, length: int) -> None:
    body = f'{{"version":"{filler * length}","hashRate":5}}'.encode()
    answered = decode_system_info(body)
    version = strict(answered.info)["version"]
    assert isinstance(version, str)
    assert len(version) == min(length, 4_096)
    assert answered.reading.firmware == version
    assert answered.reading.hashrate_ghs == 5


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1E+999",
        "9007199254740992",
        "-9007199254740992",
        "9" * 400,
        "9" * 5_000,
        "1" + "0" * 400 + ".5",
    ],
)
@pytest.mark.parametrize("key", ["hashRate", "unheard_of", "frequency"])
def test_a_number_that_no_one_can_hold_is_absent_and_the_rest_is_used(number: str, key: str) -> None:
    answered = decode_system_info(f'{{"{key}": {number},"power":12,"deep":[{{"{key}":{number}}},{number},3]}}'.encode())
    assert strict(answered.info) == {"power": 12, "deep": [{}, None, 3]}
    assert answered.reading.power_watts == 12
    assert (answered.reading.hashrate_ghs, answered.reading.frequency_mhz) == (None, None)


@pytest.mark.parametrize(
    "number", ["9007199254740991", "1e15", "1.9745212e+18", "0.3181336224079132", "12345.123456789012345678"]
)
def test_long_numbers_that_can_be_held_stay(number: str) -> None:
    body = f'{{"totalHashes":{number}}}'.encode()
    assert strict(decode_system_info(body).info) == json.loads(body)


def test_a_float_beyond_belief_is_kept_in_the_answer_but_not_in_the_reading() -> None:
    answered = decode_system_info(b'{"hashRate":1e99,"power":-1e17,"totalHashes":1.5e+18}')
    assert answered.reading.reported.hashrate_ghs is None
    assert answered.reading.reported.power_watts is None
    assert strict(answered.info)["totalHashes"] == 1.5e18


@pytest.mark.parametrize("wrong", ['"12"', "true", "false", "null", "[12]", '{"w":12}', '""', "NaN"])
@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("power", "power_watts"),
        ("sharesAccepted", "shares_accepted"),
        ("vrTemp", "vr_temperature_celsius"),
        ("fanrpm", "fan_rpm"),
    ],
)
def test_a_field_of_a_wrong_type_is_absent_and_no_other_changes(wrong: str, key: str, name: str) -> None:
    body = GAMMA.read_bytes()
    fields = json.loads(body)
    written = json.dumps(fields[key]).encode()
    broken = body.replace(f'"{key}":'.encode() + b"\t" + written, f'"{key}":{wrong}'.encode())
    assert broken != body
    before, after = decode_system_info(body).reading.reported, decode_system_info(broken).reading.reported
    assert {field for field in before.__struct_fields__ if getattr(before, field) != getattr(after, field)} == {name}
    assert getattr(after, name) is None


def test_one_broken_fan_costs_only_itself() -> None:
    answered = decode_system_info(b'{"power":5,"fans":[7,{"rpm":"fast","speedPerc":40},null,{"rpm":900,"speedPerc":true}]}')
    assert [(fan.fan_percent, fan.fan_rpm) for fan in answered.reading.fans] == [(40, None), (None, 900)]
    assert answered.reading.power_watts == 5


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    answered = decode_system_info(b'{"hostname":"a\xff\xfeb","power":5,"\xff":1}')
    assert answered.reading.hostname == "a\ufffd\ufffdb"
    assert strict(answered.info) == {"hostname": "a\ufffd\ufffdb", "power": 5, "\ufffd": 1}


def test_half_a_character_is_seen_though_a_sign_stands_in_it() -> None:
    assert strict(decode_system_info(b'{"a":"\xc2+\x80"}').info) == {"a": "\ufffd+\ufffd"}


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_is_not() -> None:
    answered = decode_system_info(rb'{"hostname":"a\ud800b","version":"\ud83d\ude00"}')
    assert answered.reading.hostname == "a\ufffdb"
    assert answered.reading.firmware == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    "member",
    [
        b'"stratumPassword":"leaked"',
        b'"stratumPassword" : "leaked"',
        b'"STRATUM_PASSWORD":"leaked"',
        b'"wifi.pass":"leaked"',
        b'"p-a-s-s":"leaked"',
        b'"pa\\nss":"leaked"',
        b'"pa\\"ss":"leaked"',
        b'"pa\\\\ss":"leaked"',
        b'"p\\u0061ss":"leaked"',
        b'"pa\\/ss":"leaked"',
        b'"pw:d":"leaked"',
        b'":pwd":"leaked"',
        b'"v":"b",":pwd:":"leaked"',
        '"ps\N{KELVIN SIGN}":"leaked"'.encode(),
        '"pa\N{GREEK SMALL LETTER GAMMA}.ss\N{EM DASH}pwd":"leaked"'.encode(),
        '"pw\N{EM DASH}d":"leaked"'.encode(),
        b'"pw\xffd":"leaked"',
        b'"otp":"leaked"',
        b'"otp":["leaked"]',
        b'"otp":[true,"leaked"]',
        b'"pass":[null,["leaked"]]',
        b'"otp":{"a":null,"leaked":1}',
        b'"auth_key":{"x":"leaked"}',
        b'"stratumPassword":"*****","stratumPassword":"leaked"',
        b'"stratumPassword":"leaked","stratumPassword":"*****"',
        b'"stratumPassword":"leaked","stratumPassword":false',
        b'"a":{"stratumPassword":"leaked"},"a":1',
        b'"pwd":"leaked","hashRate":NaN',
        b'"' + b"x" * 5_000 + b'pwd":"leaked"',
        b'"' + b"x" * 4_094 + b'pwd":"leaked"',
        b'"private key":"leaked"',
        b'"pools":[{"id":0,"stratumPassword":"leaked"}]',
        b'"x":["pass",":",{"psk":"leaked"}]',
    ],
)
@pytest.mark.parametrize("place", [b'{%s,"power":5}', b'{"power":5,%s}', b'{"power":5,"deep":[[{"er":{%s}}]]}'])
def test_a_secret_leaves_no_trace(member: bytes, place: bytes) -> None:
    answered = decode_system_info(place.replace(b"%s", member))
    assert b"leaked" not in answered.info
    assert "leaked" not in repr(answered)
    assert answered.reading.power_watts == 5


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b'{"pa5ss":"leaked"}', b'{"pass":"leaked"}'),
        (b'{"pwd":null}', b'{"pwd":7}'),
        (b'{"otp":true}', b'{"otp":123456}'),
        (b'{"otp":null}', b'{"otp":[null]}'),
        (b'{"otp"5:"leaked"}', b'{"otp":"leaked"}'),
        (b'{"a":"\\\\u"}', b'{"\\u006ftp":"leaked"}'),
    ],
)
def test_an_answer_before_it_does_not_let_a_secret_through(first: bytes, second: bytes) -> None:
    """Answers that differ only in what numbers are made of are taken for alike."""
    with suppress(MinerNonsense):
        decode_system_info(first)
    assert strict(decode_system_info(second).info) == {}


def test_a_number_can_be_a_secret_whatever_follows_it() -> None:
    assert strict(decode_system_info(b'{"a":[{"otp":123456},null,true]}').info) == {"a": [{}, None, True]}


def test_what_asks_for_a_code_is_no_secret() -> None:
    assert strict(decode_system_info(b'{"otp":true,"deep":{"otp" : false,"pass":null}}').info) == {
        "otp": True,
        "deep": {"otp": False, "pass": None},
    }


def test_stars_are_taken_out_with_the_rest_of_the_answer_unchanged() -> None:
    body = b'{"pools":[{"id":0,"stratumPassword":"*****","x":"a,b"},{"stratumPassword":"*****","id":1}],"note":"stratumPassword"}'
    assert strict(decode_system_info(body).info) == {"pools": [{"id": 0, "x": "a,b"}, {"id": 1}], "note": "stratumPassword"}


@pytest.mark.parametrize("key", ["hashRate", "unheard_of"])
def test_of_a_key_given_twice_the_last_counts(key: str) -> None:
    answered = decode_system_info(f'{{"{key}":1,"{key}":2,"p":"\\u0041"}}'.encode())
    quick = decode_system_info(f'{{"{key}":1,"{key}":2}}'.encode())
    assert answered.reading == quick.reading
    assert strict(answered.info)[key] == strict(quick.info)[key] == 2


def test_keys_that_differ_in_case_are_two_keys() -> None:
    fan = decode_system_info(b'{"fanspeed":40,"fanSpeed":3000,"FANSPEED":7}').reading.fans[0]
    assert (fan.fan_percent, fan.fan_rpm) == (40, 3000)
