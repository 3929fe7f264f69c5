"""Secrets leave no trace, whatever the spelling."""

import pytest

from pluto.model.secret import Secret, is_secret, without_secrets


@pytest.mark.parametrize(
    "key",
    [
        "stratumPassword",
        "wifiPass",
        "WIFI_PASS",
        "pa-ss",
        "pwd",
        "fallbackStratumPassword",
        "Auth.Key",
        "private_key",
        "OTP",
        "apiToken",
    ],
)
def test_a_secret_key_is_seen_in_any_spelling(key: str) -> None:
    assert is_secret(key, "x")


@pytest.mark.parametrize(
    ("key", "value"), [("otp", True), ("otp", False), ("stratumPassword", None), ("stratumUser", "bc1q"), ("ssid", "x")]
)
def test_what_is_no_secret_stays(key: str, value: object) -> None:
    assert not is_secret(key, value)


def test_secrets_are_removed_at_any_depth_and_nothing_else() -> None:
    given = {"a": 1, "pwd": "x", "pools": [{"id": 0, "stratumPassword": "*****"}], "stratum": {"PWD": 1, "user": "u"}}
    assert without_secrets(given) == {"a": 1, "pools": [{"id": 0}], "stratum": {"user": "u"}}  # type: ignore[arg-type]


def test_a_secret_cannot_be_printed() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r}"
    assert secret.reveal() == "hunter2"
