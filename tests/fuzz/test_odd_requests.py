"""Requests that a machine thinks up from our own OpenAPI document: bad input is never a fault of ours (trust 9.2).

PLUTO_FUZZ_EXAMPLES sets how many for each operation.
"""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings

from figures import Figure
from pluto.simulator.server import SimulatedFleet
from served import served

EXAMPLES = int(os.environ.get("PLUTO_FUZZ_EXAMPLES", "12"))
UNHURRIED = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)
ANSWER_S = 20
NOT_OURS = ("/prometheus/query", "/prometheus/query_range")
"""Nobody is there to be asked, and that is said with 500."""


def ask_everything(base: str) -> tuple[int, list[str]]:
    """Send EXAMPLES requests for each operation; return how many, and those that were answered as a fault of ours."""
    schema: Any = schemathesis.openapi.from_url(f"{base}/openapi.json")
    count, faults = 0, list[str]()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=UNHURRIED)
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal count
            answer = case.call(base_url=base, timeout=ANSWER_S)
            count += 1
            if answer.status_code >= 500 and not (case.operation.path in NOT_OURS and b'"status":"error"' in answer.content):
                faults.append(f"{answer.status_code} {case.as_curl_command()}: {answer.content[:200]!r}")

        ask()
    return count, faults


async def test_no_request_that_a_machine_thinks_up_is_answered_as_a_fault_of_ours(tmp_path: Path, figure: Figure) -> None:
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    given_settings = {"PLUTO_MINER_NETWORKS": "127.0.0.0/8", "PLUTO_DISCOVERY_NETWORKS": "127.99.99.0/30"}
    async with SimulatedFleet(1, first="127.39.1.1") as fleet, served(tmp_path, fleet, settings=given_settings) as server:
        count, faults = await asyncio.to_thread(ask_everything, server.base)
        await server.ask("GET", "/devices/imprint")
        log = server.log
    assert faults == []
    assert "[ERROR]" not in log, log
    figure("9.2", count, -100, "requests thought up by a machine, none answered with 5xx")
