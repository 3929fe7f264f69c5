"""Which numbers are believed, and which of several fields counts."""

import pytest

from pluto.axeos.decode import decode_system_info
from pluto.model.reading import Fan, Reading


def reading(members: str) -> Reading:
    """Decode an answer of just these *members*."""
    return decode_system_info(f"{{{members}}}".encode()).reading


@pytest.mark.parametrize(
    ("members", "hashrate", "is_glitch"),
    [
        ('"hashRate":3213,"expectedHashrate":1071', 3213, False),
        ('"hashRate":3214,"expectedHashrate":1071', None, True),
        ('"hashRate":100000,"hashRate_10m":1000', None, True),
        ('"hashRate":100000,"hashRate_1m":1000', None, True),
        ('"hashRate":1100,"hashRate_10m":1000', 1100, False),
        ('"hashRate":500,"hashRate_1m":0,"hashRate_10m":0', 500, False),
        ('"hashRate":100000', 100000, False),
        ('"hashRate":-1,"hashRate_1m":5', None, False),
        ('"hashRate":null,"hashRate_1m":5,"hashRate_10m":6', 5, False),
        ('"hashRate":"5","hashRate_10m":6', 6, False),
        ('"hashRate":0,"hashRate_1m":5', 0, False),
    ],
)
def test_a_hash_rate_that_cannot_be_is_none_and_a_true_zero_is_zero(
    members: str, hashrate: float | None, is_glitch: bool
) -> None:
    judged = reading(members)
    assert (judged.hashrate_ghs, judged.is_hashrate_glitch) == (hashrate, is_glitch)


def test_an_average_that_a_glitch_lifted_is_not_believed_either() -> None:
    judged = reading('"hashRate":1000,"hashRate_1m":9000,"hashRate_10m":1900,"expectedHashrate":1000,"power":15')
    assert (judged.hashrate_1m_ghs, judged.hashrate_10m_ghs) == (None, 1900)
    assert judged.efficiency_j_per_th == pytest.approx(15 / 1.9)


@pytest.mark.parametrize(
    ("members", "power"),
    [
        ('"power":0,"hashRate":0', 0),
        ('"power":0', 0),
        ('"power":0,"hashRate":500', None),
        ('"power":0,"hashRate":99999,"expectedHashrate":1000', None),
        ('"power":-3,"hashRate":0', None),
        ('"power":12,"hashRate":500', 12),
    ],
)
def test_no_power_while_hashing_is_no_reading(members: str, power: float | None) -> None:
    assert reading(members).power_watts == power


@pytest.mark.parametrize(
    ("members", "efficiency"),
    [
        ('"power":20,"hashRate":1000,"hashRate_1m":800,"hashRate_10m":900', 25),
        ('"power":20,"hashRate":1000,"hashRate_10m":800', 25),
        ('"power":20,"hashRate":800', 25),
        ('"power":20,"hashRate":0,"hashRate_1m":800', None),
        ('"power":20,"hashRate":40,"expectedHashrate":1000', None),
        ('"hashRate":800', None),
    ],
)
def test_efficiency_is_that_of_a_minute_and_of_a_miner_at_work(members: str, efficiency: float | None) -> None:
    assert reading(members).efficiency_j_per_th == efficiency


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ('"expectedHashrate":1071,"frequency":1', 1071),
        ('"frequency":485,"smallCoreCount":894,"asicCount":1', 433.59),
        ('"frequency":485,"asicCount":1,"ASICModel":"BM1366"', 433.59),
        ('"frequency":400,"asicCount":1,"ASICModel":"BM1372/BM1373"', 2690),
        ('"frequency":485,"smallCoreCount":894,"hashrateMonitor":{"asics":[{},{}]}', 867.18),
        ('"frequency":0,"smallCoreCount":894,"asicCount":1', None),
        ('"frequency":485,"smallCoreCount":894,"asicCount":0', None),
        ('"frequency":485,"smallCoreCount":894', None),
    ],
)
def test_what_a_miner_should_do_follows_from_clock_cores_and_chips(members: str, expected: float | None) -> None:
    assert reading(members).expected_hashrate_ghs == pytest.approx(expected)


@pytest.mark.parametrize(
    ("written", "difficulty"),
    [
        ('"13M"', 13e6),
        ('"572.14 M"', 572.14e6),
        ('" 2.03 G "', 2.03e9),
        ('"948k"', 948e3),
        ('"948K"', 948e3),
        ('"1.5T"', 1.5e12),
        ('"2P"', 2e15),
        ('"3E"', 3e18),
        ('"0"', 0),
        ("49224525", 49224525),
        ('"65536"', 65536),
        ('"1e5"', None),
        ('"-5"', None),
        ('"12 m"', None),
        ('"5 MB"', None),
        ('""', None),
        (f'"{"9" * 400}"', None),
        ("true", None),
        ("-1", None),
    ],
)
def test_difficulties_may_be_written_with_a_suffix(written: str, difficulty: float | None) -> None:
    assert reading(f'"bestDiff":{written},"x":1').best_difficulty == difficulty


@pytest.mark.parametrize(
    ("members", "temperatures"),
    [
        ('"temp":60,"temp2":-1', (60,)),
        ('"temp":60,"temp2":0', (60,)),
        ('"temp":60,"temp2":61', (60, 61)),
        ('"temp":-1', ()),
        ('"temp":151', ()),
        ('"temp":150', (150,)),
        ('"temp":60,"asicTemps":[0,0,0]', (60,)),
        ('"temp":62,"asicTemps":[60,0,null,62,900]', (60, 62)),
        ('"temp":54,"chiptemp1":52,"chiptemp2":56', (52, 56)),
        ('"temp":54,"chiptemp1":0,"chiptemp2":0', (54,)),
    ],
)
def test_only_what_a_sensor_can_say_is_a_temperature(members: str, temperatures: tuple[float, ...]) -> None:
    judged = reading(members)
    assert judged.chip_temperatures_celsius == temperatures
    assert judged.chip_temperature_celsius == max(temperatures, default=None)


@pytest.mark.parametrize(
    ("members", "fans"),
    [
        ("", ()),
        ('"fanSpeed":5000', (Fan(None, 5000),)),
        ('"fanSpeed":5000,"fanspeed":80', (Fan(80, 5000),)),
        ('"fanSpeedRpm":5000,"fanspeed":80', (Fan(80, 5000),)),
        ('"fanrpm":0,"fanspeed":100', (Fan(100, 0),)),
        ('"fanrpm":4000,"fanspeed":65535', (Fan(None, 4000),)),
        ('"fanSpeed":63,"fanrpm":3651,"chiptemp1":50', (Fan(63, 3651),)),
        ('"fanSpeed":63,"chiptemp1":50', (Fan(63, None),)),
        ('"fanspeed":50,"fanrpm":3000,"fan2rpm":0', (Fan(50, 3000),)),
        ('"fanspeed":50,"fanrpm":3000,"fan2rpm":2900', (Fan(50, 3000), Fan(None, 2900))),
        ('"fanspeed":50,"fanrpm":3000,"fanrpm2":0,"fanspeed2":40,"fanCount":2', (Fan(50, 3000), Fan(40, 0))),
        ('"fanspeed":50,"fanrpm":3000,"fanrpm2":0,"fanspeed2":0,"fanCount":1', (Fan(50, 3000),)),
        ('"fanspeed":50,"fanrpm":3000,"fanrpm2":1557', (Fan(50, 3000), Fan(None, 1557))),
        ('"fanspeed":1,"fans":[{"rpm":0,"speedPerc":54},{"rpm":1557,"speedPerc":40}]', (Fan(54, 0), Fan(40, 1557))),
        ('"fanspeed":50,"fans":[]', (Fan(50, None),)),
    ],
)
def test_fans_are_found_whatever_the_firmware_calls_them(members: str, fans: tuple[Fan, ...]) -> None:
    assert reading(members).fans == fans


@pytest.mark.parametrize(
    ("url", "port", "host", "number"),
    [
        ('"pool.example"', "3333", "pool.example", 3333),
        ('"stratum+tcp://pool.example"', "3333", "pool.example", 3333),
        ('"stratum+ssl://pool.example:4444/path?x"', "3333", "pool.example", 4444),
        ('"pool.example:4444"', '"3333"', "pool.example", 4444),
        ('"192.168.1.9"', "0", "192.168.1.9", None),
        ('"192.168.1.9"', "70000", "192.168.1.9", None),
        ('"192.168.1.9"', "3333.5", "192.168.1.9", None),
        ('"192.168.1.9:99999"', "3333", "192.168.1.9", 3333),
        ('"[2001:db8::1]:3333"', "1", "[2001:db8::1]", 3333),
        ('"2001:db8::1"', "3333", "2001:db8::1", 3333),
        ('""', "3333", None, 3333),
        ('"stratum+tcp://"', "null", None, None),
        ('"odd"', '"\N{SUPERSCRIPT TWO}"', "odd", None),
    ],
)
def test_a_pool_is_a_host_and_a_port(url: str, port: str, host: str | None, number: int | None) -> None:
    pool = reading(f'"stratumURL":{url},"stratumPort":{port}').pool
    assert (pool.stratum_url, pool.stratum_port) == (host, number)


@pytest.mark.parametrize(
    ("members", "is_connected"),
    [
        ('"isStratumConnected":false', False),
        ('"poolConnectionInfo":"IPv4 (TLS)"', True),
        ('"poolConnectionInfo":"Not Connected"', False),
        ('"poolConnectionInfo":"SV2: Pool unreachable"', False),
        ('"poolConnectionInfo":"disconnected"', False),
        ('"poolConnectionInfo":"who knows"', None),
        ('"stratum":{"pools":[{"connected":false},{"connected":true}]}', True),
        ('"stratum":{"pools":[{"connected":false}]}', False),
        ('"stratum":{"pools":[]}', None),
        ('"stratumURL":"x"', None),
    ],
)
def test_whether_the_pool_is_reached(members: str, is_connected: bool | None) -> None:
    assert reading(members).pool.is_connected is is_connected


@pytest.mark.parametrize(
    ("written", "flag"), [("1", True), ("0", False), ("true", True), ("false", False), ('"1"', None), ("null", None)]
)
def test_a_switch_is_a_boolean_or_a_number(written: str, flag: bool | None) -> None:
    judged = reading(f'"overheat_mode":{written},"isUsingFallbackStratum":{written},"apEnabled":{written}')
    assert (judged.flags.is_overheated, judged.pool.is_fallback, judged.flags.is_access_point) == (flag, flag, flag)


@pytest.mark.parametrize(
    ("members", "dbm"),
    [
        ('"wifiRSSI":-55', -55),
        ('"wifiRSSI":0', None),
        ('"wifiRSSI":-128', None),
        ('"wifiRSSI":-90', -90),
        ('"wifiRSSI":-90,"pools":[]', None),
        ('"wifiRSSI":-89,"pools":[{"id":0}]', -89),
        ('"wifiRSSI":31', None),
    ],
)
def test_a_signal_that_is_unknown_is_none(members: str, dbm: float | None) -> None:
    assert reading(members).wifi_rssi_dbm == dbm


@pytest.mark.parametrize(
    ("members", "mac"),
    [
        ('"macAddr":"AA:BB:CC:00:00:01"', "aa:bb:cc:00:00:01"),
        ('"macAddr":"aa-bb-cc-00-00-01"', "aa:bb:cc:00:00:01"),
        ('"macAddr":"","mac":"AA:BB:CC:00:00:02"', "aa:bb:cc:00:00:02"),
        ('"mac":"AA:BB:CC:00:00:02"', "aa:bb:cc:00:00:02"),
        ('"macAddr":"unknown"', None),
        ('"macAddr":17', None),
    ],
)
def test_a_miner_says_its_mac_in_any_spelling(members: str, mac: str | None) -> None:
    assert reading(members).mac == mac


@pytest.mark.parametrize(
    ("members", "model"),
    [
        ('"boardVersion":"601","deviceModel":"Gamma"', "Gamma"),
        ('"boardVersion":"0.11"', "Bitaxe Ultra"),
        ('"boardVersion":"2.2"', "Bitaxe Max"),
        ('"boardVersion":"702"', "Bitaxe SupraHex"),
        ('"boardVersion":"800"', "Bitaxe GT"),
        ('"boardVersion":"800","chiptemp1":50', "BitForge Nano"),
        ('"boardVersion":"302","minerModel":"LV06"', "Lucky Miner LV06"),
        ('"boardVersion":"999","ASICModel":"BM1370","asicCount":2', "BM1370 x2"),
        ('"ASICModel":"BM1370"', "BM1370"),
        ('"version":"v2"', None),
    ],
)
def test_a_miner_has_the_name_of_its_maker(members: str, model: str | None) -> None:
    assert reading(members).model == model


def test_the_nested_shape_is_known_by_its_groups_alone() -> None:
    judged = reading('"miner":{"hashRate":500,"uptimeSeconds":7},"identity":{"hostName":"nm"}')
    assert (judged.hashrate_ghs, judged.uptime_seconds, judged.hostname) == (500, 7, "nm")


def test_the_board_number_of_a_lucky_miner_counts_for_nothing() -> None:
    members = '"boardVersion":"302","asicCount":4,"frequency":500,"smallCoreCount":894'
    assert reading(members).expected_hashrate_ghs == 500 * 894 * 6 / 1000
    assert reading(members + ',"minerModel":"LV08"').expected_hashrate_ghs == 500 * 894 * 4 / 1000


def test_a_regulators_output_current_is_said_to_be_one() -> None:
    assert reading('"power":30.6,"voltage":4968,"current":20031').is_regulator_output_current
    assert not reading('"power":78.6,"voltage":12000,"current":6550').is_regulator_output_current
    assert not reading('"power":0,"voltage":5000,"current":500').is_regulator_output_current


def test_numbers_as_reported_are_not_judged() -> None:
    reported = reading('"temp":-1,"hashRate":-5,"vrTemp":0,"voltage":0,"stratumPort":3333,"hostname":""').reported
    assert (reported.temperature_celsius, reported.hashrate_ghs, reported.vr_temperature_celsius) == (-1, -5, 0)
    assert (reported.voltage_volts, reported.stratum_port, reported.hostname) == (0, "3333", None)
