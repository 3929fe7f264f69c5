"""Asks a server again and again and prints how long each answer took: `python api_clock.py BASE SECONDS`."""

import http.client
import json
import sys
import time
from urllib.parse import urlsplit

PATHS = ("/devices/imprint", "/readyz", "/metrics", "/devices/imprint/02:00:00:00:00:00", "/presets")
PAUSE_S = 0.02


def main(base: str, seconds: float) -> None:
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    took: list[float] = []
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        began_s = time.monotonic()
        connection.request("GET", PATHS[len(took) % len(PATHS)])
        connection.getresponse().read()
        took.append(time.monotonic() - began_s)
        time.sleep(PAUSE_S)
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
