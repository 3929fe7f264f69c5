"""What a person types for an address."""

import pytest

from pluto.services.named_host import NoHost, host_of


@pytest.mark.parametrize(
    ("text", "host"),
    [("192.168.1.40", "192.168.1.40"), ("192.168.1.40:8080", "192.168.1.40:8080"), ("localhost:81", "127.0.0.1:81")],
)
async def test_an_address_stays_and_a_known_name_becomes_one(text: str, host: str) -> None:
    assert await host_of(text) == host


@pytest.mark.parametrize("text", ["", "http://x", "a b", "-x", "x:port", "localhost:99999", "1.2.3", "\u00e4.local", "x" * 300])
async def test_what_can_be_no_name_is_no_address(text: str) -> None:
    with pytest.raises(NoHost, match="not an address"):
        await host_of(text)
