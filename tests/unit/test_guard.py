"""Foreign names and foreign pages stop at the door; programs without a browser's headers pass."""

import pytest
from multidict import CIMultiDict

from pluto.guard.gate import Gate, judge_body
from pluto.guard.hosts import parse_authority

GATE = Gate(["miners.example.com"], ["https://panel.example.com"])


def verdict(*headers: tuple[str, str], is_read_only: bool = True) -> int | None:
    given = CIMultiDict[str]([("Host", "192.168.1.5:7776"), *headers] if not any(n == "Host" for n, _ in headers) else headers)
    found = GATE.judge(given, is_read_only=is_read_only)
    return None if found is None else found.status.value


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:7776", "192.168.1.5", "[::1]:7776", "localhost", "localhost:7776", "pluto_backend_1:7776", "pluto.local",
        "a.b.lan",
        "x.home.arpa", "x.internal", "abcdef.onion", "x.localhost", "PLUTO.LOCAL", "miners.example.com", "miners.example.com.:80",
    ],
)  # fmt: skip
def test_names_of_home_pass(host: str) -> None:
    assert verdict(("Host", host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example#localhost", "127.0.0.1.evil.example", "user@localhost", "localhost:http", "localhost:99999",
        "", "local host", "localhost/", "evil.example:7776", "[::1", "localhost.evil.example", "xminers.example.com", "a..lan",
    ],
)  # fmt: skip
def test_foreign_and_odd_names_are_misdirected(host: str) -> None:
    assert verdict(("Host", host)) == 421


def test_a_request_has_exactly_one_host() -> None:
    assert verdict(("Host", "localhost"), ("Host", "localhost")) == 400
    refused = GATE.judge(CIMultiDict[str](), is_read_only=True)
    assert refused is not None
    assert refused.status.value == 400


def test_the_refusal_names_the_setting() -> None:
    refused = GATE.judge(CIMultiDict[str]({"Host": "evil.example"}), is_read_only=True)
    assert refused is not None
    assert "PLUTO_ALLOWED_HOSTS" in refused.sentence


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:7776", "http://localhost:7776"),
        ("pluto.local", "http://pluto.local"),
        ("pluto.local", "https://pluto.local:443"),
        ("pluto.local:80", "http://pluto.local"),
        ("localhost", "https://panel.example.com"),
    ],
)
def test_our_own_page_passes(host: str, origin: str) -> None:
    assert verdict(("Host", host), ("Origin", origin), is_read_only=False) is None


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:7777", "http://localhost.evil.example:7776", "file://", "", "x"]
)
def test_a_foreign_page_is_forbidden_also_to_read(origin: str) -> None:
    assert verdict(("Host", "localhost:7776"), ("Origin", origin)) == 403


def test_a_web_server_in_front_may_have_rewritten_the_host() -> None:
    rewritten = ("Host", "backend:7776"), ("X-Forwarded-Host", "umbrel.local:7777")
    assert verdict(*rewritten, ("Origin", "http://umbrel.local:7777")) is None
    assert verdict(*rewritten, ("Origin", "http://evil.example")) == 403
    assert verdict(("Host", "backend"), ("X-Forwarded-Host", "evil.example"), ("Origin", "http://evil.example")) == 421


@pytest.mark.parametrize(
    ("site", "mode", "is_read_only", "status"),
    [
        ("same-origin", "cors", False, None),
        ("none", "navigate", True, None),
        ("cross-site", "cors", True, 403),
        ("cross-site", "no-cors", False, 403),
        ("cross-site", "navigate", True, None),
        ("cross-site", "navigate", False, 403),
        ("same-site", "cors", True, None),
        ("same-site", "cors", False, 403),
    ],
)
def test_what_a_browser_says_of_itself_counts(site: str, mode: str, is_read_only: bool, status: int | None) -> None:
    assert verdict(("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), is_read_only=is_read_only) == status


def test_no_answer_speaks_of_other_origins_unless_they_are_allowed() -> None:
    assert GATE.cross_origin_headers(CIMultiDict[str]({"Origin": "http://evil.example"})) == {}
    allowed = GATE.cross_origin_headers(CIMultiDict[str]({"Origin": "https://panel.example.com"}))
    assert allowed["Access-Control-Allow-Origin"] == "https://panel.example.com"


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""])
def test_a_form_is_not_json(media: str) -> None:
    refused = judge_body("POST", CIMultiDict[str]({"Content-Type": media}), has_body=True)
    assert refused is not None
    assert refused.status.value == 415


def test_json_and_no_body_pass() -> None:
    assert judge_body("PUT", CIMultiDict[str]({"Content-Type": "Application/JSON; charset=utf-8"}), has_body=True) is None
    assert judge_body("PUT", CIMultiDict[str](), has_body=False) is None


def test_an_authority_is_parsed_not_searched() -> None:
    assert parse_authority("LocalHost:80") == parse_authority("localhost:80")
    assert parse_authority("a@b") is None
