"""Signing in and out: the page for it, made on the server, and what its small script and the big page ask."""

import re
from html import escape
from http import HTTPStatus
from importlib import resources
from typing import Final

from pluto.access.access import cookie, no_cookie
from pluto.access.roles import Role
from pluto.api.call import Answer, Call, plain
from pluto.api.parts import Parts
from pluto.api.problems import refusal

LOGIN: Final = "/login"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-store",
}
_PATH: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]{0,2047}")
_SCRIPT: Final = (resources.files("pluto.api") / "login.js").read_bytes()
_STYLE: Final = (resources.files("pluto.api") / "login.css").read_bytes()


async def page(parts: Parts, call: Call) -> Answer:
    """The sign-in page; who needs none, or has signed in, is sent on."""
    path = own_path(call.query.get("next", ""))
    if not parts.access.is_on or call.visitor.role is not Role.NOBODY:
        return Answer(b"", HTTPStatus.SEE_OTHER, "text/html; charset=utf-8", {"Location": path, **_HEADERS})
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in - Pluto</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/login.css">'
        '<script src="/login.js" defer></script></head><body><main><h1>Pluto</h1>'
        f'<form id="sign-in" method="post" action="{LOGIN}" data-next="{escape(path)}">'
        '<input name="username" autocomplete="username" value="pluto" hidden>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required '
        'minlength="8" maxlength="256" autofocus aria-describedby="problem">'
        '<button type="submit">Sign in</button><p id="problem" role="alert"></p></form>'
        "<noscript><p>This page needs its script to sign in. Programs send a token instead.</p></noscript>"
        '<p class="muted">Forgotten? Run <code>pluto password</code> on the machine that runs Pluto.</p>'
        "</main></body></html>"
    )
    return Answer(text.encode(), content_type="text/html; charset=utf-8", headers=_HEADERS)


async def script(_parts: Parts, _call: Call) -> Answer:
    """Sends the password as JSON."""
    return Answer(_SCRIPT, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


async def style(_parts: Parts, _call: Call) -> Answer:
    """How the page looks."""
    return Answer(_STYLE, content_type="text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})


async def sign_in(parts: Parts, call: Call) -> Answer:
    """Exchange a password for the cookie of a session."""
    password = call.text("password")
    if not parts.access.is_on:
        return refusal(HTTPStatus.CONFLICT, "nobody needs to sign in: PLUTO_AUTH is off")
    role, secret = await parts.access.sign_in(password, call.peer.address)
    headers = {"Set-Cookie": cookie(secret, is_secure=call.peer.is_secure)}
    return Answer(plain({"role": role.word}).body, headers=headers)


async def sign_out(parts: Parts, call: Call) -> Answer:
    """End the session, here and in its sockets."""
    await parts.access.sign_out(call.visitor)
    await parts.hub.close_gone()
    return Answer(plain({}).body, headers={"Set-Cookie": no_cookie(is_secure=call.peer.is_secure)})


async def access(parts: Parts, call: Call) -> Answer:
    """What the page must know: who one is, and whether it should warn."""
    return plain(
        {
            "mode": "password" if parts.access.is_on else "off",
            "role": call.visitor.role.word,
            "can_sign_out": call.visitor.session is not None,
            "is_open_to_network": parts.is_open_to_network,
        }
    )


def own_path(text: str) -> str:
    """Return *text* where it is a path on this server, else the first page: no link leads to another site from here."""
    return text if _PATH.fullmatch(text) else "/"
