"""The metrics over all watched miners: their names, and what of the totals each one shows (contract D.3)."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from pluto.metrics.text import header, labels, number
from pluto.model.totals import Totals


class Overview(msgspec.Struct, frozen=True):
    """A metric over the fleet, one sample without labels."""

    name: str
    help: str
    value: Callable[[Totals], float]


class PerLabel(msgspec.Struct, frozen=True):
    """A metric over the fleet, one sample for each value of *label* that some watched miner has."""

    name: str
    help: str
    label: str
    values: Callable[[Totals], Mapping[str, float]]


OVERVIEW: Final = (
    Overview("total_hardware", "Miners that are watched", lambda totals: totals.watched),
    Overview("hardware_online", "Watched miners whose last poll succeeded", lambda totals: totals.online),
    Overview("hardware_offline", "Watched miners that are not online", lambda totals: totals.offline),
    Overview("total_hashrate", "Sum of the hash rates last known, in GH/s", lambda totals: totals.hashrate_ghs),
    Overview("average_hashrate", "Hash rate per watched miner, in GH/s", lambda totals: totals.average_hashrate_ghs),
    Overview("total_power_watts", "Sum of the powers last known, in watts", lambda totals: totals.power_watts),
    Overview(
        "total_efficiency", "Total power over total hash rate, in joules per terahash", lambda totals: totals.efficiency_j_per_th
    ),
    Overview("online_hashrate", "Sum of the hash rates of online miners, in GH/s", lambda totals: totals.online_hashrate_ghs),
    Overview("online_power_watts", "Sum of the powers of online miners, in watts", lambda totals: totals.online_power_watts),
)

PER_LABEL: Final = (
    PerLabel("firmware_version_distribution", "Watched miners per firmware version", "version", lambda totals: totals.versions()),
    PerLabel(
        "shares_by_pool_accepted",
        "Accepted shares of the watched miners per pool",
        "pool",
        lambda totals: {pool: of.accepted for pool, of in totals.pools().items()},
    ),
    PerLabel(
        "shares_by_pool_rejected",
        "Rejected shares of the watched miners per pool",
        "pool",
        lambda totals: {pool: of.rejected for pool, of in totals.pools().items()},
    ),
)

NAMES: Final = (*(row.name for row in OVERVIEW), *(row.name for row in PER_LABEL))


def overview_text(totals: Totals) -> str:
    """Return the overview as exposition text."""
    lines: list[str] = []
    for row in OVERVIEW:
        lines += [header(row.name, "gauge", row.help), f"{row.name} {number(row.value(totals))}\n"]
    for rows in PER_LABEL:
        lines.append(header(rows.name, "gauge", rows.help))
        lines += [f"{rows.name}{labels({rows.label: value})} {number(n)}\n" for value, n in sorted(rows.values(totals).items())]
    return "".join(lines)
