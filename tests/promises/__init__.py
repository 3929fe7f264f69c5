"""What Pluto promises its users, a row each, and the tests by which each promise is kept."""

from collections.abc import Sequence
from typing import Final

from promises.dashboards_and_discovery import DASHBOARDS, DISCOVERY, MOCKS
from promises.faults_of_the_reference import FAULTS
from promises.fleet import CLOCKWORK, REMOVAL, RUNNING, SECRETS
from promises.http import ROUTES
from promises.miners import METRICS, MINERS
from promises.promise import Promise
from promises.socket_and_data import DATABASE, EVENTS, PRESETS

SECTIONS: Final[Sequence[tuple[str, str, Sequence[Promise]]]] = (
    ("A", "HTTP", ROUTES),
    ("B", "Socket.IO", EVENTS),
    ("C", "Database", DATABASE),
    ("D", "Metrics", METRICS),
    ("E", "What is asked of a miner", MINERS),
    ("F", "Dashboards", DASHBOARDS),
    ("G", "Discovery service", DISCOVERY),
    ("H", "Presets", PRESETS),
    ("I", "Running it", RUNNING),
    ("J", "Clockwork", CLOCKWORK),
    ("K", "Secrets", SECRETS),
    ("L", "Faults of Pluto 1.3.5, and what happens instead", FAULTS),
    ("M", "Mock miners", MOCKS),
    ("R", "Removal", REMOVAL),
)
"""Letter, title and rows of each section of the contract."""
