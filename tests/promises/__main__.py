"""Writes `docs/contract-coverage.md`: `python -m promises`, with `tests` on the path."""

from promises.page import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
