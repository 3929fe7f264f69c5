"""The kernel's neighbour table."""

from pathlib import Path

from pluto.discovery.neighbours import neighbours

TABLE = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.1.40     0x1         0x2         E4:B0:63:00:00:01     *        eth0
192.168.1.41     0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.42     0x1         0x2         00:00:00:00:00:00     *        eth0
192.168.1.43     0x1         0x6         e4:b0:63:00:00:03     *        eth0
192.168.1.44     0x1         zz          e4:b0:63:00:00:04     *        eth0
192.168.1.45     0x20        0x2         80:00:02:08:fe:80:00:00:00:00     *        ib0
half a line
"""


def test_only_neighbours_that_answered_are_told(tmp_path: Path) -> None:
    table = tmp_path / "arp"
    table.write_text(TABLE)
    assert neighbours(table) == {"192.168.1.40": "e4:b0:63:00:00:01", "192.168.1.43": "e4:b0:63:00:00:03"}


def test_a_machine_without_the_table_has_no_known_neighbours(tmp_path: Path) -> None:
    assert neighbours(tmp_path / "missing") == {}
