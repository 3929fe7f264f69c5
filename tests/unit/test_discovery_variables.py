import pytest

from pluto.discovery.from_settings import places_of
from pluto.errors import BadSetting
from pluto.settings import read_settings

QUIET = {"PLUTO_DISCOVERY_MDNS": "false", "PLUTO_DISCOVERY_NETWORKS": "127.0.0.0/30"}


@pytest.mark.parametrize(
    ("given", "hints"),
    [
        ({}, 0),
        ({"MOCK_DISCOVERY_HOST": "http://localhost:7770"}, 0),
        ({"DETECT_MOCK_DEVICES": "false", "MOCK_DISCOVERY_HOST": "http://localhost:7770"}, 0),
        ({"DETECT_MOCK_DEVICES": "true", "MOCK_DISCOVERY_HOST": "http://localhost:7770"}, 1),
    ],
)
def test_mocks_are_asked_for_only_when_both_are_said(given: dict[str, str], hints: int) -> None:
    assert len(places_of(read_settings(QUIET | given)).hints) == hints


def test_mocks_without_a_list_are_a_bad_setting() -> None:
    with pytest.raises(BadSetting, match="MOCK_DISCOVERY_HOST"):
        places_of(read_settings(QUIET | {"DETECT_MOCK_DEVICES": "true"}))
