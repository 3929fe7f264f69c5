"""Contract I, J: the figures somebody may rely on, each where the code has it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec
import pytest

from pluto import app
from pluto.axeos import log_feed
from pluto.clock import iso_milliseconds
from pluto.dashboards import grafana, keeper, publisher
from pluto.discovery import service
from pluto.events import hub
from pluto.monitor import log_tails
from pluto.services import configure, errand, relay
from pluto.settings import Settings, read_settings

GIVEN: Final[Mapping[type, tuple[str, object]]] = {
    bool: ("TRUE", True),
    int: ("4321", 4321),
    float: ("90", 90.0),
    str: ("http://127.0.0.1:1", "http://127.0.0.1:1"),
}


@pytest.mark.parametrize(
    ("what", "figure"),
    [
        (app.POLL_INTERVAL_S, 5),
        (errand.QUESTION_S, 4),
        (errand.SEND_S, 10),
        (errand.SETTLE_S, 1),
        (configure.MAX_BODY_BYTES, 10_240),
        (service.ServiceLimits().connect_s, 2),
        (service.ServiceLimits().question_s, 10),
        (service.ServiceLimits().scan_s, 60),
        (grafana.Limits().call_s, 5),
        (grafana.CALLS_AT_ONCE, 4),
        (publisher.SEEN_AFTER_S, 2),
        (log_feed.OPENING_S, 5),
        (log_feed.MAX_MESSAGE_BYTES, 1024 * 1024),
        (log_tails.DELAYS_S, (1, 2, 4, 8, 16)),
        (relay.LIMIT_S, 10),
        (hub.PING_INTERVAL_S, 10),
        (hub.PING_TIMEOUT_S, 5),
    ],
)
def test_the_figures_are_those_of_the_contract(what: object, figure: object) -> None:
    assert what == figure


def test_the_list_of_dashboards_and_a_hanging_discovery_are_given_up_in_time() -> None:
    assert keeper.LISTING_S < 10


@pytest.mark.parametrize(
    ("variable", "default"),
    [
        ("PORT", 7776),
        ("PLUTO_BIND", "127.0.0.1"),
        ("DISCOVERY_SERVICE_HOST", ""),
        ("GF_HOST", ""),
        ("AUTO_LISTEN", False),
        ("DELETE_DATA_ON_DEVICE_REMOVE", False),
        ("PLUTO_DATA_DIR", "./data"),
        ("PLUTO_DASHBOARDS_DIR", "./grafana/dashboards"),
        ("PLUTO_TEMPLATES_DIR", "./grafana_templates"),
        ("PLUTO_LOGS_DIR", "./logs"),
        ("PROMETHEUS_HOST", "http://prometheus:9090"),
        ("SYSTEM_INFO_TIMEOUT_MS", 4000),
        ("PLUTO_FLUSH_S", 60.0),
    ],
)
def test_these_variables_work_and_have_these_defaults(variable: str, default: object) -> None:
    (field,) = (field for field in msgspec.structs.fields(Settings) if field.encode_name == variable)
    assert field.default == default
    text, value = GIVEN[type(default)]
    assert getattr(read_settings({variable: text}), field.name) == value


def test_a_poll_ends_before_the_next_is_due() -> None:
    assert Settings().system_info_timeout_ms / 1000 < app.POLL_INTERVAL_S


def test_times_are_iso_8601_in_utc_with_milliseconds() -> None:
    assert iso_milliseconds(datetime(2024, 1, 2, 3, 4, 5, 678_900, UTC)) == "2024-01-02T03:04:05.678Z"
