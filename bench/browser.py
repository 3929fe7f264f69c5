"""A browser as a process of its own: `python -m bench.browser records|page URL` takes what comes until it is ended."""

import asyncio
import sys

import socketio


async def listen(kind: str, url: str) -> None:
    """Take every event of *url*: whole records as the old web client does, or the fleet's rows as our page does; forget it."""
    client = socketio.AsyncClient()
    namespace = "/ui" if kind == "page" else "/"
    await client.connect(url, socketio_path="/socket/io", transports=["websocket"], namespaces=[namespace])
    if kind == "page":
        await client.emit("watch", {"topics": ["fleet"]}, namespace=namespace)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(listen(sys.argv[1], sys.argv[2]))
