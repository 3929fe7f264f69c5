"""What decoding one answer costs, in microseconds of processor time: `python -m bench.decode`.

A number changes from one answer to the next, as between polls. "new" are answers whose letters were never seen before.
"""

import time
from collections.abc import Callable
from pathlib import Path

from pluto.axeos.decode import decode_system_info

ROOT = Path(__file__).parents[1]
FOLDERS = [ROOT / "tests" / "fixtures" / "axeos", *(parent / "shared" / "data" / "axeos" for parent in ROOT.parents)]
ROUNDS = 15
ANSWERS = 400


def main() -> None:
    """Print a line for each system/info there is: ours, and where they are present the recorded ones."""
    for folder in FOLDERS:
        for path in sorted(folder.glob("*.json")):
            body = path.read_bytes()
            if not path.name.startswith(("asic-", "statistics-")):
                known, new = microseconds(body, numbered), microseconds(body, named)
                print(f"{path.stem:45} {len(body):6} bytes {known:7.1f} us   new {new:7.1f} us")


def numbered(body: bytes, number: int) -> bytes:
    """Return *body* with a number of its own."""
    return body.replace(b"{", b'{"tick":%d,' % number, 1)


def named(body: bytes, number: int) -> bytes:
    """Return *body* with a word of its own."""
    word = bytes(ord("a") + int(digit) for digit in str(number))
    return body.replace(b"{", b'{"word":"%s",' % word, 1)


def microseconds(body: bytes, vary: Callable[[bytes, int], bytes]) -> float:
    """Return the best of several rounds, so that what else the machine does is not counted."""
    best = float("inf")
    for turn in range(ROUNDS):
        answers = [vary(body, turn * ANSWERS + number) for number in range(ANSWERS)]
        began = time.process_time()
        for answer in answers:
            decode_system_info(answer)
        best = min(best, time.process_time() - began)
    return best / ANSWERS * 1e6


if __name__ == "__main__":
    main()
