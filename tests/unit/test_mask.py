"""A recorded answer keeps its shape and loses its owner."""

from pluto.model.json_value import JsonObject
from pluto.model.mask import masked, masked_text


def test_names_addresses_wallets_and_secrets_are_replaced_and_shapes_stay() -> None:
    given: JsonObject = {
        "hashRate": 1072.24,
        "macAddr": "A0:B1:C2:D3:E4:F5",
        "ipv4": "192.168.1.40",
        "ipv6": "fe80::1",
        "hostname": "garage",
        "ssid": "My Home",
        "stratumUser": "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh.garage",
        "fallbackStratumUser": "x",
        "stratumPassword": "hunter2",
        "stratumURL": "public-pool.io",
        "pools": [{"id": 0, "stratumPassword": "*****"}],
        "empty": "",
    }
    assert masked(given) == {
        "hashRate": 1072.24,
        "macAddr": "02:00:5E:00:00:01",
        "ipv4": "192.0.2.1",
        "ipv6": "2001:DB8::1",
        "hostname": "hostname-masked",
        "ssid": "ssid-masked",
        "stratumUser": "stratumuser-masked",
        "fallbackStratumUser": "fallbackstratumuser-masked",
        "stratumPassword": "secret-masked",
        "stratumURL": "public-pool.io",
        "pools": [{"id": 0, "stratumPassword": "secret-masked"}],
        "empty": "",
    }


def test_a_log_line_loses_addresses_wallets_and_passwords() -> None:
    line = "I (5512) stratum: bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh password=hunter2 from 192.168.1.40 (a0:b1:c2:d3:e4:f5)"
    assert masked_text(line) == "I (5512) stratum: wallet-masked password=*** from 192.0.2.1 (02:00:5E:00:00:01)"
