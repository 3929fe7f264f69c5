"""Whom we contact: addresses of home networks, spelled as addresses, and never ourselves."""

import pytest

from pluto.axeos.reach import Reach, Refusal, Target
from pluto.settings import Settings

REACH = Reach(Settings().miner_networks, [Target("127.0.0.1", 7776), Target("192.168.1.2", 3000)])


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("192.168.1.40", Target("192.168.1.40", 80)),
        ("10.0.0.1:8080", Target("10.0.0.1", 8080)),
        ("172.31.255.255", Target("172.31.255.255", 80)),
        ("100.64.0.1", Target("100.64.0.1", 80)),
        ("127.0.0.1:7777", Target("127.0.0.1", 7777)),
    ],
)
def test_homes_are_contacted(host: str, target: Target) -> None:
    assert REACH.check(host) == target


@pytest.mark.parametrize(
    "host",
    [
        "", "bitaxe.local", "127.1", "0x7f.0.0.1", "2130706433", "192.168.001.040", "192.168.1.40:0",
        "192.168.1.40:65536", "192.168.1.40:080", "192.168.1.40/x", "a@192.168.1.40", "192.168.1.40#x",
        " 192.168.1.40", "192.168.1.40\n", "::1",
        "[::1]:80", "192.168.1.256", "\uff1192.168.1.1",
    ],
)  # fmt: skip
def test_whatever_is_no_plain_address_is_refused(host: str) -> None:
    verdict = REACH.check(host)
    assert isinstance(verdict, Refusal)
    assert "IPv4" in verdict.sentence


@pytest.mark.parametrize("host", ["0.0.0.0", "169.254.1.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"])
def test_never_means_never_even_if_configured(host: str) -> None:
    verdict = Reach(["0.0.0.0/0"]).check(host)
    assert isinstance(verdict, Refusal)
    assert "never" in verdict.sentence


@pytest.mark.parametrize("host", ["127.0.0.1:7776", "192.168.1.2:3000"])
def test_we_and_our_services_are_no_miners(host: str) -> None:
    assert isinstance(REACH.check(host), Refusal)


def test_listening_everywhere_means_ourselves_on_every_loopback_address() -> None:
    everywhere = Reach(["127.0.0.0/8"], [Target("0.0.0.0", 7776)])
    assert isinstance(everywhere.check("127.5.5.5:7776"), Refusal)
    assert everywhere.check("127.5.5.5:80") == Target("127.5.5.5", 80)


def test_outside_the_networks_the_setting_is_named() -> None:
    verdict = REACH.check("8.8.8.8")
    assert isinstance(verdict, Refusal)
    assert "PLUTO_MINER_NETWORKS" in verdict.sentence
