"""Trust 3, 2.9: in password mode nobody gets past the door without a password, a session or a token, nor beyond his role."""

import asyncio
import hashlib
import json
import stat
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from pluto.access.roles import Role, Scope
from pluto.access.tokens import TokenFile
from pluto.api.routes import ROUTES, Route
from running import Browser, Running, browser, running

OPERATOR: Final = "the operator's own"
VIEWER: Final = "the viewer's own"
WRITES: Final = [route for route in ROUTES if route.method != "GET" and route.least_role is Role.OPERATOR]
HANDSHAKE: Final = "/socket/io/?EIO=4&transport=polling"
MAC: Final = "02:00:00:00:00:01"


@pytest.fixture
async def pluto(tmp_path: Path) -> AsyncIterator[Running]:
    async with guarded(tmp_path) as server:
        yield server


def guarded(folder: Path, **given: Any) -> Any:
    return running(folder, auth="password", password=OPERATOR, viewer_password=VIEWER, **given)


def path_of(route: Route) -> str:
    path = route.path
    for name in route.parameters:
        path = path.replace("{" + name + "}", MAC)
    return path


async def status_of(pluto: Running, method: str, path: str, headers: Mapping[str, str] | Sequence[tuple[str, str]]) -> int:
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.request(method, pluto.base + path, headers=headers, allow_redirects=False) as answer,
    ):
        await answer.read()
        return answer.status


async def signed_in(pluto: Running, password: str) -> dict[str, str]:
    """Return the header of a session."""
    async with pluto.http.post(pluto.base + "/login", json={"password": password}) as answer:
        assert answer.status == 200, await answer.text()
        pluto.http.cookie_jar.clear()
        return {"Cookie": f"pluto_session={answer.cookies['pluto_session'].value}"}


def token(folder: Path, scope: Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {TokenFile(folder / 'data' / 'access').create(scope, None, '')[1]}"}


# Nobody gets in


async def test_every_route_and_the_socket_are_shut_to_every_odd_form_of_credentials(pluto: Running, tmp_path: Path) -> None:
    bearer = token(tmp_path, "operator")["Authorization"]
    secret = bearer.removeprefix("Bearer ")
    session = (await signed_in(pluto, OPERATOR))["Cookie"].removeprefix("pluto_session=")
    forms: list[Sequence[tuple[str, str]]] = [
        (),
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "Bearer pluto_")],
        [("Authorization", secret)],
        [("Authorization", f"Token {secret}")],
        [("Authorization", f"Basic {secret}")],
        [("Authorization", "Basic b3BlcmF0b3I6dGhlIG9wZXJhdG9yJ3Mgb3du")],
        [("Authorization", bearer), ("Authorization", bearer)],
        [("Authorization", f"{bearer}, {bearer}")],
        [("Authorization", f"Bearer {hashlib.sha256(secret.encode()).hexdigest()}")],
        [("Authorization", f"Bearer {session}")],
        [("Authorization", f"Bearer {OPERATOR}")],
        [("Authorization", "Bearer wrong"), ("Cookie", f"pluto_session={session}")],
        [("Cookie", "pluto_session=")],
        [("Cookie", f"pluto_session={secret}")],
        [("Cookie", f"pluto_session={hashlib.sha256(session.encode()).hexdigest()}")],
        [("Cookie", f"session={session}")],
        [("X-WEBAUTH-USER", "admin"), ("X-Forwarded-User", "admin"), ("Remote-User", "admin")],
        [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1"), ("Forwarded", "for=127.0.0.1")],
    ]
    for route in ROUTES:
        for form in forms:
            status = await status_of(pluto, route.method, path_of(route), form)
            if route.least_role is Role.NOBODY:
                assert status not in (401, 403), (route, form)
            else:
                assert status == 401, (str(route), form)
    for form in forms:
        for method, query in (("GET", ""), ("POST", "&sid=x"), ("GET", "&sid=x"), ("OPTIONS", "")):
            assert await status_of(pluto, method, HANDSHAKE + query, form) == 401, form
        assert await status_of(pluto, "GET", "/no/such/thing", form) == 401


async def test_what_is_open_without_credentials_is_this_and_nothing_else() -> None:
    assert {str(route) for route in ROUTES if route.least_role is Role.NOBODY} == {
        "GET /healthz", "GET /readyz", "GET /login", "POST /login", "GET /login.js", "GET /login.css", "GET /page.css",
    }  # fmt: skip


async def test_a_token_in_the_address_is_no_token(pluto: Running, tmp_path: Path) -> None:
    secret = token(tmp_path, "operator")["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token", "api_key", "auth"):
        assert await status_of(pluto, "GET", f"/devices/imprint?{name}={secret}", {}) == 401
        assert await status_of(pluto, "GET", f"{HANDSHAKE}&{name}={secret}", {}) == 401


async def test_a_refusal_is_json_and_says_how_to_get_in(pluto: Running) -> None:
    async with pluto.http.get(pluto.base + "/devices/imprint") as answer:
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Pluto"'
        assert "/login" in (await answer.json())["error"]
    async with pluto.http.get(pluto.base + "/api/v1/fleet") as answer:
        assert answer.content_type == "application/problem+json"
        assert (await answer.json(content_type=None))["code"] == "not_signed_in"


# Roles


async def test_a_viewer_looks_and_changes_nothing(pluto: Running, tmp_path: Path) -> None:
    for headers in (await signed_in(pluto, VIEWER), token(tmp_path, "viewer")):
        for route in ROUTES:
            if str(route) not in ("POST /logout", "POST /login"):
                status = await status_of(pluto, route.method, path_of(route), headers)
                assert status == 403 if route in WRITES else status not in (401, 403), str(route)


async def test_an_operator_may_ask_everything(pluto: Running, tmp_path: Path) -> None:
    for headers in (await signed_in(pluto, OPERATOR), token(tmp_path, "operator")):
        for route in ROUTES:
            if str(route) not in ("POST /logout", "POST /login"):
                assert await status_of(pluto, route.method, path_of(route), headers) not in (401, 403), route


async def test_a_token_for_metrics_opens_metrics_alone(pluto: Running, tmp_path: Path) -> None:
    headers = token(tmp_path, "metrics")
    for route in ROUTES:
        status = await status_of(pluto, route.method, path_of(route), headers)
        assert status == (200 if route.path == "/metrics" else 403) or route.least_role is Role.NOBODY, route
    assert await status_of(pluto, "GET", HANDSHAKE, headers) == 403


async def test_a_refusal_says_which_role_is_needed(pluto: Running) -> None:
    headers = await signed_in(pluto, VIEWER)
    status, answer = await pluto.ask("PUT", "/devices/listen", {}, headers)
    assert status == 403
    assert "operator" in answer["error"]
    status, answer = await pluto.ask("POST", "/api/v1/discovery", {}, headers)
    assert (status, answer["code"]) == (403, "not_allowed")


async def test_a_refused_write_has_changed_nothing(pluto: Running) -> None:
    looking, changing = await signed_in(pluto, VIEWER), await signed_in(pluto, OPERATOR)
    assert (await pluto.ask("POST", "/presets", {"name": "n", "configuration": {}}, looking))[0] == 403
    assert (await pluto.ask("GET", "/presets", headers=changing))[1]["data"] == []


# The outer gate still stands in front


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_credentials_do_not_help_a_foreign_page_name_or_form(pluto: Running, tmp_path: Path, route: Route) -> None:
    credentials = token(tmp_path, "operator")
    for foreign, status, setting in (
        ({"Host": "evil.example"}, 421, "PLUTO_ALLOWED_HOSTS"),
        ({"Origin": "http://evil.example"}, 403, "PLUTO_ALLOWED_ORIGINS"),
        ({"Origin": "null"}, 403, "PLUTO_ALLOWED_ORIGINS"),
    ):
        async with pluto.http.request(route.method, pluto.base + path_of(route), headers=credentials | foreign) as answer:
            assert answer.status == status
            assert setting in await answer.text()
    if route.method in ("POST", "PUT", "PATCH"):
        form = credentials | {"Content-Type": "application/x-www-form-urlencoded"}
        async with pluto.http.request(route.method, pluto.base + path_of(route), data=b"a=b", headers=form) as answer:
            assert answer.status == 415
            assert "application/json" in await answer.text()


# Signing in and out


async def test_signing_in_gives_a_cookie_that_no_script_and_no_other_site_can_use(pluto: Running) -> None:
    async with pluto.http.post(pluto.base + "/login", json={"password": OPERATOR}) as answer:
        assert await answer.json() == {"role": "operator"}
        set_cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"):
        assert part in set_cookie
    assert "Secure" not in set_cookie
    assert "Domain" not in set_cookie


async def test_the_cookie_is_secure_where_one_of_our_web_servers_says_https(tmp_path: Path) -> None:
    for trusted, is_secure in (((), False), (("127.0.0.0/8",), True)):
        async with guarded(tmp_path, trusted_proxies=trusted) as pluto:
            sent = {"X-Forwarded-Proto": "https"}
            async with pluto.http.post(pluto.base + "/login", json={"password": VIEWER}, headers=sent) as answer:
                assert ("; Secure" in answer.headers["Set-Cookie"]) is is_secure


async def test_every_wrong_password_hears_the_same(pluto: Running) -> None:
    told = [await pluto.ask("POST", "/login", {"password": wrong}) for wrong in ("", "short", "a" * 300, "wrong password")]
    assert told == [(401, {"error": "the password is wrong"})] * 4


async def test_after_five_failures_nobody_from_there_gets_in_for_a_while_not_even_with_the_right_one(pluto: Running) -> None:
    for number in range(5):
        forged = {"X-Forwarded-For": f"10.0.0.{number}"}
        assert (await pluto.ask("POST", "/login", {"password": "wrong password"}, forged))[0] == 401
    async with pluto.http.post(pluto.base + "/login", json={"password": OPERATOR}) as answer:
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert "Set-Cookie" not in answer.headers


async def test_guesses_made_at_the_same_time_count_too(pluto: Running) -> None:
    asked = await asyncio.gather(*(pluto.ask("POST", "/login", {"password": f"guess number {n}"}) for n in range(12)))
    assert sorted(status for status, _ in asked) == [401] * 5 + [429] * 7


async def test_behind_our_own_web_server_each_client_has_its_own_count(tmp_path: Path) -> None:
    async with guarded(tmp_path, trusted_proxies=("127.0.0.1",)) as pluto:
        for _ in range(5):
            await pluto.ask("POST", "/login", {"password": "wrong password"}, {"X-Forwarded-For": "10.0.0.66"})
        assert (await pluto.ask("POST", "/login", {"password": OPERATOR}, {"X-Forwarded-For": "10.0.0.66"}))[0] == 429
        assert (await pluto.ask("POST", "/login", {"password": OPERATOR}, {"X-Forwarded-For": "10.0.0.7"}))[0] == 200


@pytest.mark.parametrize("body", [{}, {"password": 7}, {"password": None}, {"password": [OPERATOR]}])
async def test_a_body_without_a_password_is_a_bad_request(pluto: Running, body: dict[str, Any]) -> None:
    assert (await pluto.ask("POST", "/login", body))[0] == 400


async def test_signing_out_ends_the_session_and_takes_the_cookie_back(pluto: Running) -> None:
    headers = await signed_in(pluto, VIEWER)
    async with pluto.http.post(pluto.base + "/logout", headers=headers) as answer:
        assert answer.status == 200
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert await status_of(pluto, "GET", "/devices/imprint", headers) == 401
    assert await status_of(pluto, "POST", "/logout", headers) == 401


async def test_a_session_survives_a_restart_and_not_a_changed_password(tmp_path: Path) -> None:
    async with guarded(tmp_path) as pluto:
        headers = await signed_in(pluto, OPERATOR)
    file = tmp_path / "data" / "access" / "sessions.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert headers["Cookie"].removeprefix("pluto_session=") not in file.read_text()
    async with guarded(tmp_path) as pluto:
        assert await status_of(pluto, "GET", "/devices/imprint", headers) == 200
    async with running(tmp_path, auth="password", password="quite another") as pluto:
        assert await status_of(pluto, "GET", "/devices/imprint", headers) == 401


async def test_a_running_server_sees_a_new_token_at_once_and_a_revoked_one_too(pluto: Running, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "data" / "access")
    secret = file.create("viewer", "script", "")[1]
    headers = {"Authorization": f"bearer {secret}"}
    assert await status_of(pluto, "GET", "/devices/imprint", headers) == 200
    file.revoke("script")
    assert await status_of(pluto, "GET", "/devices/imprint", headers) == 401


async def test_with_a_password_in_front_of_us_by_somebody_else_our_own_session_still_counts(pluto: Running) -> None:
    headers = await signed_in(pluto, VIEWER)
    assert await status_of(pluto, "GET", "/devices/imprint", headers | {"Authorization": "Basic YTpi"}) == 200


# What the page asks


async def test_the_page_is_told_who_one_is(pluto: Running, tmp_path: Path) -> None:
    for headers, role, can_sign_out in (
        (await signed_in(pluto, OPERATOR), "operator", True),
        (await signed_in(pluto, VIEWER), "viewer", True),
        (token(tmp_path, "viewer"), "viewer", False),
    ):
        status, told = await pluto.ask("GET", "/api/v1/access", headers=headers)
        assert status == 200
        assert told == {"mode": "password", "role": role, "can_sign_out": can_sign_out, "is_open_to_network": False}


@pytest.mark.parametrize(("bind", "is_open"), [("127.0.0.1", False), ("0.0.0.0", True)])
async def test_without_access_control_everybody_is_operator_and_the_page_is_told_if_that_is_dangerous(
    tmp_path: Path, bind: str, is_open: bool
) -> None:
    async with running(tmp_path, bind=bind) as pluto:
        told = {"mode": "off", "role": "operator", "can_sign_out": False, "is_open_to_network": is_open}
        assert await pluto.ask("GET", "/api/v1/access") == (200, told)
        assert (await pluto.ask("POST", "/login", {"password": OPERATOR}))[0] == 409
        assert await status_of(pluto, "GET", "/login?next=/miners", {}) == 303


# The sign-in page


async def test_a_browser_that_opens_a_page_is_sent_to_sign_in_and_back(pluto: Running) -> None:
    html = {"Accept": "text/html,application/xhtml+xml"}
    for path in ("/", "/miners?state=hot&x=1", "/miners/020000aabbcc"):
        async with pluto.http.get(pluto.base + path, headers=html, allow_redirects=False) as answer:
            assert answer.status == 303
            location = answer.headers["Location"]
        async with pluto.http.get(pluto.base + location, headers=html) as answer:
            page = await answer.text()
        assert answer.status == 200
        assert f'data-next="{path.replace("&", "&amp;")}"' in page
    for path in ("/devices/imprint", "/metrics", "/api/v1/fleet", "/api/v1/nothing", "/presets"):
        assert await status_of(pluto, "GET", path, html) == 401


@pytest.mark.parametrize("aim", ["//evil.example", "https://evil.example", "/\\evil.example", '/"><script>', "/%09/evil.example"])
async def test_the_sign_in_page_leads_nowhere_else(pluto: Running, aim: str) -> None:
    async with pluto.http.get(pluto.base + "/login", params={"next": aim}) as answer:
        page = await answer.text()
    assert "<script>" not in page
    assert f'data-next="{aim}"' not in page or aim.startswith("/%")
    headers = await signed_in(pluto, VIEWER)
    async with pluto.http.get(pluto.base + "/login", params={"next": aim}, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/")
        assert not answer.headers["Location"].startswith(("//", "/\\"))


async def test_the_sign_in_page_runs_its_own_script_alone_and_needs_nothing_else(pluto: Running) -> None:
    async with pluto.http.get(pluto.base + "/login") as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "style=" not in page
    assert page.count("<script") == 1
    for asset in ("/login.js", "/login.css"):
        assert asset in page
        assert await status_of(pluto, "GET", asset, {}) == 200
    assert "innerHTML" not in (await (await pluto.http.get(pluto.base + "/login.js")).text())


# Live events


async def test_a_viewer_hears_events_and_cannot_turn_the_log_switch(pluto: Running) -> None:
    looking, changing = await signed_in(pluto, VIEWER), await signed_in(pluto, OPERATOR)
    async with browser(pluto, headers=looking) as viewer, browser(pluto, headers=changing) as operator:
        await viewer.client.emit("enableLogsListening")
        await viewer.until(lambda it: it.of("logsListeningStatus") == [False])
        await operator.client.emit("enableLogsListening")
        await viewer.until(lambda it: it.of("logsListeningStatus") == [False, True])
        await viewer.client.emit("disableLogsListening")
        await viewer.until(lambda it: it.of("logsListeningStatus") == [False, True, True])


async def closed(one: Browser) -> None:
    async with asyncio.timeout(5):
        while one.client.connected:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("transports", [["websocket"], ["polling", "websocket"]])
async def test_signing_out_closes_the_sockets_of_this_session_and_no_other(pluto: Running, transports: list[str]) -> None:
    leaving, staying = await signed_in(pluto, OPERATOR), await signed_in(pluto, OPERATOR)
    async with browser(pluto, transports, leaving) as gone, browser(pluto, transports, staying) as there:
        assert await status_of(pluto, "POST", "/logout", leaving) == 200
        await closed(gone)
        assert there.client.connected


async def test_signing_out_ends_an_open_poll(pluto: Running) -> None:
    headers = await signed_in(pluto, VIEWER)
    async with pluto.http.get(pluto.base + HANDSHAKE, headers=headers) as answer:
        poll = f"{HANDSHAKE}&sid={json.loads((await answer.text())[1:])['sid']}"
    async with pluto.http.post(pluto.base + poll, data="40", headers=headers) as answer:
        assert answer.status == 200
    assert await status_of(pluto, "GET", poll, headers) == 200  # what waited
    waiting = asyncio.create_task(status_of(pluto, "GET", poll, headers))
    await asyncio.sleep(0.05)
    assert await status_of(pluto, "POST", "/logout", headers) == 200
    async with asyncio.timeout(5):
        await waiting
    assert await status_of(pluto, "GET", poll, headers) == 401


async def test_a_changed_password_and_a_revoked_token_close_sockets(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "access"
    async with guarded(tmp_path) as pluto:
        headers = await signed_in(pluto, OPERATOR)
        tokens = TokenFile(folder)
        bearer = {"Authorization": f"Bearer {tokens.create('viewer', 'wall', '')[1]}"}
        async with browser(pluto, headers=headers) as person, browser(pluto, headers=bearer) as wall:
            tokens.revoke("wall")
            await closed(wall)
            assert person.client.connected
            (folder / "passwords.json").unlink()
            await closed(person)


async def test_nobody_speaks_through_the_connection_of_another(pluto: Running, tmp_path: Path) -> None:
    looking, changing = await signed_in(pluto, VIEWER), await signed_in(pluto, OPERATOR)
    async with pluto.http.get(pluto.base + HANDSHAKE, headers=changing) as answer:
        sid = json.loads((await answer.text())[1:])["sid"]
    for headers, status in ((looking, 403), (token(tmp_path, "operator"), 403), ({}, 401)):
        assert await status_of(pluto, "POST", f"{HANDSHAKE}&sid={sid}", headers) == status
        assert await status_of(pluto, "GET", f"{HANDSHAKE}&sid={sid}", headers) == status
