"""How much a miner's answer may hold (trust 5.11)."""

from typing import Final

MAX_DEPTH: Final = 32
"""Objects and lists inside one another, the answer itself counted: firmware nests 5 deep, parsers recurse."""

MAX_KEYS: Final = 1_000
"""In the whole answer, at every depth together: the richest firmware sends about 220."""

MAX_STRING: Final = 4_096
"""Characters; a pool's certificate has 3,000. What is longer is cut."""

MAX_VALUES: Final = 20_000
"""Counted by commas, those in strings too: a megabyte of list elements would hold up all other miners for 60 ms."""

MAX_NUMBER: Final = 2**53
"""Integers from here on are not exact in the browsers and databases behind us."""
