"""Reading `/metrics` as strictly as anybody might."""

import math
import re

from prometheus_client.parser import text_string_to_metric_families

_SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*\})? (\S+)')
_PARTS = ("_bucket", "_sum", "_count")


def read_strictly(exposition: bytes) -> dict[str, float]:
    """Return every sample as `name{labels}` to value; fails unless the text is as strict as the format can be.

    One HELP and one TYPE for each name, before its samples; samples of a name together; no series twice; finite numbers.
    """
    text = exposition.decode()
    assert text.endswith("\n")
    samples: dict[str, float] = {}
    families: set[str] = set()
    family, last_help = ("", ""), ""
    for line in text[:-1].split("\n"):
        match line.split(" ", 3):
            case ["#", "HELP", name, help_text]:
                assert name not in families, f"{name} begins twice"
                assert help_text
                last_help = name
            case ["#", "TYPE", name, kind]:
                assert name == last_help, f"TYPE of {name} without HELP"
                assert name not in families, f"two TYPEs of {name}"
                families.add(name)
                family = name, kind
            case _:
                _add_sample(line, family, samples)
    assert _by_the_library(text) == len(samples)
    return samples


def _add_sample(line: str, family: tuple[str, str], samples: dict[str, float]) -> None:
    found = _SAMPLE.fullmatch(line)
    assert found is not None, f"no sample: {line!r}"
    name, kind = family
    allowed = {name + part for part in _PARTS} if kind == "histogram" else {name}
    assert found[1] in allowed, f"{found[1]} stands among the samples of {name}"
    series = found[1] + (found[2] or "")
    assert series not in samples, f"{series} twice"
    assert not found[3].endswith(".0"), f"{line!r} has a needless .0"
    samples[series] = float(found[3])
    assert math.isfinite(samples[series]), line


def _by_the_library(text: str) -> int:
    return sum(len(family.samples) for family in text_string_to_metric_families(text))
