"""A request's way through the edge: the gate, the route, the body within its limit, the handler, the table of problems."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web

from pluto.access.roles import Role, Visitor
from pluto.api.admission import judge_visitor
from pluto.api.audited import Audit
from pluto.api.body import LIMIT_S, Bodies, TooLarge
from pluto.api.call import Answer, Call
from pluto.api.documents import is_v1, of_error, of_refusal
from pluto.api.listener import HEADER_BYTES
from pluto.api.parts import Parts
from pluto.api.problems import problem, refusal
from pluto.api.routes import ROUTES, TEXT_TYPE, Match, Route, Router
from pluto.api.static import Visit, visit
from pluto.guard.gate import BODY_METHODS, Gate, Verdict, judge_body

MAX_HEADERS: Final = 100
SOCKET_PATH: Final = "/socket/io"
_LOOKS: Final = ("GET", "HEAD")

log = logging.getLogger(__name__)


class Edge:
    """Answers every request; nothing it cannot answer gets past it as an exception."""

    def __init__(self, parts: Parts, gate: Gate) -> None:
        self._parts = parts
        self._gate = gate
        self._router = Router(ROUTES)
        self._bodies = Bodies()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Return the answer of one request, refused before anything of it is read where the gate says so."""
        match = self._router.find(request.method, request.raw_path)
        is_read_only = match.route.is_read_only if isinstance(match, Match) else request.method in _LOOKS
        verdict = _judge_size(request) or self._gate.judge(request.headers, is_read_only=is_read_only)
        if verdict is not None:
            return _response(_shaped(request, refusal(verdict.status, verdict.sentence)), {})
        extra = self._gate.cross_origin_headers(request.headers)
        visitor = self._parts.access.visitor(request.headers)
        if (refused := judge_visitor(request, match, visitor, self._needed(request, match))) is not None:
            return _response(refused, extra)
        if _is_socket(request):
            return await self._parts.hub.handle(request, visitor)
        if not isinstance(match, Match):
            return _response(self._page(request, match) or _shaped(request, _no_route(request.method, match)), extra)
        return _response(_shaped(request, await self._answer(request, match, visitor)), extra)

    def _needed(self, request: web.BaseRequest, match: Match | Sequence[str]) -> Role:
        """Return the role without which *request* gets no answer; the files of the app say nothing of anybody's miners."""
        if isinstance(match, Match) and not _is_socket(request):
            return match.route.least_role
        return Role.NOBODY if request.method in _LOOKS and self._parts.page_files.has(request.path) else Role.VIEWER

    def _page(self, request: web.BaseRequest, methods: Sequence[str]) -> Answer | None:
        """Return what a browser sees under a path that no route has, None where a program asks."""
        if methods or request.method not in _LOOKS or is_v1(request.path):
            return None
        accepts_html = "text/html" in request.headers.get("Accept", "").lower()
        asked = Visit(request.path, accepts_html=accepts_html, accepts_gzip=_accepts_gzip(request))
        return visit(self._parts.page_files, asked, self._macs_named)

    def _macs_named(self, hostname: str) -> list[str]:
        return [record.mac for record in self._parts.imprint.all(hostname) if record.hostname == hostname]

    async def _answer(self, request: web.BaseRequest, match: Match, visitor: Visitor) -> Answer:
        route = match.route
        verdict = judge_body(request.method, request.headers, has_body=request.body_exists)
        if verdict is not None:
            return refusal(verdict.status, verdict.sentence)
        audit = Audit(self._parts, route)
        try:
            body = await self._bodies.read(request, route.body_bytes) if request.method in BODY_METHODS else {}
            peer = self._parts.peers.of(request.remote, request.headers)
            accepts_gzip, tags = _accepts_gzip(request), _tags(request)
            call = Call(match.parameters, request.query, body, accepts_gzip, visitor, peer, known_tags=tags)
            audit.begin(call)
            answer = await route.handler(self._parts, call)
        except TooLarge:
            answer = refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {route.body_bytes:,} bytes")
        except TimeoutError:
            answer = refusal(HTTPStatus.REQUEST_TIMEOUT, f"the body did not arrive within {LIMIT_S:g} s")
        except Exception as error:  # noqa: BLE001 - the one place that makes an error an answer
            answer = of_error(error) if is_v1(request.path) else _failed(route, error)
        audit.note(answer)
        if not route.is_read_only:
            log.info("request", extra={"method": route.method, "path": request.path, "status": answer.status.value})
        return answer


def _failed(route: Route, error: Exception) -> Answer:
    answer = problem(error, route.missing, route.failure)
    if route.answer_type != TEXT_TYPE:
        return answer
    return Answer(route.failure.encode(), answer.status, f"{TEXT_TYPE}; charset=utf-8")


def _judge_size(request: web.BaseRequest) -> Verdict | None:
    size = sum(len(name) + len(value) for name, value in request.raw_headers)
    if len(request.raw_headers) <= MAX_HEADERS and size <= HEADER_BYTES:
        return None
    return Verdict(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"at most {MAX_HEADERS} headers of {HEADER_BYTES:,} bytes in all")


def _is_socket(request: web.BaseRequest) -> bool:
    path = request.path.rstrip("/").lower()
    return path == SOCKET_PATH and ("EIO" in request.query or "sid" in request.query or request.method not in ("GET", "HEAD"))


def _shaped(request: web.BaseRequest, answer: Answer) -> Answer:
    return of_refusal(answer) if is_v1(request.path) else answer


def _tags(request: web.BaseRequest) -> list[str]:
    return [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]


def _accepts_gzip(request: web.BaseRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "").lower()


def _no_route(method: str, methods: Sequence[str]) -> Answer:
    if not methods:
        return refusal(HTTPStatus.NOT_FOUND, "there is nothing under this path; /openapi.json lists what there is")
    return refusal(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} is not possible here, only {', '.join(methods)}")


def _response(answer: Answer, extra: Mapping[str, str]) -> web.Response:
    headers = {"Content-Type": answer.content_type, **answer.headers, **extra}
    response = web.Response(body=answer.pieces or answer.body, status=answer.status, headers=headers)
    if answer.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        response.force_close()
    return response
