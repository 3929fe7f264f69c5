"""Every firmware's answer says what the tables of fields say it says."""

import json
from operator import attrgetter
from pathlib import Path

import pytest

from expected_readings import OURS, RECORDED, Facts
from pluto.axeos.decode import decode_asic, decode_system_info, looks_like_miner
from pluto.model.asic_options import AsicOptions

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "axeos"
ELSEWHERE = [folder for parent in ROOT.parents if (folder := parent / "shared" / "data" / "axeos").is_dir()]


def check(body: bytes, facts: Facts) -> None:
    """Decode *body* and compare what *facts* names."""
    reading = decode_system_info(body).reading
    found = {name: attrgetter(name)(reading) for name in facts}
    wrong = {name: (found[name], value) for name, value in facts.items() if not _is_equal(found[name], value)}
    assert not wrong, "found, expected"


def _is_equal(found: object, expected: object) -> bool:
    if isinstance(expected, float):
        return found == pytest.approx(expected, rel=1e-12)
    return found == expected and type(found) is type(expected)


@pytest.mark.parametrize("name", OURS)
def test_our_answer_of_each_firmware_decodes_to_its_row(name: str) -> None:
    check((FIXTURES / f"{name}.json").read_bytes(), OURS[name])


def test_every_fixture_has_a_row() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} - set(OURS) == {
        "asic-bitaxe_gamma-2.12.2",
        "asic-nerdqaxe_plusplus-1.0.36",
    }


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_answer_decodes_to_its_row(name: str) -> None:
    if not ELSEWHERE:
        pytest.skip("the recorded answers are not on this machine")
    check((ELSEWHERE[0] / f"{name}.json").read_bytes(), RECORDED[name])


@pytest.mark.parametrize("name", OURS)
def test_the_answer_goes_on_unchanged_but_for_its_secrets(name: str) -> None:
    body = (FIXTURES / f"{name}.json").read_bytes()
    info = decode_system_info(body).info
    assert b"clear-" not in info
    assert b"*****" not in info
    assert _without_pass(json.loads(info)) == _without_pass(json.loads(body))


def _without_pass(value: object) -> object:
    match value:
        case dict():
            return {key: _without_pass(item) for key, item in value.items() if not key.endswith(("Pass", "Password", "pwd"))}
        case list():
            return [_without_pass(item) for item in value]
        case _:
            return value


@pytest.mark.parametrize("name", OURS)
def test_every_miner_looks_like_one(name: str) -> None:
    assert looks_like_miner(decode_system_info((FIXTURES / f"{name}.json").read_bytes()).info)


def test_what_else_answers_on_port_80_does_not_look_like_a_miner() -> None:
    assert not looks_like_miner(b'{"error":"unknown route"}')
    assert not looks_like_miner(b'{"hostname":"printer","version":"1","temp":40,"power":3}')
    assert not looks_like_miner(b'{"freeHeap":8000,"hashRate":null}')
    assert looks_like_miner(b'{"freeHeap":8000,"hashRate_10m":0}')
    assert looks_like_miner(b'{"ASICModel":"BM1366"}')
    assert not looks_like_miner(b'{"ASICModel":""}')


def test_the_options_of_a_bitaxe_are_in_megahertz_and_volts() -> None:
    assert decode_asic((FIXTURES / "asic-bitaxe_gamma-2.12.2.json").read_bytes()) == AsicOptions(
        asic_model="BM1370",
        model="Gamma",
        asic_count=1,
        frequencies_mhz=(400, 490, 525, 550, 575, 600, 625),
        default_frequency_mhz=525,
        core_voltages_volts=(1.0, 1.06, 1.1, 1.15, 1.2, 1.25),
        default_core_voltage_volts=1.15,
    )


def test_the_options_of_a_nerdqaxe_read_the_same_way() -> None:
    options = decode_asic((FIXTURES / "asic-nerdqaxe_plusplus-1.0.36.json").read_bytes())
    assert (options.model, options.asic_count, options.default_frequency_mhz) == ("NerdQAxe++", 4, 600)


def test_options_that_are_no_numbers_are_left_out() -> None:
    options = decode_asic(b'{"asicCount":"many","frequencyOptions":[400,"fast",null,0,500],"voltageOptions":{}}')
    assert options == AsicOptions(frequencies_mhz=(400, 500))
