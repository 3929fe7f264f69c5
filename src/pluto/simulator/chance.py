"""Random draws that cost the same for a second and for a month: counts and records of rare events."""

import math
from random import Random

SMALL_MEAN = 30.0
"""Above it a Poisson count is drawn as a rounded normal one; the error is below what a reading shows."""


def poisson(random: Random, mean: float) -> int:
    """Return how many events of a steady process happened where *mean* are expected."""
    if mean <= 0:
        return 0
    if mean > SMALL_MEAN:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count


def hardest(random: Random, work: float) -> float:
    """Return the hardest difficulty met in *work* (hashes / 2^32): P(hardest < d) = exp(-work / d)."""
    return work / random.expovariate(1.0) if work > 0 else 0.0


def drifted(random: Random, value: float, elapsed_s: float, memory_s: float) -> float:
    """Return a unit normal noise *value* after *elapsed_s*: near the old one at first, a fresh one after *memory_s*."""
    kept = math.exp(-elapsed_s / memory_s)
    return value * kept + random.gauss(0.0, 1.0) * math.sqrt(1.0 - kept * kept)
