"""History as text for other programs: CSV and JSON."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from pluto.history.query import Chart
from pluto.model.json_value import Json

MAX_LINES: Final = 100_000
COLUMNS: Final = ("avg", "min", "max", "sum")


def csv_text(chart: Chart) -> str:
    """Return *chart* as CSV: the time (ISO 8601, UTC), then `<metric>_avg` and so on; without lines that know nothing."""
    columns = list(_columns(chart))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["time", *(name for name, _ in columns)])
    for place, time in enumerate(chart.times):
        values = [column[place] for _, column in columns]
        if any(value is not None for value in values):
            writer.writerow([_iso(time), *values])
    return file.getvalue()


def json_text(chart: Chart) -> str:
    """Return *chart* as JSON: the times in seconds, the metrics as in the page's interface."""
    members = {"source": chart.source, "step_s": chart.step_s, "times": chart.times, "metrics": chart.values}
    return msgspec.json.encode(members).decode() + "\n"


def _columns(chart: Chart) -> Iterator[tuple[str, list[Json]]]:
    for name, values in chart.values.items():
        for kind in COLUMNS:
            column = values.get(kind)
            if isinstance(column, list):
                yield f"{name}_{kind}", column


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
