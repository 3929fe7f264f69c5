"""Which path of which firmware does what: the table from (method, path) to a handler, by family and release."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

import msgspec

from pluto.simulator import answers_axeos, answers_nerdqaxe, answers_nmaxe, axeos_text, patch_axeos, patch_nerdqaxe, patch_nmaxe
from pluto.simulator.http import JSON_TYPE, Framing, Reply, Request, json_reply, refusal
from pluto.simulator.json_text import Json, JsonObject, compact, tabbed
from pluto.simulator.miner import MinerState
from pluto.simulator.physics import Halt
from pluto.simulator.profiles import Family, Profile

Handler = Callable[["Served", Request], Reply]

INFO_PATH: Final = "/api/system/info"
PAGE: Final = b"<!DOCTYPE html><html><head><title>AxeOS</title></head><body>simulated miner</body></html>"
RESTART_TEXT: Final = "System will restart shortly."
OTP_WINDOW_S: Final = 60.0
OTP_BLOCK_S: Final = 300.0
_POOL_PATH: Final = re.compile(r"/api/system/pools/(\d{1,3})")


class Served(msgspec.Struct, frozen=True):
    """The miner a request is for, and what a restart of it does."""

    miner: MinerState
    restart: Callable[[], None]


def answer(served: Served, request: Request) -> Reply:
    """Return what this miner's firmware answers to *request*; a write has been stored when it returns."""
    profile = served.miner.profile
    if len(request.body) >= profile.max_body_bytes:
        return refusal("500 Internal Server Error", _TOO_LONG[profile.family], closes=_closes_on_failure(profile))
    handler = _table(profile).get((request.method, request.path))
    if handler is None and profile.is_at_least(2, 15) and _POOL_PATH.fullmatch(request.path):
        handler = _POOL_ROUTES.get(request.method)
    return _unknown(profile) if handler is None else handler(served, request)


def info_text(miner: MinerState) -> str:
    """Return system/info as this firmware writes it."""
    if miner.profile.family is Family.AXEOS:
        return axeos_text.info_text(miner)
    return written(miner.profile, system_info(miner))


def system_info(miner: MinerState) -> JsonObject:
    """Return system/info as an object, keys in the firmware's order."""
    return _INFO[miner.profile.family](miner)


def written(profile: Profile, value: JsonObject) -> str:
    """Return *value* as text: tabbed on AxeOS up to 2.13, compact elsewhere."""
    is_tabbed = profile.family is Family.AXEOS and not profile.is_at_least(2, 14)
    return tabbed(value) if is_tabbed else compact(value)


_TOO_LONG: Final = {
    Family.AXEOS: "content too long",
    Family.NERDQAXE: "content too long",
    Family.NMAXE: "Content too long",
}
_INFO: Final = {
    Family.AXEOS: answers_axeos.system_info,
    Family.NERDQAXE: answers_nerdqaxe.system_info,
    Family.NMAXE: answers_nmaxe.system_info,
}


def _closes_on_failure(profile: Profile) -> bool:
    return profile.family is not Family.AXEOS


def _unknown(profile: Profile) -> Reply:
    if profile.family is Family.NMAXE:
        return refusal("404 Not Found", "Not found", closes=True)
    if profile.family is Family.AXEOS and profile.is_at_least(2, 9):
        return Reply(status="404 Not Found", content_type=JSON_TYPE, body=b'{"error":"unknown route"}', has_cors=False)
    return Reply(
        status="302 Temporary Redirect",
        body=b"Redirect to the captive portal",
        location="/",
        has_cors=False,
        closes=profile.family is Family.NERDQAXE,
    )


def _said(profile: Profile, value: JsonObject) -> Reply:
    if profile.family is Family.NERDQAXE:
        return json_reply(compact(value), framing=Framing.CHUNKED, closes=True)
    return json_reply(written(profile, value), closes=profile.family is Family.NMAXE)


def _info(served: Served, _request: Request) -> Reply:
    family, text = served.miner.profile.family, info_text(served.miner).encode()
    framing = Framing.CHUNKED if family is Family.NERDQAXE else Framing.LENGTH
    return Reply(content_type=JSON_TYPE, body=text, framing=framing, closes=family is not Family.AXEOS, is_info=True)


def _page(served: Served, _request: Request) -> Reply:
    return Reply(body=PAGE, has_cors=False, closes=_closes_on_failure(served.miner.profile))


def _asking(read: Callable[[MinerState], JsonObject]) -> Handler:
    return lambda served, request: _said(served.miner.profile, read(served.miner))


def _object(request: Request) -> JsonObject | None:
    """Return the body as an object; it reads as empty where no Content-Length says how long it is."""
    try:
        value: Json = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, dict) else None


def _restart(served: Served, _request: Request) -> Reply:
    profile = served.miner.profile
    served.miner.reset_reason = "Software reset via esp_restart"
    if profile.family is Family.AXEOS and profile.is_at_least(2, 13):
        reply = _said(profile, {"message": RESTART_TEXT})
    else:
        reply = Reply(body=RESTART_TEXT.encode(), closes=_closes_on_failure(profile))
    return msgspec.structs.replace(reply, then=served.restart)


def _patch_axeos(served: Served, request: Request) -> Reply:
    miner, body = served.miner, _object(request)
    if body is None:
        return refusal("400 Bad Request", "Invalid JSON")
    before = miner.hostname
    if miner.profile.is_at_least(2, 15) and isinstance(body.get("hostname"), str):
        body = body | {"hostname": str(body["hostname"]).removesuffix(".local")}
    try:
        patch_axeos.patch(miner, body)
    except patch_axeos.WrongInput:
        return refusal("400 Bad Request", "Wrong API input")
    if miner.profile.is_at_least(2, 15) and miner.hostname != before:
        said: JsonObject = {"message": "Hostname changed", "redirect": f"http://{miner.hostname}.local/"}
        return _said(miner.profile, said)
    return Reply(framing=Framing.CHUNKED)


def _put_pool(served: Served, request: Request) -> Reply:
    return _write_pool(served, request, lambda slot, body: patch_axeos.put_pool(served.miner, slot, body))


def _delete_pool(served: Served, request: Request) -> Reply:
    bare = msgspec.structs.replace(request, body=b"{}")
    return _write_pool(served, bare, lambda slot, body: patch_axeos.delete_pool(served.miner, slot))


def _write_pool(served: Served, request: Request, write: Callable[[int, JsonObject], None]) -> Reply:
    found, body = _POOL_PATH.fullmatch(request.path), _object(request)
    if found is None or body is None:
        return refusal("400 Bad Request", "Invalid JSON")
    try:
        write(int(found[1]), body)
    except patch_axeos.WrongInput as error:
        return refusal("400 Bad Request", f"Wrong API input: {error}")
    return _said(served.miner.profile, {"message": "Pool updated"})


def _patch_nerdqaxe(served: Served, request: Request) -> Reply:
    refused = _otp_refusal(served.miner, request)
    if refused is not None:
        return refused
    body = _object(request)
    if body is None:
        return refusal("400 Bad Request", "Invalid JSON", closes=True)
    patch_nerdqaxe.patch(served.miner, body)
    return Reply(framing=Framing.CHUNKED, closes=True)


def _otp_refusal(miner: MinerState, request: Request) -> Reply | None:
    """Return the 401 of a miner that asks for a code and did not get it; five in a minute block it for five minutes."""
    if miner.otp_code is None:
        return None
    now_s = miner.clock()
    if now_s < miner.otp_blocked_until_s:
        return refusal("401 Unauthorized", "blocked for 5 minutes", closes=True)
    if miner.otp_code in (request.headers.get("x-totp"), request.headers.get("x-otp-session")):
        return None
    miner.otp_failures.append(now_s)
    if len(miner.otp_failures) == 5 and now_s - miner.otp_failures[0] <= OTP_WINDOW_S:
        miner.otp_blocked_until_s = now_s + OTP_BLOCK_S
        miner.otp_failures.clear()
    return refusal("401 Unauthorized", "OTP/Session required", closes=True)


def _shut_down(served: Served, _request: Request) -> Reply:
    served.miner.now().halt = Halt.SHUT_DOWN
    return Reply(body=b"Shutdown", closes=True)


def _patch_nmaxe(served: Served, request: Request) -> Reply:
    body = _object(request)
    if body is None:
        wrong = b'{"status":"error","message":"Invalid JSON"}'
        return Reply(status="400 Bad Request", content_type=JSON_TYPE, body=wrong, closes=True)
    patch_nmaxe.patch(served.miner, body)
    return _said(served.miner.profile, {"status": "success"})


def _patch_mining_state(served: Served, request: Request) -> Reply:
    body = _object(request)
    if body is None:
        return refusal("400 Bad Request", "invalid json", closes=True)
    paused = body.get("paused") is True
    served.miner.now().halt = Halt.PAUSED if paused else Halt.NONE
    state, reason = ("paused", "user") if paused else ("running", "")
    said: JsonObject = {"status": "ok", "state": state, "paused": paused, "reason": reason, "vcoreEnabled": not paused}
    return _said(served.miner.profile, said)


def _halting(halt: Halt, message: str) -> Handler:
    def handle(served: Served, _request: Request) -> Reply:
        served.miner.now().halt = halt
        return _said(served.miner.profile, {"message": message})

    return handle


def _identify(served: Served, _request: Request) -> Reply:
    miner = served.miner
    miner.is_identifying = not miner.is_identifying
    return _said(miner.profile, {"message": 'The device says "Hi!"' if miner.is_identifying else "Identify stopped"})


_POOL_ROUTES: Final[Mapping[str, Handler]] = {"PUT": _put_pool, "DELETE": _delete_pool}

_Rows = tuple[tuple[tuple[int, int], str, str, Handler], ...]
_AXEOS: Final[_Rows] = (
    ((2, 0), "GET", "/", _page),
    ((2, 0), "GET", "/recovery", _page),
    ((2, 0), "GET", INFO_PATH, _info),
    ((2, 0), "PATCH", "/api/system", _patch_axeos),
    ((2, 0), "POST", "/api/system/restart", _restart),
    ((2, 7), "GET", "/api/system/asic", _asking(answers_axeos.asic)),
    ((2, 8), "GET", "/api/system/statistics", _asking(answers_axeos.statistics)),
    ((2, 12), "POST", "/api/system/identify", _identify),
    ((2, 14), "POST", "/api/system/pause", _halting(Halt.PAUSED, "Mining paused")),
    ((2, 14), "POST", "/api/system/resume", _halting(Halt.NONE, "Mining resumed")),
)
_NERDQAXE: Final[_Rows] = (
    ((0, 0), "GET", "/", _page),
    ((0, 0), "GET", "/recovery", _page),
    ((0, 0), "GET", INFO_PATH, _info),
    ((0, 0), "PATCH", "/api/system", _patch_nerdqaxe),
    ((0, 0), "POST", "/api/system/restart", _restart),
    ((0, 32), "GET", "/api/system/asic", _asking(answers_nerdqaxe.asic)),
    ((0, 36), "POST", "/api/system/shutdown", _shut_down),
)
_NMAXE: Final[_Rows] = (
    ((0, 0), "GET", "/", _page),
    ((0, 0), "GET", INFO_PATH, _info),
    ((0, 0), "POST", "/api/system/restart", _restart),
    ((0, 0), "GET", "/api/setting/mining", _asking(answers_nmaxe.mining)),
    ((0, 0), "GET", "/api/setting/network", _asking(answers_nmaxe.network)),
    ((0, 0), "GET", "/api/setting/preference", _asking(answers_nmaxe.preference)),
    ((0, 0), "GET", "/probe", _asking(answers_nmaxe.probe)),
    *(((0, 0), "PATCH", f"/api/setting/{page}", _patch_nmaxe) for page in ("mining", "network", "preference", "time", "market")),
    ((0, 0), "PATCH", "/api/mining/state", _patch_mining_state),
)
_ROWS: Final = {Family.AXEOS: _AXEOS, Family.NERDQAXE: _NERDQAXE, Family.NMAXE: _NMAXE}


@cache
def _table(profile: Profile) -> Mapping[tuple[str, str], Handler]:
    return {(method, path): handler for since, method, path, handler in _ROWS[profile.family] if profile.is_at_least(*since)}
