"""The page of all faults: `python tests/hostile_page.py` writes `docs/hostile-miners.md`."""

from pathlib import Path
from typing import Final

from pluto.simulator.fault import Fault
from pluto.simulator.faults import FAULTS, KINDS

PAGE: Final = Path(__file__).parents[1] / "docs" / "hostile-miners.md"


def hostile_page() -> str:
    """Return the page: a row a fault."""
    lines = [
        "# Hostile miners",
        "",
        f"`pluto simulate` plays {len(FAULTS)} faults by name, on this machine only, against any manager of miners:",
        "",
        "    pluto simulate 3 --fault 1:hang      # the second of three miners hangs",
        "    pluto simulate 3 --fault nan         # all three say NaN",
        "    pluto simulate --hostile             # one miner for each row of this page, and three healthy ones before them",
        "    pluto simulate --faults              # this page, on the screen",
        "",
        "Point the manager at the addresses that it prints. What should happen: the healthy miners are asked every five",
        "seconds as if nothing else was there, each miner is told about truthfully, and all are well again when they are",
        "healed. While it runs, a fault is set by `POST` of `{\"fault\": \"hang\"}`, with parameters beside it, to",
        "`http://127.0.0.1:7770/miners/5/fault`, and healed by `DELETE` there.",
        "Made by `python tests/hostile_page.py`; a test fails when it is out of date.",
    ]  # fmt: skip
    for kind, faults in KINDS.items():
        lines += ["", f"## {kind}", "", "| Fault | What the miner does | Parameters |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {fault.description.replace('|', '/')} | {_parameters(fault)} |" for name, fault in faults.items()
        ]
    return "\n".join(lines) + "\n"


def _parameters(fault: Fault) -> str:
    return ", ".join(f"`{name}` {str(value)[:40] or '-'}" for name, value in fault.defaults.items()) or "-"


if __name__ == "__main__":
    PAGE.write_text(hostile_page(), encoding="utf-8")
