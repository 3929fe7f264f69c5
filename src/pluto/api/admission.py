"""Which role a request needs, and what one hears who has none, or one that is too small (trust 3.7)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec
from aiohttp import web

from pluto.access.roles import Role, Visitor
from pluto.api.call import Answer
from pluto.api.documents import document, is_v1, of_refusal
from pluto.api.problems import refusal
from pluto.api.routes import Match
from pluto.api.signing import LOGIN

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="Pluto"'}


def judge_visitor(request: web.BaseRequest, match: Match | Sequence[str], visitor: Visitor, needed: Role) -> Answer | None:
    """Return why *visitor* may not ask what needs the role *needed*, or None where he may."""
    if visitor.role >= needed:
        return None
    if visitor.role is not Role.NOBODY:
        return _forbidden(request, f"this needs the {needed.word}'s password or token; yours is the {visitor.role.word}'s")
    if _opens_a_page(request, match):
        headers = {"Location": f"{LOGIN}?next={quote(request.path_qs, safe='/')}"}
        return Answer(b"", HTTPStatus.SEE_OTHER, "text/html; charset=utf-8", headers)
    answer = refusal(HTTPStatus.UNAUTHORIZED, f"sign in at {LOGIN}, or send a token in the header Authorization: Bearer")
    return msgspec.structs.replace(of_refusal(answer) if is_v1(request.path) else answer, headers=_CHALLENGE)


def _forbidden(request: web.BaseRequest, sentence: str) -> Answer:
    if is_v1(request.path):
        return document(HTTPStatus.FORBIDDEN, "not_allowed", sentence)
    return refusal(HTTPStatus.FORBIDDEN, sentence)


def _opens_a_page(request: web.BaseRequest, match: Match | Sequence[str]) -> bool:
    """Return whether a person opens a page of ours, be it one of the table or one that only the page's script knows."""
    is_page = match.route.answer_type == "text/html" if isinstance(match, Match) else not match
    is_read = request.method in ("GET", "HEAD") and "Authorization" not in request.headers and not is_v1(request.path)
    return is_page and is_read and "text/html" in request.headers.get("Accept", "").lower()
