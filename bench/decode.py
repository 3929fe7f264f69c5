"""What decoding one answer costs, in microseconds of processor time: `python -m bench.decode`.

Numbers change from one answer to the next, as they do between polls; "new" is an answer whose shape was never seen.
"""

import json
import time
from pathlib import Path

from pluto.axeos.decode import decode_system_info

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures" / "axeos"
RECORDED = Path(__file__).parent.parent.parent / "shared" / "data" / "axeos"
ROUNDS = 15
BODIES = 400


def main() -> None:
    """Print a line for every system/info there is: ours, and where they are present the recorded ones."""
    for folder in (FIXTURES, RECORDED):
        for path in sorted(folder.glob("*.json")):
            body = path.read_bytes()
            if not path.name.startswith(("asic-", "statistics-")) and b"uptimeSeconds" in body:
                known, new = microseconds(varied(body, letters=False)), microseconds(varied(body, letters=True))
                print(f"{path.stem:50} {len(body):6} bytes  {known:7.1f} us  new {new:7.1f} us")


def varied(body: bytes, *, letters: bool) -> list[bytes]:
    """Return copies of *body* with other uptimes and, with *letters*, other words."""
    seconds = json.loads(body).get("uptimeSeconds", 0)
    plain = str(seconds).encode()
    copies = [body.replace(plain, str(seconds + step).encode()) for step in range(BODIES)]
    if not letters:
        return copies
    return [copy.replace(b"public", word(step)).replace(b"axe", word(step)) for step, copy in enumerate(copies)]


def word(number: int) -> bytes:
    """Return *number* in letters."""
    return bytes(ord("a") + int(digit) for digit in str(number + 100_000))


def microseconds(bodies: list[bytes]) -> float:
    """Return the best of several rounds over *bodies*, so that what else the machine does is not counted."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for body in bodies:
            decode_system_info(body)
        best = min(best, time.process_time() - began)
    return best / len(bodies) * 1e6


if __name__ == "__main__":
    main()
