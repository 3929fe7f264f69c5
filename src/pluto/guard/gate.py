"""The one door in front of HTTP and Socket.IO: foreign pages and foreign names are refused before anything is read."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Final, Protocol

import msgspec

from pluto.guard.hosts import Authority, is_home, parse_authority, parse_origin, same_place

BODY_METHODS: Final = frozenset({"POST", "PUT", "PATCH"})


class Headers(Protocol):
    """What the gate needs of a request's headers: names in any case, values in order."""

    def getall(self, key: str, default: Sequence[str]) -> Sequence[str]:
        """Return all values of *key*, or *default*."""
        ...


class Verdict(msgspec.Struct, frozen=True):
    """Why a request is refused, in a sentence that names the setting which would allow it."""

    status: HTTPStatus
    sentence: str


class Gate:
    """Judges requests by Host, X-Forwarded-Host, Origin and Sec-Fetch-Site (trust 2.2 to 2.7)."""

    def __init__(self, allowed_hosts: Iterable[str], allowed_origins: Iterable[str]) -> None:
        self._allowed_hosts = tuple(allowed_hosts)
        self._allowed_origins = frozenset(origin.rstrip("/").lower() for origin in allowed_origins)

    def judge(self, headers: Headers, *, is_read_only: bool) -> Verdict | None:
        """Return why a request is refused, or None when it may pass; *is_read_only* says that its route changes nothing."""
        hosts = self._hosts(headers)
        if isinstance(hosts, Verdict):
            return hosts
        return self._judge_origin(headers, hosts) or self._judge_fetch_site(headers, is_read_only=is_read_only)

    def cross_origin_headers(self, headers: Headers) -> Mapping[str, str]:
        """Return the Access-Control headers of an answer: none, unless the origin is one of PLUTO_ALLOWED_ORIGINS."""
        origin = next(iter(headers.getall("Origin", ())), "")
        if origin.lower() not in self._allowed_origins:
            return {}
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}

    def _hosts(self, headers: Headers) -> list[Authority] | Verdict:
        named = headers.getall("Host", ())
        if len(named) != 1:
            return Verdict(HTTPStatus.BAD_REQUEST, "a request needs exactly one Host header")
        hosts: list[Authority] = []
        for name in (*named, *headers.getall("X-Forwarded-Host", ())):
            authority = parse_authority(name.strip())
            if authority is None or not is_home(authority, self._allowed_hosts):
                sentence = f"this server does not answer to the name {name[:100]!r}; PLUTO_ALLOWED_HOSTS can allow it"
                return Verdict(HTTPStatus.MISDIRECTED_REQUEST, sentence)
            hosts.append(authority)
        return hosts

    def _judge_origin(self, headers: Headers, hosts: Iterable[Authority]) -> Verdict | None:
        for text in headers.getall("Origin", ()):
            origin = parse_origin(text)
            if text.lower() in self._allowed_origins:
                continue
            if origin is None or not any(same_place(*origin, host) for host in hosts):
                sentence = f"the page {text[:100]!r} may not use this server; PLUTO_ALLOWED_ORIGINS can allow it"
                return Verdict(HTTPStatus.FORBIDDEN, sentence)
        return None

    def _judge_fetch_site(self, headers: Headers, *, is_read_only: bool) -> Verdict | None:
        site = next(iter(headers.getall("Sec-Fetch-Site", ())), "").lower()
        mode = next(iter(headers.getall("Sec-Fetch-Mode", ())), "").lower()
        opens_a_page = is_read_only and mode == "navigate"
        is_foreign = (site == "cross-site" and not opens_a_page) or (site == "same-site" and not is_read_only)
        if is_foreign and not self.cross_origin_headers(headers):
            return Verdict(HTTPStatus.FORBIDDEN, "a page of another site may not use this server")
        return None


def judge_body(method: str, headers: Headers, *, has_body: bool) -> Verdict | None:
    """Return why a body's type is refused: a form, which any page may send, is not JSON (trust 2.6)."""
    if method not in BODY_METHODS or not has_body:
        return None
    coding = ",".join(headers.getall("Content-Encoding", ())).strip().lower()
    if coding not in ("", "identity"):
        return Verdict(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as it is, without Content-Encoding")
    media = next(iter(headers.getall("Content-Type", ())), "").partition(";")[0].strip().lower()
    if media == "application/json":
        return None
    return Verdict(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body with Content-Type: application/json")
