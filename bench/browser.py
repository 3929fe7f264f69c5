"""A browser on the events, as a process of its own: `python -m bench.browser URL` listens until it is ended."""

import asyncio
import sys

import socketio


async def listen(url: str) -> None:
    """Take every event of *url* and forget it."""
    client = socketio.AsyncClient()
    await client.connect(url, socketio_path="/socket/io", transports=["websocket"])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(listen(sys.argv[1]))
