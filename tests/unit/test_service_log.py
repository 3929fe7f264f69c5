"""What our own log says, and how a line of it looks."""

import itertools
import logging
import re
import sys
from pathlib import Path

import pytest

from metric_miners import ALICE, READING, offline, online
from pluto.logs import MAX_LINE_CHARACTERS, SERVICE_LOG_BYTES, LineFormatter, close_logs, open_logs
from pluto.model.state import MinerState, Reason
from pluto.monitor.report import report


def line(message: str, **facts: object) -> str:
    record = logging.makeLogRecord({"msg": message, "levelname": "WARNING", "created": 1704164645.678, **facts})
    return LineFormatter().format(record)


def test_a_line_is_time_level_and_text_with_the_facts_behind() -> None:
    assert line("miner offline", host="10.0.0.1") == "2024-01-02T03:04:05.678Z [WARNING]: miner offline host=10.0.0.1"


@pytest.mark.parametrize(
    "forged", ["a\n2026-01-01T00:00:00.000Z [INFO]: forged", "\x1b[31mred", "back\rwards", "\u202eolleh\u2028"]
)
def test_what_a_miner_says_makes_no_line_of_its_own(forged: str) -> None:
    for text in (line(forged), line("said", text=forged)):
        assert len(text.splitlines()) == 1
        assert not re.search("[\x00-\x1f\u202e\u2028]", text)


def test_a_trace_stays_on_the_line_and_a_line_has_an_end() -> None:
    text = ""
    try:
        int("two\nlines")
    except ValueError:
        text = line("failed", exc_info=sys.exc_info())
    assert len(text.splitlines()) == 1
    assert "Traceback" in text
    assert len(line("x" * 10_000)) < MAX_LINE_CHARACTERS + 100


def test_a_full_log_file_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", root.level)
    raises = logging.raiseExceptions
    (tmp_path / "combined.log").write_bytes(b"x" * (SERVICE_LOG_BYTES - 10))
    handlers = open_logs(tmp_path, "info")
    try:
        logging.getLogger("pluto").warning("one line too many")
    finally:
        close_logs(handlers)
        monkeypatch.setattr(logging, "raiseExceptions", raises)
    assert (tmp_path / "combined.log.1").stat().st_size == SERVICE_LOG_BYTES - 10
    assert "[WARNING]: one line too many" in (tmp_path / "combined.log").read_text()


def test_a_miner_that_goes_and_comes_back_is_two_lines_however_long_it_was_away(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    states = [MinerState(ALICE), online(ALICE, READING)]
    for reason in (Reason.SILENT, Reason.SILENT, Reason.SILENT, Reason.REFUSED):
        states.append(offline(states[-1], reason))
    states.append(online(ALICE, READING, before=states[-1]))
    for before, after in itertools.pairwise(states):
        report(before, after)
    told = [(record.message, vars(record)["hostname"], vars(record).get("reason")) for record in caplog.records]
    assert told == [
        ("miner online", "garage", None),
        ("miner offline", "garage", Reason.SILENT),
        ("miner offline", "garage", Reason.REFUSED),
        ("miner online", "garage", None),
    ]
