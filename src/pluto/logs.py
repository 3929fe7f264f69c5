"""How a log line looks and where it goes: console and `combined.log`, one record one line, rotated, never a secret."""

import logging
import logging.handlers
import re
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from pluto.clock import iso_milliseconds
from pluto.errors import FolderUnusable

MAX_LINE_CHARACTERS: Final = 2048
SERVICE_LOG_BYTES: Final = 10 * 1024 * 1024
SERVICE_LOG_FILES: Final = 5
RECENT_LINES: Final = 500
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def escaped(text: str) -> str:
    """Return *text* on one line: control and direction characters as `\\x1b`, at most MAX_LINE_CHARACTERS (trust 7.4)."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)[:MAX_LINE_CHARACTERS]


class LineFormatter(logging.Formatter):
    """`<ISO time> [LEVEL]: text key=value`, whatever a miner put into the text (contract I)."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line; the trace of an exception is joined to it, escaped."""
        facts = [f"{name}={value}" for name, value in vars(record).items() if name not in _PLAIN]
        text = " ".join([record.getMessage(), *facts])
        if record.exc_info:
            text = f"{text} | {self.formatException(record.exc_info)}"
        when = iso_milliseconds(datetime.fromtimestamp(record.created, UTC))
        return f"{when} [{record.levelname}]: {escaped(text)}"


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line that was logged: wall time, level, text with its facts."""

    at: float
    level: str
    text: str


class RecentLines(logging.Handler):
    """Keeps the last RECENT_LINES of our log, for who looks at it without a shell."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[Line] = deque(maxlen=RECENT_LINES)
        self.setFormatter(LineFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        text = self.format(record).partition("]: ")[2]
        self.lines.append(Line(round(record.created, 3), record.levelname, text))


def open_logs(folder: Path, level: str) -> list[logging.Handler]:
    """Send Pluto's log to the console and to `combined.log` in *folder*; raises FolderUnusable. `close_logs` ends it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(
            folder / "combined.log", maxBytes=SERVICE_LOG_BYTES, backupCount=SERVICE_LOG_FILES - 1, encoding="utf-8"
        )
    except OSError as error:
        raise FolderUnusable(f"PLUTO_LOGS_DIR: cannot write in {folder}: {error.strerror}") from error
    handlers: list[logging.Handler] = [logging.StreamHandler(), file]
    root = logging.getLogger()
    root.setLevel(level.upper())
    for handler in handlers:
        handler.setFormatter(LineFormatter())
        root.addHandler(handler)
    logging.raiseExceptions = False  # a full disk must not stop the service, nor fill the console with traces
    return handlers


def close_logs(handlers: list[logging.Handler]) -> None:
    """Take *handlers* away again and close their files."""
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
        handler.close()
