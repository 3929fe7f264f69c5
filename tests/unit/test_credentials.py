"""Trust 2.9, 3: what is kept of passwords, tokens and sessions, how long it counts, how often one may guess."""

import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from multidict import CIMultiDict

from clocks import FakeClock
from pluto.access import passwords
from pluto.access.attempts import Attempts
from pluto.access.given import given_passwords
from pluto.access.passwords import PasswordFile, generated, hashed, role_for
from pluto.access.peers import Peer, Peers
from pluto.access.roles import Role
from pluto.access.sessions import Sessions
from pluto.access.tokens import TokenFile
from pluto.api.signing import own_path
from pluto.errors import BadRequest, BadSetting, FolderUnusable, NotFound
from pluto.settings import Settings, read_settings

DAY_S = 86_400.0
GOOD = "correct horse"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def headers(*pairs: tuple[str, str]) -> CIMultiDict[str]:
    return CIMultiDict(pairs)


# Passwords


def test_the_figures_of_scrypt_and_of_a_password_are_those_of_the_page() -> None:
    assert (passwords.COST, passwords.BLOCK, passwords.LANES, passwords.SALT_BYTES) == (2**15, 8, 3, 16)
    assert (passwords.LEAST_CHARACTERS, passwords.MOST_CHARACTERS) == (8, 256)
    assert len(hashed(GOOD).salt) == 16


def test_a_password_opens_its_role_and_every_other_text_opens_nothing() -> None:
    kept = {Role.VIEWER: hashed("just looking"), Role.OPERATOR: hashed(GOOD)}
    assert role_for(GOOD, kept) is Role.OPERATOR
    assert role_for("just looking", kept) is Role.VIEWER
    for wrong in ("", "correct hors", GOOD.upper(), GOOD + " ", GOOD * 100, "\ud800 surrogate"):
        assert role_for(wrong, kept) is Role.NOBODY


def test_a_password_is_the_same_however_a_keyboard_composes_its_letters() -> None:
    assert role_for("schlu\u0308sseldienst", {Role.OPERATOR: hashed("schlüsseldienst")}) is Role.OPERATOR


@pytest.mark.parametrize("text", ["", "seven77", "a" * 257])
def test_a_password_too_short_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="8 to 256"):
        hashed(text)


def test_a_generated_password_is_long_enough_and_never_the_same() -> None:
    made = {generated() for _ in range(50)}
    assert len(made) == 50
    assert all(passwords.is_possible(one) and len(one) == 19 for one in made)


def test_a_kept_password_is_a_hash_that_nobody_else_can_read(tmp_path: Path) -> None:
    PasswordFile(tmp_path / "access").put(Role.OPERATOR, hashed(GOOD))
    file = tmp_path / "access" / "passwords.json"
    assert GOOD not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["passwords.json"]


def test_another_process_sees_a_changed_password_and_another_fingerprint(tmp_path: Path) -> None:
    one, other = PasswordFile(tmp_path), PasswordFile(tmp_path)
    one.put(Role.OPERATOR, hashed(GOOD))
    assert other.refresh()
    before = other.fingerprint
    assert not other.refresh()
    one.put(Role.OPERATOR, hashed("another one"))
    assert other.refresh()
    assert other.fingerprint != before
    assert role_for("another one", other.kept) is Role.OPERATOR


def test_a_password_of_the_environment_replaces_the_kept_one_and_goes_with_it(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path)
    file.put(Role.OPERATOR, hashed(GOOD))
    file.adopt({Role.OPERATOR: "from outside", Role.VIEWER: "just looking"})
    fingerprint = file.fingerprint
    assert role_for("from outside", file.kept) is Role.OPERATOR
    file.adopt({Role.OPERATOR: "from outside", Role.VIEWER: "just looking"})
    assert file.fingerprint == fingerprint  # nobody is signed out by a mere restart
    file.adopt({})
    assert file.kept == {}


def test_a_password_of_the_command_line_stays_when_the_environment_names_none(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path)
    file.put(Role.OPERATOR, hashed(GOOD))
    file.adopt({})
    assert role_for(GOOD, file.kept) is Role.OPERATOR


def test_a_damaged_password_file_is_named_and_never_taken_for_no_password(tmp_path: Path) -> None:
    (tmp_path / "passwords.json").write_text("{")
    with pytest.raises(FolderUnusable, match=r"passwords\.json"):
        PasswordFile(tmp_path).refresh()


def test_passwords_come_from_the_settings_or_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" with blanks \n")
    given = given_passwords(Settings(password=GOOD, viewer_password_file=str(tmp_path / "secret")))
    assert given == {Role.OPERATOR: GOOD, Role.VIEWER: " with blanks "}
    assert read_settings({"PLUTO_PASSWORD": " blank inside "}).password == " blank inside "


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (Settings(password="short"), "PLUTO_PASSWORD"),
        (Settings(viewer_password="short"), "PLUTO_VIEWER_PASSWORD"),
        (Settings(password=GOOD, password_file="/x"), "PLUTO_PASSWORD_FILE"),
        (Settings(password_file="/nowhere/at/all"), "PLUTO_PASSWORD_FILE"),
        (Settings(password=GOOD, viewer_password=GOOD), "PLUTO_VIEWER_PASSWORD"),
    ],
)
def test_a_password_that_cannot_be_used_is_named_and_not_said(settings: Settings, named: str) -> None:
    with pytest.raises(BadSetting, match=named) as caught:
        given_passwords(settings)
    assert GOOD not in str(caught.value)
    assert "short" not in str(caught.value)


def test_printing_the_settings_shows_no_password() -> None:
    shown = repr(Settings(password=GOOD, viewer_password="just looking", secret_key=GOOD))
    assert GOOD not in shown
    assert "just looking" not in shown
    assert "port=7776" in shown
    with pytest.raises(BadSetting) as caught:
        read_settings({"PLUTO_AUTH": "maybe"})
    assert "PLUTO_AUTH" in str(caught.value)


# Tokens


def test_a_token_is_shown_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    token, secret = file.create("metrics", None, "2026-01-01T00:00:00.000Z")
    assert secret.startswith("pluto_")
    assert len(secret) == len("pluto_") + 43  # 32 bytes
    content = (tmp_path / "tokens.json").read_text()
    assert secret not in content
    assert token.sha256 in content
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600


def test_a_token_is_found_by_itself_alone_and_not_once_it_is_revoked(tmp_path: Path) -> None:
    file, server = TokenFile(tmp_path), TokenFile(tmp_path)
    token, secret = file.create("viewer", "grafana", "")
    server.refresh()
    assert server.find(secret) == token
    for other in (token.sha256, secret[:-1], secret.removeprefix("pluto_"), secret.upper(), ""):
        assert server.find(other) is None
    file.revoke("grafana")
    server.refresh()
    assert server.find(secret) is None
    assert not server.is_valid(token)
    with pytest.raises(NotFound):
        file.revoke("grafana")


def test_names_of_tokens_are_unique_and_made_up_where_none_is_given(tmp_path: Path) -> None:
    file = TokenFile(tmp_path)
    assert [file.create("operator", None, "")[0].name for _ in range(3)] == ["operator-1", "operator-2", "operator-3"]
    for name in ("operator-2", "", "a\nb", "x" * 65):
        with pytest.raises(BadRequest):
            file.create("operator", name, "")


# Sessions


def test_a_session_ends_after_seven_days_without_use(clock: FakeClock) -> None:
    sessions = Sessions(clock)
    key, secret = sessions.begin(Role.VIEWER)
    clock.advance_to(6.9 * DAY_S)
    assert sessions.use(secret) == (key, Role.VIEWER)
    clock.advance_to(13.8 * DAY_S)
    assert sessions.use(secret) is not None
    clock.advance_to(20.9 * DAY_S)
    assert sessions.use(secret) is None
    assert not sessions.is_open(key)


def test_a_session_ends_after_thirty_days_however_much_it_is_used(clock: FakeClock) -> None:
    sessions = Sessions(clock)
    _, secret = sessions.begin(Role.OPERATOR)
    for day in range(30):
        clock.advance_to(day * DAY_S)
        assert sessions.use(secret) is not None
    clock.advance_to(30 * DAY_S)
    assert sessions.use(secret) is None
    sessions.end_old()
    assert len(sessions) == 0


def test_sessions_are_kept_as_hashes_and_survive_a_restart_with_the_time_they_have_left(clock: FakeClock) -> None:
    before = Sessions(clock)
    key, secret = before.begin(Role.OPERATOR)
    clock.advance_to(2 * DAY_S)
    content = before.to_json("same")
    assert secret.encode() not in content
    after = Sessions(clock)
    clock.advance_to(6 * DAY_S)  # four days off
    after.load(content, "same")
    assert after.is_open(key)
    clock.advance_to(7.1 * DAY_S)
    assert after.use(secret) is None


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"passwords":"same","written_at":1,"sessions":{"k":{"role":"king"}}}'])
def test_a_missing_or_damaged_file_of_sessions_only_means_to_sign_in_again(clock: FakeClock, content: bytes | None) -> None:
    sessions = Sessions(clock)
    sessions.load(content, "same")
    assert len(sessions) == 0


def test_a_changed_password_ends_every_session_over_a_restart_too(clock: FakeClock) -> None:
    before = Sessions(clock)
    before.begin(Role.OPERATOR)
    after = Sessions(clock)
    after.load(before.to_json("old"), "new")
    assert len(after) == 0


def test_a_role_that_no_session_has_is_not_let_in_by_a_file(clock: FakeClock) -> None:
    kept = {"role": "metrics", "age_s": 1, "idle_s": 1}
    sessions = Sessions(clock)
    sessions.load(msgspec.json.encode({"passwords": "p", "written_at": 0, "sessions": {"k": kept}}), "p")
    assert len(sessions) == 0


def test_there_is_a_most_of_sessions_and_the_longest_unused_gives_way(clock: FakeClock) -> None:
    sessions = Sessions(clock)
    first = sessions.begin(Role.VIEWER)[1]
    second = sessions.begin(Role.VIEWER)[1]
    clock.advance_to(1)
    sessions.use(first)
    for _ in range(999):
        sessions.begin(Role.VIEWER)
    assert len(sessions) == 1000
    assert sessions.use(first) is not None
    assert sessions.use(second) is None


# Attempts


def waits(attempts: Attempts, addresses: Sequence[str]) -> list[int | None]:
    return [attempts.begin(address) for address in addresses]


def test_five_a_minute_from_one_address_and_then_a_time_to_wait(clock: FakeClock) -> None:
    attempts = Attempts(clock)
    assert waits(attempts, ["10.0.0.1"] * 5) == [None] * 5
    clock.advance_to(20)
    assert waits(attempts, ["10.0.0.1", "10.0.0.2"]) == [40, None]
    clock.advance_to(60)
    assert waits(attempts, ["10.0.0.1"]) == [None]


def test_sixty_a_minute_from_all_together(clock: FakeClock) -> None:
    attempts = Attempts(clock)
    assert waits(attempts, [f"10.0.0.{number}" for number in range(60)]) == [None] * 60
    assert waits(attempts, ["10.0.1.1"]) == [60]
    clock.advance_to(60)
    assert waits(attempts, ["10.0.1.1"]) == [None]


def test_a_right_password_does_not_count(clock: FakeClock) -> None:
    attempts = Attempts(clock)
    for _ in range(100):
        assert attempts.begin("10.0.0.1") is None
        attempts.succeeded("10.0.0.1")


def test_an_ipv6_customer_is_one_address_and_a_mapped_address_is_the_ipv4_one(clock: FakeClock) -> None:
    attempts = Attempts(clock)
    assert waits(attempts, [f"2001:db8:1:2::{number}" for number in range(1, 6)]) == [None] * 5
    assert waits(attempts, ["2001:db8:1:2:ffff::1", "2001:db8:1:3::1"]) == [60, None]
    assert waits(attempts, ["::ffff:10.0.0.1"] * 5 + ["10.0.0.1"])[-1] == 60


# Where from


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("10.0.0.9", "1.2.3.4", "10.0.0.9"),  # nobody whom we believe
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # the first one is the client's own invention
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, rubbish", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "::ffff:1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_forwarded_addresses_are_believed_of_our_own_web_servers_alone(remote: str, forwarded: str, expected: str) -> None:
    peers = Peers(["10.0.0.1", "10.0.0.2/32"])
    assert peers.of(remote, headers(("X-Forwarded-For", forwarded))).address == expected


def test_https_is_believed_of_our_own_web_servers_alone() -> None:
    sent = headers(("X-Forwarded-Proto", "https"))
    assert Peers([]).of("10.0.0.1", sent) == Peer("10.0.0.1", is_secure=False)
    assert Peers(["10.0.0.0/8"]).of("10.0.0.1", sent) == Peer("10.0.0.1", is_secure=True)


def test_a_trusted_proxy_that_is_no_network_is_named() -> None:
    with pytest.raises(BadSetting, match="PLUTO_TRUSTED_PROXIES"):
        read_settings({"PLUTO_TRUSTED_PROXIES": "the other one"})


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/\t/evil.example", "/a\\b", "/a b", "/" * 2],
)
def test_signing_in_leads_to_no_other_site(path: str) -> None:
    assert own_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/miners?state=hot&sort=-power", "/miners/020000aabbcc#x"])
def test_signing_in_leads_back_to_where_one_was(path: str) -> None:
    assert own_path(path) == path
