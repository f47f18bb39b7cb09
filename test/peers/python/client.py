"""A client of websockets, told what to do in lines of JSON on the standard input, telling what comes on the output.

    client.py URL CA [SUBPROTOCOL...]
"""

import asyncio
import base64
import json
import ssl
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def obey(websocket):
    """Does what each line says, until there are no more."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match json.loads(line):
            case {"text": text}:
                await websocket.send(text)
            case {"bytes": encoded}:
                await websocket.send(base64.b64decode(encoded))
            case {"fragments": fragments}:
                await websocket.send(fragments)
            case {"ping": payload}:
                await (await websocket.ping(payload))
                tell(pong=payload)
            case {"close": code, "reason": reason}:
                await websocket.close(code, reason)


async def main(url, ca, *subprotocols):
    context = ssl.create_default_context(cafile=ca) if url.startswith("wss:") else None
    options = {"ssl": context, "subprotocols": list(subprotocols) or None, "max_size": None}
    async with connect(url, proxy=None, **options) as websocket:
        extensions = websocket.response.headers.get("Sec-WebSocket-Extensions", "")
        tell(protocol=websocket.subprotocol or "", extensions=extensions)
        obeying = asyncio.create_task(obey(websocket))
        try:
            while True:
                message = await websocket.recv()
                if isinstance(message, str):
                    tell(text=message)
                else:
                    tell(bytes=base64.b64encode(message).decode())
        except ConnectionClosed:
            tell(code=websocket.close_code, reason=websocket.close_reason)
        obeying.cancel()


asyncio.run(main(*sys.argv[1:]))
