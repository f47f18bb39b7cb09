"""A server of websockets. Tells its address and every close it sees in lines of JSON; ends with its standard input.

    server.py [CERT KEY]
"""

import asyncio
import http
import json
import ssl
import sys
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import serve


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def refuse(connection, request):
    if request.path != "/refuse":
        return None
    response = connection.respond(http.HTTPStatus.FORBIDDEN, "go on")
    response.headers["X-Why"] = "members only"
    return response


def choose(connection, offered):
    return "chat.v1" if "chat.v1" in offered else None


async def behave(websocket):
    url = urlsplit(websocket.request.path)
    query = parse_qs(url.query)
    match url.path:
        case "/close" if "code" in query:
            await websocket.close(int(query["code"][0]), query.get("reason", [""])[0])
        case "/close":
            await websocket.close()
        case "/vanish":
            websocket.transport.abort()
        case "/fragments":
            await websocket.send(["Hel", "", "lö ", "😀"])
            await websocket.wait_closed()
        case "/ping":
            await (await websocket.ping("are you there?"))
            await websocket.send("pong: are you there?")
            await websocket.wait_closed()
        case _:
            async for message in websocket:
                await websocket.send(message)


async def handle(websocket):
    try:
        await behave(websocket)
    finally:
        await websocket.wait_closed()
        tell(code=websocket.close_code, reason=websocket.close_reason)


async def main(*certificate):
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    options = {"ssl": context, "select_subprotocol": choose, "max_size": None}
    async with serve(handle, "localhost", 0, process_request=refuse, **options) as server:
        port = server.sockets[0].getsockname()[1]
        tell(url=f"{'wss' if certificate else 'ws'}://localhost:{port}")
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
