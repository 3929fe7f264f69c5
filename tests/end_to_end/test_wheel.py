"""The wheel as a user gets it: no Node, no sources, nothing but what was packed; with the page and without."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from parts import free_port, run
from pluto.api.static import FOLDER

ROOT = Path(__file__).parents[2]
PACKED = (".gitignore", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "src", "ui")
MADE = ("node_modules", "page_files", "__pycache__")
BROWSER = {"Accept": "text/html"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what a wheel is built from, so that building does not touch what other tests serve."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in PACKED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, copy / name, ignore=shutil.ignore_patterns(*MADE))
        else:
            shutil.copy2(path, copy)
    return copy


def wheel(checkout: Path, **settings: str) -> Path:
    """Build the wheel of *checkout* as pip does, without fetching anything."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | settings
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next((checkout / "out").glob("*.whl"))


def installed(wheel_path: Path, folder: Path) -> Path:
    """Install the wheel alone into a fresh environment, which finds what it depends on in ours; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    [packages] = (folder / "lib").glob("python*/site-packages")
    with zipfile.ZipFile(wheel_path) as packed:
        packed.extractall(packages)  # which is all that installing a pure wheel does
    (packages / "libraries.pth").write_text(
        sysconfig.get_path("purelib") + "\n"
    )  # behind its own; editable installs do not count
    return python


def alone(python: Path, folder: Path, port: int) -> list[str]:
    """Return the command that starts the server with an empty environment and a PATH on which there is no Node."""
    empty = folder / "empty"
    empty.mkdir()
    given: Mapping[str, str] = {"PATH": str(empty), "HOME": str(folder), "PORT": str(port)}
    assert shutil.which("node", path=given["PATH"]) is None
    return ["env", "-i", *(f"{name}={value}" for name, value in given.items()), str(python), "-m", "pluto"]


async def test_an_installed_wheel_shows_the_page_where_there_is_no_node(checkout: Path, tmp_path: Path) -> None:
    if not (FOLDER / "index.html").is_file():
        pytest.skip("the page cannot be built here: python ui/build.py")
    (checkout / "ui" / "node_modules").symlink_to(ROOT / "ui" / "node_modules")
    python, port = installed(wheel(checkout), tmp_path / "fresh"), free_port()
    shutil.rmtree(checkout)
    base = f"http://127.0.0.1:{port}"
    async with run(alone(python, tmp_path, port), ready=f"{base}/readyz", cwd=tmp_path), aiohttp.ClientSession(base) as http:
        for path in ("/", "/miners", "/settings"):
            async with http.get(path, headers=BROWSER) as answer:
                assert answer.status == 200
                page = await answer.text()
        names = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg))"', page)
        assert len(names) >= 3, page
        for name in names:
            async with http.get(name) as answer:
                assert (answer.status, len(await answer.read()) > 0) == (200, True), name


async def test_a_wheel_without_the_page_explains_itself_and_its_interface_works(checkout: Path, tmp_path: Path) -> None:
    path = wheel(checkout, PLUTO_NO_UI="1")
    with zipfile.ZipFile(path) as packed:
        assert not [name for name in packed.namelist() if "page_files" in name]
    python, port = installed(path, tmp_path / "fresh"), free_port()
    base = f"http://127.0.0.1:{port}"
    async with run(alone(python, tmp_path, port), ready=f"{base}/readyz", cwd=tmp_path), aiohttp.ClientSession(base) as http:
        async with http.get("/", headers=BROWSER) as answer:
            assert (answer.status, "ui/build.py" in await answer.text()) == (200, True)
        async with http.get("/api/v1/fleet") as answer:
            assert (await answer.json())["rows"] == []
        async with http.get("/devices/imprint") as answer:
            assert (answer.status, (await answer.json())["data"]) == (200, [])
