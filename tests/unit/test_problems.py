"""What a client hears of an error: never a trace, never another status than the table's."""

import json
import logging

import pytest

from pluto.api.problems import FAILED, missing_with_data, problem
from pluto.errors import BadRequest, DiscoveryFailed, NotFound, StorageFull

MISSING = missing_with_data("Device not found")


def test_an_unexpected_fault_is_500_without_a_word_of_it_and_a_trace_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    answer = problem(RuntimeError("hunter2 in /secret/path"), MISSING, "Discovery service failed")
    assert answer.status == 500
    assert json.loads(answer.body) == {"error": FAILED}
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert caplog.records[0].exc_info is not None


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (BadRequest("macs must be a list"), 400, {"error": "macs must be a list"}),
        (NotFound("whatever"), 404, {"message": "Device not found", "data": None}),
        (DiscoveryFailed("it hung"), 500, {"error": "Discovery service failed"}),
        (StorageFull("the disk is full"), 507, {"error": "the disk is full"}),
    ],
)
def test_each_error_has_its_status_and_body(error: Exception, status: int, body: object) -> None:
    answer = problem(error, MISSING, "Discovery service failed")
    assert answer.status == status
    assert json.loads(answer.body) == body
