"""Who polls how cheaply, side by side: `python -m bench.compare [--quick]`.

Each contender runs alone in a process of its own, one after another in each round, on the same bodies of `bench/fast_fleet.py`;
shown are medians of three rounds (`--quick`: of one) of CPU microseconds a poll, and what Pluto costs in parts of the others.
Prometheus gets the bodies as comments, since it cannot read JSON; the floor needs a C compiler, Prometheus `prometheus`.
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
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

from bench.fast_fleet import address

PORT = 18090
PROMETHEUS_PORT = 18091
SECONDS = 15.0
SETTLED_S = 8.0
ROUNDS = 3
FLEETS = ((2_000, False), (10_000, False), (10_000, True))
PYTHON_CONTENDERS = ("pluto", "pluto-quiet", "pluto-bare", "aiohttp")
FLOOR_SOURCE = Path(__file__).with_name("floor.c")

Figures = Mapping[str, float]


def main() -> None:
    """Print a table for each fleet."""
    rounds = 1 if "--quick" in sys.argv else ROUNDS
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for miners, closes in FLEETS:
        print(f"\n{miners} miners, {'new' if closes else 'kept'} connections, medians of {rounds}")
        _print(_measured(miners, closes=closes, rounds=rounds))


def _measured(miners: int, *, closes: bool, rounds: int) -> dict[str, list[Figures]]:
    found: dict[str, list[Figures]] = {}
    for _ in range(rounds):
        for name, run in _contenders(miners, closes=closes).items():
            with contextlib.suppress(FileNotFoundError):  # no compiler, no Prometheus: that line is left out
                found.setdefault(name, []).append(run())
    return {name: figures for name, figures in found.items() if figures}


def _contenders(miners: int, *, closes: bool) -> dict[str, Callable[[], Figures]]:
    def python(name: str) -> Callable[[], Figures]:
        return lambda: _python(name, miners, closes=closes)

    return {
        **{name: python(name) for name in PYTHON_CONTENDERS},
        "prometheus": lambda: _prometheus(miners, closes=closes),
        "floor": lambda: _floor(miners, closes=closes),
    }


def _python(name: str, miners: int, *, closes: bool) -> Figures:
    with _fleet(closes=closes):
        command = [sys.executable, "-m", "bench.contenders", name, str(PORT), str(miners), str(SECONDS)]
        said: Figures = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return said


@contextlib.contextmanager
def _fleet(*, closes: bool, is_comment: bool = False) -> Generator[None]:
    flags = ["--close"] * closes + ["--comment"] * is_comment
    process = subprocess.Popen([sys.executable, "-m", "bench.fast_fleet", str(PORT), *flags])
    try:
        _await(f"http://127.0.0.1:{PORT}/count")
        yield
    finally:
        process.terminate()
        process.wait()


def _floor(miners: int, *, closes: bool) -> Figures:
    compiler = shutil.which("cc")
    if compiler is None:
        raise FileNotFoundError("cc")
    with tempfile.TemporaryDirectory() as folder, _fleet(closes=closes):
        program = Path(folder) / "floor"
        subprocess.run([compiler, "-O2", "-o", program, FLOOR_SOURCE], check=True)
        command = [str(program), str(PORT), str(miners), str(SECONDS), "close" if closes else "keep"]
        said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return {"cpu_us_a_poll": said["cpu_s"] / said["polls"] * 1e6}


def _prometheus(miners: int, *, closes: bool) -> Figures:
    program = shutil.which("prometheus")
    if program is None:
        raise FileNotFoundError("prometheus")
    with tempfile.TemporaryDirectory() as folder, _fleet(closes=closes, is_comment=True):
        process = subprocess.Popen(
            [
                program,
                f"--config.file={_config(Path(folder), miners)}",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}",
            ],
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(f"http://127.0.0.1:{PROMETHEUS_PORT}/-/ready")
            time.sleep(SETTLED_S + 5)  # Prometheus spreads its first scrapes over the whole interval
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
        "enable_compression": False,
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


def _print(found: Mapping[str, list[Figures]]) -> None:
    names = (
        "cpu_us_a_poll",
        "core_percent",
        "gap_p99_ms",
        "gap_max_ms",
        "metrics_ms",
        "stop_max_ms",
        "memory_kb_a_miner",
        "online_s",
    )
    medians = {
        contender: {name: statistics.median([each[name] for each in figures]) for name in names if name in figures[0]}
        for contender, figures in found.items()
    }
    for contender, figures in medians.items():
        ratio = medians["pluto"]["cpu_us_a_poll"] / figures["cpu_us_a_poll"]
        rest = "  ".join(f"{name} {value:,.1f}" for name, value in figures.items())
        print(f"  {contender:12} pluto : this {ratio:5.2f}   {rest}", flush=True)


if __name__ == "__main__":
    main()
