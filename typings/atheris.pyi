from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

def instrument_imports(include: Sequence[str] = ...) -> AbstractContextManager[None]: ...
def Setup(argv: Sequence[str], one: Callable[[bytes], None]) -> list[str]: ...  # noqa: N802 - their name
def Fuzz() -> None: ...  # noqa: N802 - their name
