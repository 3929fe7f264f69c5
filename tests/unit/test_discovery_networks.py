"""Which addresses are searched: as a person writes them, and this machine's own."""

import logging
from ipaddress import IPv4Address, IPv4Network

import pytest

from pluto.discovery.networks import (
    InterfaceAddress,
    SearchNetwork,
    configured_networks,
    interface_addresses,
    lan_addresses,
    own_networks,
    parse_network,
    without_overlap,
)
from pluto.errors import BadSetting
from pluto.settings import read_settings


def own(interface: str, address: str, prefix: int) -> InterfaceAddress:
    return InterfaceAddress(interface, IPv4Address(address), prefix)


@pytest.mark.parametrize(
    ("text", "network", "port"),
    [
        ("10.0.0.0/24", "10.0.0.0/24", 80),
        ("10.0.0.77/24:8080", "10.0.0.0/24", 8080),
        ("10.0.0.5", "10.0.0.5/32", 80),
        ("10.0.0.5:81", "10.0.0.5/32", 81),
    ],
)
def test_a_network_is_read_with_or_without_a_port(text: str, network: str, port: int) -> None:
    assert parse_network(text) == SearchNetwork(IPv4Network(network), port)


@pytest.mark.parametrize(
    "text", ["", "attic", "10.0.0.0/33", "10.0.0.0/24:0", "10.0.0.0/24:65536", "10.0.0.0/24:x", "::1/64", "1.2.3"]
)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no IPv4 network|is no port"):
        parse_network(text)


def test_the_hosts_of_a_network_are_as_many_as_its_size_says_and_it_holds_exactly_these() -> None:
    for text in ("10.0.0.0/29:8080", "10.0.0.4/31", "10.0.0.4/32", "10.0.1.0/24"):
        place = parse_network(text)
        hosts = list(place.hosts())
        assert len(hosts) == place.size
        assert all(place.holds(host) for host in hosts)
    assert list(parse_network("10.0.0.0/30:8080").hosts()) == ["10.0.0.1:8080", "10.0.0.2:8080"]
    for stranger in ("10.0.0.0:8080", "10.0.0.7:8080", "10.0.0.1", "10.0.1.1:8080", "attic"):
        assert not parse_network("10.0.0.0/29:8080").holds(stranger)


def test_overlapping_networks_are_searched_once() -> None:
    places = without_overlap(map(parse_network, ("10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/24:81", "10.0.1.0/24")), 4096)
    assert places == [SearchNetwork(IPv4Network("10.0.0.0/23")), SearchNetwork(IPv4Network("10.0.0.0/24"), 81)]


def test_more_addresses_than_agreed_are_refused_and_the_setting_is_named() -> None:
    with pytest.raises(BadSetting, match=r"65,534 addresses.*PLUTO_DISCOVERY_MAX_ADDRESSES"):
        configured_networks(read_settings({"PLUTO_DISCOVERY_NETWORKS": "10.0.0.0/16"}))
    told = {"PLUTO_DISCOVERY_NETWORKS": "10.0.0.0/16", "PLUTO_DISCOVERY_MAX_ADDRESSES": "70000"}
    assert configured_networks(read_settings(told))[0].size == 65534


def test_a_configured_port_that_is_none_is_a_bad_setting() -> None:
    with pytest.raises(BadSetting, match="no port"):
        configured_networks(read_settings({"PLUTO_DISCOVERY_NETWORKS": "10.0.0.0/24:http"}))


def test_loopback_and_containers_are_no_lan_but_an_interface_that_merely_sounds_like_one_is() -> None:
    names = ("lo", "lo0", "docker0", "br-12ab", "veth9", "dind0", "eth0.orbmirror", "wlo1", "lowpan0", "eth0", "br0", "enp3s0")
    addresses = [own(name, f"192.168.{number}.2", 24) for number, name in enumerate(names)]
    assert [found.interface for found in lan_addresses(addresses)] == ["wlo1", "lowpan0", "eth0", "br0", "enp3s0"]
    assert [found.interface for found in lan_addresses(addresses, ["lo", "eth0"])] == ["lo", "eth0"]


def test_an_address_that_only_this_link_knows_is_no_lan() -> None:
    assert lan_addresses([own("eth0", "169.254.7.7", 16)]) == []


def test_a_wide_network_is_narrowed_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        narrow, plain = own_networks([own("eth0", "10.1.2.3", 16), own("eth1", "192.168.4.9", 22), own("tun0", "10.9.0.1", 32)])
    assert narrow == SearchNetwork(IPv4Network("10.1.2.0/24"), around=IPv4Network("10.1.0.0/16"))
    assert plain == SearchNetwork(IPv4Network("192.168.4.0/22"))
    assert [record.message for record in caplog.records] == ["network narrowed"]
    assert narrow.is_near("10.1.77.7:8080")
    assert not narrow.is_near("10.2.0.1")


def test_two_addresses_in_one_network_are_one_network() -> None:
    assert len(own_networks([own("eth0", "10.1.2.3", 24), own("wlan0", "10.1.2.4", 24)])) == 1


def test_this_machine_has_its_loopback() -> None:
    assert any(found.address.is_loopback for found in interface_addresses())
