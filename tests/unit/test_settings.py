"""Settings: the contract's names, and a sentence for a value that cannot be used."""

from pathlib import Path

import pytest

from pluto.errors import BadSetting
from pluto.settings import SETTINGS, Settings, read_settings


def test_every_setting_has_a_meaning() -> None:
    assert set(SETTINGS) == set(Settings.__struct_encode_fields__)


def test_true_in_any_case_is_true_and_everything_else_is_false() -> None:
    assert read_settings({"AUTO_LISTEN": "TrUe"}).auto_listen
    assert not read_settings({"AUTO_LISTEN": "1"}).auto_listen


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("SYSTEM_INFO_TIMEOUT_MS", "5000"),
        ("GF_HOST", "ftp://x"),
        ("PLUTO_MINER_NETWORKS", "10.0.0.0/99"),
        ("PLUTO_DISCOVERY_NETWORKS", "somewhere"),
    ],
)
def test_a_bad_value_is_named(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=variable):
        read_settings({variable: value})


def test_the_file_in_the_data_folder_counts_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "pluto.toml").write_text('port = 8000\nauto_listen = true\npluto_allowed_hosts = ["a", "b"]\n')
    settings = read_settings({"PLUTO_DATA_DIR": str(tmp_path), "PORT": "9000"})
    assert (settings.port, settings.auto_listen, settings.allowed_hosts) == (9000, True, ("a", "b"))


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "pluto.toml").write_text("port = = 1")
    with pytest.raises(BadSetting, match=r"pluto\.toml"):
        read_settings({"PLUTO_DATA_DIR": str(tmp_path)})
