"""What a year of history costs: `python -m bench.history [miners] [folder]` fills a file and prints bytes and query times."""

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.exposition import miner_answer, miner_state
from pluto.history.book import Book
from pluto.history.file import HistoryFile, size_bytes
from pluto.history.metrics import FLEET, FLEET_METRICS, MINER_METRICS, Metric, kept
from pluto.history.query import Question, Reader
from pluto.history.tiers import DAY_S, HOUR, HOUR_S, MINUTE, RAW, TIERS, Buckets, Kept, Tier, coarser
from pluto.history.window import FLEET_NUMBER, Counters
from pluto.model.miner import MacAddress

NOW_S = 1_800_000_000 // HOUR.span_s * HOUR.span_s
YEAR_S = 365 * DAY_S
CHARTS = (("15 m", 900), ("1 h", HOUR_S), ("6 h", 6 * HOUR_S), ("24 h", DAY_S), ("7 d", 7 * DAY_S), ("30 d", 30 * DAY_S),
    ("90 d", 90 * DAY_S), ("1 year", YEAR_S))  # fmt: skip
PAGE = ("hashrate_ghs", "hashrate_10m_ghs", "expected_hashrate_ghs", "power_watts", "efficiency_j_per_th",
    "chip_temperature_celsius", "vr_temperature_celsius", "fan_percent", "error_percent", "shares_accepted")  # fmt: skip


def main() -> None:
    """Fill a year of 100 miners, or as many as asked, and measure."""
    miners = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 100
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[2] if len(sys.argv) > 2 else folder) / "history.sqlite"
        file = HistoryFile(path)
        for place in range(miners):
            _fill(file, file.add_miner(_mac(place)), MINER_METRICS, place)
        _fill(file, FLEET_NUMBER, FLEET_METRICS, -1)
        file.close()
        base = sqlite3.connect(path)
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        print(f"{miners} miners, 48 h raw, 30 days of minutes, a year of hours: {size_bytes(path) / 1e6:.1f} MB")
        for tier in TIERS:
            first = tier.number << 52
            size, rows = base.execute(
                "SELECT SUM(LENGTH(data)), COUNT(*) FROM block WHERE key BETWEEN ? AND ?", (first, first + 2**52 - 1)
            ).fetchone()
            print(f"  {('raw', 'minutes', 'hours')[tier.number]:8} {size / 1e6:8.1f} MB in {rows:,} blocks")
        base.close()
        _ask(path)
    _write()


def _ask(path: Path) -> None:
    book = Book(path, Kept())
    file = HistoryFile(path)
    book.miners = file.miners()
    file.close()
    reader = Reader(book, path, Kept())
    print("query, median of 5 ms:      one metric   ten metrics       fleet")
    for name, seconds in CHARTS:
        one = _median(reader, Question(_mac(7), ["hashrate_ghs"], NOW_S - seconds, NOW_S))
        ten = _median(reader, Question(_mac(7), PAGE, NOW_S - seconds, NOW_S))
        all_ = _median(reader, Question(FLEET, ["hashrate_ghs", "power_watts"], NOW_S - seconds, NOW_S))
        print(f"  {name:8}                 {one:10.1f}    {ten:10.1f}  {all_:10.1f}")


def _write() -> None:
    """Print what taking in a reading costs, closing its blocks included."""
    with tempfile.TemporaryDirectory() as folder:
        book = Book(Path(folder) / "history.sqlite", Kept())
        now_s = float(NOW_S)
        book.open(now_s)
        states = [miner_state(place) for place in range(100)]
        answers = [miner_answer(state).reading for state in states]
        began_s = time.process_time()
        for _ in range(720):
            for state, reading in zip(states, answers, strict=True):
                book.take(state.miner.mac, now_s, reading)
            now_s += 5
            for _ in book.tick(now_s, 100):
                pass
        took_s = time.process_time() - began_s
        book.close(now_s)
        print(f"an hour of 100 miners: {took_s / 72_000 * 1e6:.1f} us a reading, {size_bytes(book.path) / 1e6:.1f} MB written")


def _fill(file: HistoryFile, number: int, metrics: Sequence[Metric], place: int) -> None:
    chance = random.Random(place)
    base = [metric.whole(value) for metric, value in zip(metrics, _values(metrics, place), strict=True)]
    for tier, seconds in ((RAW, 2 * DAY_S), (MINUTE, 30 * DAY_S), (HOUR, YEAR_S)):
        with file.writing():
            for start in range(tier.start(NOW_S - seconds), NOW_S, tier.span_s):
                file.put(tier, number, _block(tier, start, metrics, base, chance))


def _block(tier: Tier, start: int, metrics: Sequence[Metric], base: Sequence[int], chance: random.Random) -> Buckets:
    """Return a block of numbers that move as a miner's do: minutes and hours are made of ten readings each."""
    fine = 1 if tier is RAW else 10
    step_s = (tier.step_s or 5) / fine
    times = [int(start + n * step_s) for n in range(round(tier.span_s / step_s))]
    columns = [_column(metric, value, len(times), chance) for metric, value in zip(metrics, base, strict=True)]
    buckets = Buckets(times, columns)
    return buckets if tier is RAW else coarser(buckets, metrics, RAW, tier.step_s)


_NOISE = {
    "hashrate_ghs": 0.06, "hashrate_10m_ghs": 0.004, "power_watts": 0.01, "efficiency_j_per_th": 0.06,
    "chip_temperature_celsius": 0.008,
    "chip_temperature_p50_celsius": 0.008, "chip_temperature_p95_celsius": 0.008, "chip_temperature_max_celsius": 0.008,
    "vr_temperature_celsius": 0.01, "fan_rpm": 0.01, "core_voltage_actual_volts": 0.003, "input_voltage_volts": 0.004,
    "error_percent": 0.3, "pool_response_ms": 0.2, "wifi_rssi_dbm": 0.04, "free_heap_bytes": 0.002,
}  # fmt: skip


def _column(metric: Metric, value: int, count: int, chance: random.Random) -> list[int]:
    if metric.is_count:
        return [int(chance.random() < 0.3) for _ in range(count)]
    width = abs(value) * _NOISE.get(metric.name, 0)
    return [round(value + chance.gauss(0, width)) for _ in range(count)] if width else [value] * count


def _values(metrics: Sequence[Metric], place: int) -> list[float]:
    if metrics is FLEET_METRICS:
        return [1.1e5, 1.1e5, 1.8e3, 16.0, 58.0, 66.0, 71.0, 30, 0, 100, 100]
    values = kept(miner_answer(miner_state(place)).reading)
    Counters().added(1, values)
    return [value / metric.scale for value, metric in zip(values, metrics, strict=True)]


def _median(reader: Reader, question: Question) -> float:
    times: list[float] = []
    for _ in range(5):
        began_s = time.perf_counter()
        reader.chart(question, NOW_S)
        times.append(time.perf_counter() - began_s)
    return sorted(times)[2] * 1000


def _mac(place: int) -> MacAddress:
    return miner_state(place).miner.mac


if __name__ == "__main__":
    main()
