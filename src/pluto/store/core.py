"""`pluto_core`: miners and presets in one database, so that one write can change both."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from pluto.clock import Clock
from pluto.store.level import Level
from pluto.store.miners import MinerStore
from pluto.store.presets import PresetStore
from pluto.store.seal import Seal


class CoreStore:
    """The database that the reference knows too; *miners* and *presets* can be used from `async with` until its end."""

    def __init__(self, folder: Path, *, clock: Clock, flush_s: float, seal: Seal | None = None) -> None:
        self.level = Level(folder)
        self.miners = MinerStore(self.level, clock=clock, flush_s=flush_s)
        self.presets = PresetStore(self.level, self.miners, clock=clock, seal=seal or Seal())
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open and read everything; raises FolderUnusable, StoreLocked, StoreDamaged, SealBroken."""
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self.level)
            items = await self.level.items()
            self.miners.load(items)
            self.presets.load(items)
            await opened.enter_async_context(self.miners)
            self._closing = opened.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what polls left in memory, and close."""
        await self._closing.aclose()
