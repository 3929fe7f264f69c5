"""A disk that is full for a while."""

import resource
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def no_space() -> Generator[None]:
    """Let no file of this process grow beyond a kibibyte, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
