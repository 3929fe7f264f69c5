"""How an AxeOS info is written without writing again what has not changed since the last poll."""

from collections.abc import Callable
from typing import Final, cast

from pluto.simulator.answers_axeos import ABSENT, Reader, is_settled, rows, to_single
from pluto.simulator.json_text import Json, compact, number, tabbed, trimmed
from pluto.simulator.miner import MinerState
from pluto.simulator.profiles import Profile

PLAIN_BELOW: Final = 1e8
Pieces = list[tuple[str, Reader | None]]
"""In order: members that are settled, joined to one text and without a reader, and the key of a live one with its reader."""


def info_text(miner: MinerState) -> str:
    """Return what `written(system_info(miner))` would be, for half the work."""
    miner.now()
    if miner.settled is None:
        miner.settled = _settle(miner)
    figure, nested = _figure(miner.profile), _nested(miner.profile)
    members: list[str] = []
    for text, reader in cast("Pieces", miner.settled):  # only this module puts anything there
        if reader is None:
            members.append(text)
            continue
        value = reader(miner)
        if type(value) is float:
            members.append(text + figure(value))
        elif type(value) is int:
            members.append(text + str(value))
        elif value != ABSENT:
            members.append(text + nested(value))
    return _joined(miner.profile, members)


def _settle(miner: MinerState) -> Pieces:
    pieces: Pieces = []
    run: list[str] = []
    nested, figure = _nested(miner.profile), _figure(miner.profile)
    for key, reader in rows(miner.profile):
        label = _label(miner.profile, key)
        if not is_settled(key):
            if run:
                pieces.append((_separator(miner.profile).join(run), None))
                run = []
            pieces.append((label, reader))
        elif (value := reader(miner)) != ABSENT:
            run.append(label + (figure(value) if isinstance(value, float) else nested(value)))
    if run:
        pieces.append((_separator(miner.profile).join(run), None))
    return pieces


def _is_tabbed(profile: Profile) -> bool:
    return not profile.is_at_least(2, 14)


def _label(profile: Profile, key: str) -> str:
    return f'\t"{key}":\t' if _is_tabbed(profile) else f'"{key}":'


def _separator(profile: Profile) -> str:
    return ",\n" if _is_tabbed(profile) else ","


def _joined(profile: Profile, members: list[str]) -> str:
    inner = _separator(profile).join(members)
    return f"{{\n{inner}\n}}" if _is_tabbed(profile) else f"{{{inner}}}"


def _figure(profile: Profile) -> Callable[[float], str]:
    return _seven_digits if profile.is_at_least(2, 12) else _single


def _single(value: float) -> str:
    return number(to_single(value))


def _seven_digits(value: float) -> str:
    """Return what `number(trimmed(value, 7))` would be; Python's own shortest form is the same below PLAIN_BELOW."""
    short = round(value, 7)
    if not -PLAIN_BELOW < short < PLAIN_BELOW:
        return number(trimmed(value, 7))
    text = repr(short)
    return text.removesuffix(".0")


def _nested(profile: Profile) -> Callable[[Json], str]:
    return _one_deep if _is_tabbed(profile) else compact


def _one_deep(value: Json) -> str:
    return tabbed(value, 1)
