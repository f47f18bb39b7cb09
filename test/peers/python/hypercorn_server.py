"""Hypercorn, with HTTP/2. Tells its address and how each socket ends in lines of JSON; ends with its standard input.

Whatever a client closes with, Hypercorn tells its application 1006.

    hypercorn_server.py CERT KEY
"""

import asyncio
import json
import socket
import sys
from urllib.parse import parse_qs

from hypercorn.asyncio import serve
from hypercorn.config import Config


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def refuse(send):
    headers = [(b"x-why", b"members only"), (b"content-type", b"text/plain")]
    await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b"go on"})


async def close(send, query):
    code, reason = int(query["code"][0]), query.get("reason", [""])[0]
    await send({"type": "websocket.close", "code": code, "reason": reason})


async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    if scope["path"] == "/refuse":
        return await refuse(send)
    offered = scope["subprotocols"]
    chosen = "chat.v1" if "chat.v1" in offered else None
    version = [(b"x-http-version", scope["http_version"].encode())]
    await send({"type": "websocket.accept", "subprotocol": chosen, "headers": version})
    if scope["path"] == "/close":
        await close(send, parse_qs(scope["query_string"].decode()))
    while (event := await receive())["type"] == "websocket.receive":
        await send({**event, "type": "websocket.send"})
    tell(code=event["code"])


async def main(cert, key):
    listener = socket.create_server(("localhost", 0))
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile, config.keyfile = cert, key
    config.websocket_max_message_size = 2**25
    # On a busy machine, five seconds pass between two sockets.
    config.keep_alive_timeout = 60
    config.errorlog = None
    tell(url=f"wss://localhost:{listener.getsockname()[1]}")
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await serve(app, config, shutdown_trigger=lambda: ended)


asyncio.run(main(*sys.argv[1:]))
