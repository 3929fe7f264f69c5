"""Whatever is done to an answer, decoding gives a strict object without secrets, or MinerNonsense."""

import json
import math
import string
from pathlib import Path
from typing import NoReturn

from hypothesis import given, settings
from hypothesis import strategies as st

from pluto.axeos.decode import decode_system_info, looks_like_miner
from pluto.axeos.sift import sifted
from pluto.errors import MinerNonsense
from pluto.model.json_value import Json, JsonObject
from pluto.model.reading import Reading
from pluto.model.secret import SECRET_WORDS
from pluto.model.state import Answered

FIXTURES = Path(__file__).parents[1] / "fixtures" / "axeos"
BODIES = [path.read_bytes() for path in sorted(FIXTURES.glob("*.json"))]
PLANTED = "7QplantedQ7"

bodies = st.sampled_from(BODIES)
numbers = st.one_of(st.integers(), st.floats(allow_nan=True, allow_infinity=True), st.integers(2**52, 2**60))
values: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)


def decoded(body: bytes) -> Answered | None:
    """Decode *body* and hold the answer against everything that is always true; None when it is nonsense."""
    try:
        answered = decode_system_info(body)
    except MinerNonsense:
        return None
    parsed: JsonObject = json.loads(answered.info.decode(), parse_constant=refuse)
    assert type(parsed) is dict
    assert_finite(parsed)
    assert_believable(answered.reading)
    assert sifted(answered.info) == parsed  # no secret, no long string, nothing beyond a limit
    looks_like_miner(answered.info)
    return answered


def refuse(constant: str) -> NoReturn:
    raise AssertionError(constant)


def assert_finite(value: Json) -> None:
    match value:
        case dict():
            for item in value.values():
                assert_finite(item)
        case list():
            for item in value:
                assert_finite(item)
        case float():
            assert math.isfinite(value)
        case int():
            assert abs(value) < 2**53
        case _:
            pass


def assert_believable(reading: Reading) -> None:
    assert reading.hashrate_ghs is None or reading.hashrate_ghs >= 0
    assert all(0 < heat <= 150 for heat in reading.chip_temperatures_celsius)
    assert reading.pool.stratum_port is None or 1 <= reading.pool.stratum_port <= 65535
    for value in (getattr(reading, name) for name in reading.__struct_fields__):
        assert not isinstance(value, float) or math.isfinite(value)


@given(body=bodies, at=st.integers(0), replacement=st.binary(max_size=3), width=st.integers(0, 3))
@settings(max_examples=400, deadline=None)
def test_bytes_changed_anywhere(body: bytes, at: int, replacement: bytes, width: int) -> None:
    at %= len(body)
    decoded(body[:at] + replacement + body[at + width :])


@given(body=bodies, at=st.integers(0))
def test_an_answer_that_breaks_off_is_nonsense(body: bytes, at: int) -> None:
    assert decoded(body.strip()[: at % len(body.strip())]) is None


@given(body=st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    decoded(body)


@given(value=values)
@settings(deadline=None)
def test_any_json(value: Json) -> None:
    answered = decoded(json.dumps(value).encode())
    assert (answered is not None) == isinstance(value, dict)


@given(body=bodies, data=st.data(), value=values)
@settings(max_examples=300, deadline=None)
def test_a_field_replaced_by_anything_never_loses_the_answer(body: bytes, data: st.DataObject, value: Json) -> None:
    fields = json.loads(body)
    key = data.draw(st.sampled_from(sorted(fields)))
    before = decode_system_info(json.dumps(fields).encode()).reading.reported
    after = decoded(json.dumps({**fields, key: value}).encode())
    without = decode_system_info(json.dumps({name: item for name, item in fields.items() if name != key}).encode())
    assert after is not None
    for name in before.__struct_fields__:
        had, has, missing = (getattr(reported, name) for reported in (before, after.reading.reported, without.reading.reported))
        assert has in (had, missing) or is_of(has, value)


def is_of(reported: object, value: Json) -> bool:
    """Return whether *reported* is what *value* says, perhaps in thousandths, or inside it (the nested shape)."""
    match value:
        case dict():
            return any(is_of(reported, item) for item in value.values())
        case list():
            return any(is_of(reported, item) for item in value)
        case int() | float() if isinstance(reported, float):
            return reported in (float(value), value / 1000)
        case _:
            return reported == value or reported == f"{value}" or (isinstance(reported, str) and isinstance(value, int | float))


@given(body=bodies, data=st.data())
@settings(max_examples=200, deadline=None)
def test_both_ways_read_the_same(body: bytes, data: st.DataObject) -> None:
    """A unicode escape sends an answer the thorough way; what it says is the same."""
    fields = json.loads(body)
    dropped = data.draw(st.sets(st.sampled_from(sorted(fields)), max_size=len(fields)))
    kept = {name: item for name, item in fields.items() if name not in dropped}
    plain = json.dumps(kept, ensure_ascii=False).encode()
    escaped = b'{"\\u0061":1' + (b"," if kept else b"") + plain[1:]
    assert decode_system_info(escaped).reading == decode_system_info(plain).reading


separators = st.text(st.sampled_from(string.punctuation + " \t\n\x7f\N{EM DASH}\N{NO-BREAK SPACE}"), max_size=2)


@st.composite
def secret_keys(draw: st.DrawFn) -> str:
    """Return a JSON string, quotes included, that spells a secret word in some way."""
    spelled = draw(st.text(string.ascii_letters + string.digits, max_size=4))
    for letter in draw(st.sampled_from(SECRET_WORDS)):
        spelled += draw(separators) + draw(st.sampled_from([letter, letter.upper()]))
    spelled += draw(st.text(max_size=3))
    escaped = draw(st.sets(st.integers(0, len(spelled)), max_size=1))
    ascii_only = draw(st.booleans())
    written = (
        f"\\u{ord(letter):04x}" if at in escaped and letter <= "\uffff" else json.dumps(letter, ensure_ascii=ascii_only)[1:-1]
        for at, letter in enumerate(spelled)
    )
    return f'"{"".join(written)}"'


@given(
    body=bodies,
    key=secret_keys(),
    value=st.sampled_from([f'"{PLANTED}"', f'["{PLANTED}"]', f'{{"x":"{PLANTED}"}}', f'{{"a":[{{"b":"{PLANTED}"}}]}}']),
    wrap=st.lists(st.sampled_from([('{"a":', "}"), ("[", "]"), ('{"pools":[1,', "]}")]), max_size=6),
    place=st.sampled_from(["first", "last"]),
    space=st.sampled_from(["", " ", "\t", "\n  "]),
)
@settings(max_examples=600, deadline=None)
def test_a_planted_secret_is_never_found_again(
    body: bytes, key: str, value: str, wrap: list[tuple[str, str]], place: str, space: str
) -> None:
    member = f"{{{key}{space}:{space}{value}}}"
    for left, right in wrap:
        member = left + member + right
    member = f'"z":{member}' if wrap else member[1:-1]
    text = body.strip()
    planted = member.encode("utf-8", "surrogatepass")
    text = b"{" + planted + b"," + text[1:] if place == "first" else text[:-1] + b"," + planted + b"}"
    answered = decoded(text)
    assert answered is not None
    assert PLANTED.encode() not in answered.info
    assert PLANTED not in repr(answered)


def test_only_what_holds_a_secret_is_written_anew() -> None:
    bodies_by_name = {path.stem: path.read_bytes() for path in FIXTURES.glob("*.json")}
    rewritten = {name for name, body in bodies_by_name.items() if decode_system_info(body).info is not body}
    assert rewritten == {"bitaxe_ultra-2.0.4", "luckyminer_lv08-1.2.0", "nmqaxe-2.9.31", "bitaxe_gt-2.15.0"}
    starred = bodies_by_name["bitaxe_gt-2.15.0"]
    assert decode_system_info(starred).info == starred.replace(b',"stratumPassword":"*****"', b"")
