"""Compression by websockets, told what to do in lines of JSON on the standard input, telling of each when it is done.

    {"talk": URL, "set": {...}, "messages": [BASE64...]}  sends each message, and waits for its echo
    {"serve": {...}}                                      begins to echo, and tells where

What is set are arguments of ClientPerMessageDeflateFactory or ServerPerMessageDeflateFactory; when there are none, all
is left as it comes.
"""

import asyncio
import base64
import json
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def options(factory, settings):
    if not settings:
        return {}
    return {"compression": None, "extensions": [factory(**settings)]}


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


async def talk(url, settings, messages):
    async with connect(url, proxy=None, **options(ClientPerMessageDeflateFactory, settings)) as websocket:
        for message in map(base64.b64decode, messages):
            await websocket.send(message)
            if await websocket.recv() != message:
                raise ValueError("it came back changed")


async def obey(order, servers):
    match order:
        case {"talk": url, "set": settings, "messages": messages}:
            await talk(url, settings, messages)
            tell(done=True)
        case {"serve": settings}:
            server = await serve(echo, "127.0.0.1", 0, **options(ServerPerMessageDeflateFactory, settings))
            servers.append(server)
            tell(url=f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")


async def main():
    loop = asyncio.get_running_loop()
    servers = []
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            await obey(json.loads(line), servers)
        except Exception as error:
            tell(error=f"{type(error).__name__}: {error}")


asyncio.run(main())
