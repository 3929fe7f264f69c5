"""How a test writes down a figure that it saw."""

from collections.abc import Callable

Figure = Callable[[str, float, float, str], None]
"""Called with the line of `trust_rows.txt`, what was seen, the limit and the unit; a negative limit is the least it may be."""
