"""How Prometheus wants its text (exposition format 0.0.4): headers, numbers, label values."""

import sys
from collections.abc import Mapping
from typing import Final

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
MAX_LABEL_CHARACTERS: Final = 128
LARGEST: Final = sys.float_info.max
"""What Prometheus can read at all: a whole number beyond it would fail the scrape."""


def header(name: str, kind: str, help_text: str) -> str:
    """Return the two lines that stand before the samples of *name*; *help_text* is ours and needs no escaping."""
    return f"# HELP {name} {help_text}\n# TYPE {name} {kind}\n"


def number(value: float) -> str:
    """Return the shortest text that reads back as exactly *value*, whole numbers without `.0`."""
    return repr(value).removesuffix(".0")


def is_number(value: float | None) -> bool:
    """Return whether *value* can be shown: there is one, and it is finite."""
    return value is not None and -LARGEST <= value <= LARGEST


def labels(values: Mapping[str, str]) -> str:
    """Return `{name="value",...}`, values cut and escaped."""
    return "{" + ",".join(f'{name}="{escaped(value)}"' for name, value in values.items()) + "}"


def escaped(value: str) -> str:
    """Return *value* as it stands between the quotes of a label: MAX_LABEL_CHARACTERS at most, then escaped."""
    return value[:MAX_LABEL_CHARACTERS].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
