"""Who polls how cheaply, side by side: `python -m bench.compare [--quick]` makes every figure and plot of the comparison.

Each contender runs alone in a process of its own, one after another in each round, on the same bodies of `bench/fast_fleet.py`;
shown are medians of three rounds (of one with `--quick`) of CPU microseconds a poll, and what Pluto costs in parts of others.
Prometheus gets the bodies as comments, since it cannot read JSON; the floor needs a C compiler, Prometheus `prometheus`.
Everything measured goes into `bench/figures.json`, from which `bench/plots.py` draws.
"""

import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench import plots
from bench.fast_fleet import address

PORT: Final = 18090
PROMETHEUS_PORT: Final = 18091
SECONDS: Final = 15.0
SETTLED_S: Final = 11.0
"""Prometheus spreads its first scrapes over the whole interval."""
WHOLE: Final = "pluto-page"
"""Everything attached, as most people run it: what the others are compared with."""
JUDGED: Final = (WHOLE, "prometheus", "floor")
"""Whose figures have limits: medians of three."""
ALSO: Final = ("pluto", "pluto-quiet", "pluto-bare", "aiohttp")
FLOOR_SOURCE: Final = Path(__file__).with_name("floor.c")
KEPT: Final = Path(__file__).with_name("figures.json")

Figures = Mapping[str, float]


class Fleet(NamedTuple):
    """So many miners, who keep their connections or not; who polls them how often."""

    miners: int
    closes: bool
    rounds: int
    judged: Sequence[str] = JUDGED
    also: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Return what this fleet is called."""
        return f"{self.miners} {'new' if self.closes else 'kept'}"


FLEETS: Final = (
    Fleet(2_000, False, 3, also=ALSO),
    Fleet(10_000, False, 3, also=ALSO),
    Fleet(10_000, True, 3, also=("pluto-bare", "aiohttp")),
    Fleet(20_000, False, 3, judged=(WHOLE,), also=("prometheus", "floor")),
    Fleet(100, False, 3, judged=(WHOLE,), also=("prometheus", "floor")),
    Fleet(10, False, 1),
    Fleet(1_000, False, 1),
    Fleet(5_000, False, 1),
)


def main() -> None:
    """Print a table for each fleet, keep the figures, and draw them."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    kept: dict[str, dict[str, Figures]] = {}
    for fleet in FLEETS:
        rounds = 1 if "--quick" in sys.argv else fleet.rounds
        print(f"\n{fleet.name}, medians of {rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
        kept[fleet.name] = _medians(fleet, rounds)
        _print(kept[fleet.name])
        KEPT.write_text(json.dumps(kept, indent=2) + "\n")
    plots.draw(kept)


def _medians(fleet: Fleet, rounds: int) -> dict[str, Figures]:
    found: dict[str, list[Figures]] = {}
    for turn in range(rounds):
        for name in (*fleet.judged, *(fleet.also if turn == 0 else ())):
            try:
                found.setdefault(name, []).append(_run(name, fleet))
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"  {name} did not run: {error}", flush=True)  # no compiler, no Prometheus, too few open files: left out
    return {
        name: {key: statistics.median([each[key] for each in all_figures]) for key in all_figures[0]}
        for name, all_figures in found.items()
        if all_figures
    }


def _run(name: str, fleet: Fleet) -> Figures:
    if name == "floor":
        return _floor(fleet)
    return _prometheus(fleet) if name == "prometheus" else _python(name, fleet)


def _python(name: str, fleet: Fleet) -> Figures:
    with _served(fleet):
        command = [sys.executable, "-m", "bench.contenders", name, str(PORT), str(fleet.miners), str(SECONDS)]
        said: Figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return said


@contextlib.contextmanager
def _served(fleet: Fleet, *, is_comment: bool = False) -> Generator[None]:
    flags = ["--close"] * fleet.closes + ["--comment"] * is_comment
    process = subprocess.Popen([sys.executable, "-m", "bench.fast_fleet", str(PORT), *flags])
    try:
        _await(f"http://127.0.0.1:{PORT}/count")
        yield
    finally:
        process.terminate()
        process.wait()


def _floor(fleet: Fleet) -> Figures:
    compiler = shutil.which("cc")
    if compiler is None:
        raise FileNotFoundError("cc")
    with tempfile.TemporaryDirectory() as folder, _served(fleet):
        program = Path(folder) / "floor"
        subprocess.run([compiler, "-O2", "-o", program, FLOOR_SOURCE], check=True)
        command = [str(program), str(PORT), str(fleet.miners), str(SECONDS), "close" if fleet.closes else "keep"]
        said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return {"polls": said["polls"], "cpu_us_a_poll": said["cpu_s"] / said["polls"] * 1e6}


def _prometheus(fleet: Fleet) -> Figures:
    program = shutil.which("prometheus")
    if program is None:
        raise FileNotFoundError("prometheus")
    with tempfile.TemporaryDirectory() as folder, _served(fleet, is_comment=True):
        process = subprocess.Popen(
            [
                program,
                f"--config.file={_config(Path(folder), fleet.miners)}",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}",
            ],
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(f"http://127.0.0.1:{PROMETHEUS_PORT}/-/ready")
            time.sleep(SETTLED_S)
            polls, cpu_s, began_s = _asked(), _cpu_s(process.pid), time.monotonic()
            time.sleep(SECONDS)
            polls, cpu_s = _asked() - polls, _cpu_s(process.pid) - cpu_s
            share = cpu_s / (time.monotonic() - began_s) * 100
            return {"polls": polls, "cpu_us_a_poll": cpu_s / polls * 1e6, "core_percent": share}
        finally:
            process.terminate()
            process.wait()


def _config(folder: Path, miners: int) -> Path:
    targets = folder / "targets.json"
    targets.write_text(json.dumps([{"targets": [f"{address(index)}:{PORT}" for index in range(miners)]}]))
    config = folder / "prometheus.yml"
    job = {
        "job_name": "miners",
        "metrics_path": "/api/system/info",
        "file_sd_configs": [{"files": [str(targets)]}],
    }
    intervals = {"scrape_interval": "5s", "scrape_timeout": "4s"}
    config.write_text(json.dumps({"global": intervals, "scrape_configs": [job]}))  # JSON is YAML
    return config


def _asked() -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/count") as answer:
        return int(json.load(answer)["requests"])


def _cpu_s(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _await(url: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.1)
    raise TimeoutError(url)


def _print(medians: Mapping[str, Figures]) -> None:
    whole = medians[WHOLE]["cpu_us_a_poll"]
    for contender, figures in medians.items():
        rest = "  ".join(f"{name} {value:,.1f}" for name, value in figures.items() if name not in ("polls", "gap_min_ms"))
        print(f"  {contender:12} {WHOLE} : this {whole / figures['cpu_us_a_poll']:5.2f}   {rest}", flush=True)


if __name__ == "__main__":
    main()
