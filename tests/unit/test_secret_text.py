"""Secrets in running text: masked wherever they stand, and nothing else is."""

import pytest

from pluto.model.secret_text import PIECE_BYTES, SecretMask, pieces, secrets_masked

MEBIBYTE = 1 << 20


@pytest.mark.parametrize(
    "text",
    [
        "password: hunter2", "password=hunter2", "Pass = hunter2, next", 'wifiPass":"hunter2"', "psk hunter2",
        "token: hunter2", "secret=hunter2",
        '{"id": 3, "method": "mining.authorize", "params": ["bc1qx.worker", "hunter2"]}',
        'stratum_api: tx: {"id":3,"method":"mining.authorize","params":["bc1qx.worker","hunter2"]}',
        "the password is hunter2", "PASSWORD -> hunter2",
    ],
)  # fmt: skip
def test_a_secret_is_masked(text: str) -> None:
    masked = secrets_masked(text)
    assert "hunter2" not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "text",
    ["I (5512) asic_result: Nonce 3D5DB4D9 diff 906.9 of 1000.", "self test passed", "WiFi Connected!", "passing 3 shares", ""],
)
def test_other_text_stays(text: str) -> None:
    assert secrets_masked(text) == text


def test_the_worker_stays_readable_when_the_password_goes() -> None:
    text = '{"method": "mining.authorize", "params": ["bc1qx.garage", "x"]}'
    assert "bc1qx.garage" in secrets_masked(text)


def test_a_secret_that_is_cut_in_two_is_seen_in_neither_piece() -> None:
    mask = SecretMask()
    pieces = [mask.masked(piece) for piece in ('a {"method": "mining.authorize", "params": ["w", "hun', 'ter2"]}\nnext')]
    assert "hun" not in pieces[0]
    assert "ter2" not in pieces[1]
    assert pieces[1].endswith("\nnext")


@pytest.mark.timeout(20)  # what looks at each character again for each other one takes hours
@pytest.mark.parametrize(
    "text",
    [
        'pass=\\"' + "\\" * MEBIBYTE, "pass" + "\\" * MEBIBYTE, 'pass=\\"' * (MEBIBYTE // 7), "pass=" * (MEBIBYTE // 5),
        'mining.authorize params": ["' + 'params": [' * (MEBIBYTE // 10), "mining.authorize" * (MEBIBYTE // 16),
        'mining.authorize params":["a","' + '"]' * (MEBIBYTE // 2), "password " * (MEBIBYTE // 9),
    ],
)  # fmt: skip
def test_a_mebibyte_made_to_take_long_does_not(text: str) -> None:
    assert secrets_masked(text)


def test_a_long_secret_among_backslashes_is_masked() -> None:
    assert "hunter2" not in secrets_masked('pass=\\"' + "hunter2" * 500 + '\\" ok')
    assert "hunter2" not in secrets_masked('pass=\\"' + "\\" * 50 + 'hunter2\\"')


@pytest.mark.parametrize("text", ["x" * 100_000, "é" * 50_000, "€1" * 30_000, "line\n" * 20 + "y" * 40_000])
def test_a_message_that_no_firmware_sends_is_looked_at_in_pieces_between_characters(text: str) -> None:
    found = list(pieces(text.encode()))
    assert max(map(len, found)) <= PIECE_BYTES
    assert "".join(piece.decode() for piece in found) == text
