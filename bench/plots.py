"""The pictures of `docs/performance.md`, drawn from `bench/figures.json`: `python -m bench.plots`.

Needs matplotlib (`pip install --group bench`); without it nothing is drawn, and that is said.
"""

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

KEPT: Final = Path(__file__).with_name("figures.json")
IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
LINES: Final = (
    ("pluto-page", "Pluto, everything attached", "#0b6e4f"),
    ("prometheus", "Prometheus, a scrape of the same bytes", "#d95f02"),
    ("floor", "a C loop over epoll that decodes nothing", "#666666"),
)

Kept = Mapping[str, Mapping[str, Mapping[str, float]]]


def draw(kept: Kept) -> None:
    """Draw both pictures."""
    try:
        pyplot: Any = import_module("matplotlib.pyplot")
    except ImportError:
        print("no matplotlib: nothing drawn")
        return
    sizes = sorted(int(name.split()[0]) for name in kept if name.endswith("kept"))
    figure, axes = _axes(pyplot, "CPU microseconds a poll", sizes)
    for contender, label, colour in LINES:
        points = _points(kept, sizes, contender, "cpu_us_a_poll")
        axes.plot(*points, "o-", color=colour, label=label)
    axes.set_yscale("log")
    _save(figure, axes, "cpu-per-poll.png")
    figure, axes = _axes(pyplot, "milliseconds after the moment a poll is due", sizes)
    for name, label, style in (("late_p50_ms", "half of the polls", "o--"), ("late_p99_ms", "99 of 100 polls", "o-")):
        axes.plot(*_points(kept, sizes, "pluto-page", name), style, color=LINES[0][2], label=f"Pluto, {label}")
    axes.set_ylim(bottom=0)
    _save(figure, axes, "lateness.png")


def _axes(pyplot: Any, title: str, sizes: Sequence[int]) -> tuple[Any, Any]:
    figure, axes = pyplot.subplots(figsize=(7, 4), dpi=110)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=30)
    axes.minorticks_off()
    axes.set_xlabel("miners, each polled every 5 s over a kept connection")
    axes.set_ylabel(title)
    axes.grid(alpha=0.3)
    return figure, axes


def _points(kept: Kept, sizes: Sequence[int], contender: str, name: str) -> tuple[list[int], list[float]]:
    found = [(size, kept[f"{size} kept"].get(contender, {}).get(name)) for size in sizes]
    known = [(size, value) for size, value in found if value is not None]
    return [size for size, _ in known], [value for _, value in known]


def _save(figure: Any, axes: Any, name: str) -> None:
    axes.legend()
    figure.tight_layout()
    figure.savefig(IMAGES / name)
    print(f"drawn: {IMAGES / name}")


if __name__ == "__main__":
    draw(json.loads(KEPT.read_text()))
