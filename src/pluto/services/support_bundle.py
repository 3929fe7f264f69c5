"""What one may hand to a stranger who helps: how Pluto is, without names, addresses, pools' users and secrets."""

import asyncio
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from pluto import __version__
from pluto.model.columns import ONE, ONE_ROWS
from pluto.model.json_value import Json, JsonObject, parse_object
from pluto.model.mask import masked, masked_text, private_words
from pluto.model.record import Record
from pluto.services.own_settings import OwnSettings
from pluto.services.remembered import Remembered
from pluto.services.surroundings import Surroundings
from pluto.services.views import Views

CONTENTS: Final[Mapping[str, str]] = {
    "README.txt": "what is in here",
    "diagnostics.json": "how Pluto itself is",
    "surroundings.json": "services beside it, disk, sizes, versions",
    "settings.json": "its settings, without addresses and secrets",
    "miners.json": "the state and the values of each miner, without name, MAC, address and user",
    "answers.json": "one answer of each model and firmware, masked",
    "events.json": "the last 100 events, without the miner",
    "log.txt": "the last lines of Pluto's own log, masked",
}
ANSWERS: Final = 20
SLICE: Final = 100
_PERSONAL: Final = frozenset(("mac", "host", "hostname", "stratum_user", "preset", "created_at"))


class Told(msgspec.Struct, frozen=True):
    """Where the bundle's facts come from."""

    diagnose: Callable[[], JsonObject]
    log_lines: Callable[[], Sequence[str]]
    surroundings: Surroundings
    settings: OwnSettings
    views: Views
    remembered: Remembered


class SupportBundle:
    """Makes the files when somebody asks; nothing of it is kept."""

    def __init__(self, told: Told) -> None:
        self._told = told

    async def files(self) -> dict[str, bytes]:
        """Return the files of CONTENTS, masked."""
        told = self._told
        rows = await told.settings.rows()
        records = [told.views.record(mac) for mac in told.views.macs()]
        miners, private, answers = await self._miners(records)
        facts: dict[str, object] = {
            "diagnostics.json": told.diagnose(),
            "surroundings.json": masked(await told.surroundings.now()),
            "settings.json": [masked(row | {"value": _text(row["value"]), "default": None}) for row in rows],
            "miners.json": miners,
            "answers.json": answers,
            "events.json": [_event(event.row()) for event in told.remembered.recent],
        }
        lines = list(told.log_lines())
        log = await asyncio.to_thread(lambda: "\n".join(masked_text(line, private) for line in lines))
        made = {name: msgspec.json.format(msgspec.json.encode(value), indent=1) for name, value in facts.items()}
        return {"README.txt": _readme().encode(), **made, "log.txt": log.encode()}

    async def packed(self) -> bytes:
        """Return the files as a zip."""
        files = await self.files()
        return await asyncio.to_thread(_zipped, files)

    async def _miners(self, records: Sequence[Record]) -> tuple[list[Json], list[str], list[Json]]:
        miners: list[Json] = []
        private: set[str] = set()
        answers: dict[tuple[Json, Json], Json] = {}
        for place, record in enumerate(records):
            view = self._told.views.view(record)
            info = parse_object(record.info)
            private.update(private_words(info))
            values = dict(zip((column.name for column in ONE), ONE_ROWS.of(view), strict=True))
            miners.append(masked({name: value for name, value in values.items() if name not in _PERSONAL}))
            key = values["model"], values["firmware"]
            if len(answers) < ANSWERS and key not in answers:
                answers[key] = masked(info)
            if place % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        return miners, sorted(private, key=len, reverse=True), list(answers.values())


def _event(cells: Sequence[Json]) -> Json:
    _, at, _, kind, severity, facts = cells
    return {"at": at, "kind": kind, "severity": severity, "facts": masked(_without_names(facts))}


def _without_names(facts: Json) -> JsonObject:
    """Return the facts of an event; what was renamed, moved or set to another pool names somebody's things."""
    return (
        {name: value for name, value in facts.items() if not isinstance(value, str) or name in ("reason", "detail")}
        if isinstance(facts, dict)
        else {}
    )


def _text(value: Json) -> Json:
    return masked_text(value) if isinstance(value, str) else value


def _readme() -> str:
    lines = [f"{name:20} {what}" for name, what in CONTENTS.items()]
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return (
        f"Pluto {__version__}, {when}\nNames, addresses, users and secrets were replaced. Look before you hand it on.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return buffer.getvalue()
