import time

import pytest

from clocks import FakeClock
from exposition import read_strictly
from metric_miners import ALICE, READING, offline, online
from pluto.metrics.exposition import Metrics
from pluto.metrics.itself import FIGURES, OUTCOMES, Itself
from pluto.metrics.process import PROCESS
from pluto.model.state import Reason


def read(itself: Itself) -> dict[str, float]:
    return read_strictly(itself.text().encode())


def test_every_figure_is_there_with_zero_from_the_start() -> None:
    samples = read(Itself())
    assert [samples[f'pluto_polls_total{{outcome="{outcome}"}}'] for outcome in OUTCOMES] == [0] * 6
    assert [samples[figure.name] for figure in FIGURES] == [0] * len(FIGURES)
    assert samples["pluto_poll_duration_seconds_count"] == samples["pluto_event_loop_lag_seconds_sum"] == 0
    assert OUTCOMES == ("ok", "no_connection", "refused", "silent", "bad_answer", "wrong_device")


async def test_polls_are_counted_by_how_they_ended() -> None:
    metrics = Metrics(FakeClock())
    metrics.watch(ALICE, "garage")
    alice = online(ALICE, READING)
    metrics.observe(alice)
    for reason in Reason:
        metrics.observe(offline(alice, reason))
    metrics.unwatch(ALICE.mac, delete=False)
    metrics.observe(alice)
    samples = read(metrics.itself)
    assert [samples[f'pluto_polls_total{{outcome="{outcome}"}}'] for outcome in OUTCOMES] == [1] * 6


def test_a_histogram_counts_a_value_in_its_bucket_and_all_larger_ones() -> None:
    itself = Itself()
    for seconds in (0.001, 0.005, 0.3, 99.0):
        itself.poll_duration.observe(seconds)
    samples = read(itself)
    buckets = [samples[f'pluto_poll_duration_seconds_bucket{{le="{bound}"}}'] for bound in ("0.005", "0.25", "0.5", "5", "+Inf")]
    assert buckets == [2, 2, 3, 3, 4]
    assert samples["pluto_poll_duration_seconds_count"] == 4
    assert samples["pluto_poll_duration_seconds_sum"] == pytest.approx(99.306)


def test_a_figure_is_read_at_the_scrape() -> None:
    itself = Itself()
    waiting = [1, 2, 3]
    itself.attach("pluto_polls_in_flight", lambda: len(waiting))
    waiting.append(4)
    assert read(itself)["pluto_polls_in_flight"] == 4
    with pytest.raises(KeyError):
        itself.attach("pluto_polls_in_fright", lambda: 0)


def test_the_process_is_described_as_everywhere() -> None:
    samples = read(Itself())
    assert samples["process_resident_memory_bytes"] > 1e6
    assert samples["process_cpu_seconds_total"] > 0
    assert 0 < samples["process_open_fds"] < samples["process_max_fds"]
    assert samples["process_start_time_seconds"] == read(Itself())["process_start_time_seconds"]
    boot_s = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    assert boot_s < samples["process_start_time_seconds"] < time.time()
    assert len(PROCESS) == 5
