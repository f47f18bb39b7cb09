"""A client of HTTP/2 that writes its WebSocket frames itself, by the package h2. Plays one scene on one connection, and tells
what came of it in a line of JSON.

    h2_client.py HOST PORT CA SCENE [ARGUMENT]
"""

import json
import socket
import ssl
import sys

from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    ResponseReceived,
    SettingsAcknowledged,
    StreamEnded,
    StreamReset,
)
from h2.settings import SettingCodes

TEXT, CLOSE = 0x1, 0x8
MASK = b"\x37\xfa\x21\x3d"


def frame(opcode, payload):
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    masked = bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))
    return bytes([0x80 | opcode]) + length + MASK + masked


class Tunnel:
    """A stream on which a WebSocket was asked for, and what has come on it."""

    def __init__(self, client, stream):
        self.client, self.stream = client, stream
        self.status, self.received, self.ended, self.reset = None, b"", False, None

    def send(self, data, **options):
        """Sends as much at a time as the server's windows allow."""
        connection = self.client.connection
        while data:
            size = min(connection.local_flow_control_window(self.stream), 16_000)
            connection.send_data(self.stream, data[:size], **options)
            data = data[size:]
            self.client.flush()
            if data and not connection.local_flow_control_window(self.stream):
                self.client.read()

    def answered(self):
        self.client.until(lambda: self.status is not None)
        return self

    def frame(self):
        """The next frame, as opcode and payload."""
        self.client.until(lambda: self.whole() is not None)
        head, end = self.whole()
        opcode, payload = self.received[0] & 0xF, self.received[head:end]
        self.received = self.received[end:]
        return opcode, payload

    def whole(self):
        if len(self.received) < 2:
            return None
        size, head = self.received[1], 2
        if size >= 126:
            head = 4 if size == 126 else 10
            size = int.from_bytes(self.received[2:head], "big")
        end = head + size
        return (head, end) if len(self.received) >= max(end, head) else None

    def echo(self, text):
        self.send(frame(TEXT, text.encode()))
        opcode, payload = self.frame()
        assert opcode == TEXT, opcode
        return payload.decode()

    def close(self):
        """Closes with 1000, waits until the server has ended the stream, and returns its code."""
        self.send(frame(CLOSE, (1000).to_bytes(2, "big")))
        opcode, payload = self.frame()
        assert opcode == CLOSE, opcode
        self.client.until(lambda: self.ended)
        return int.from_bytes(payload[:2], "big")


class Client:
    def __init__(self, host, port, ca, chunk=None):
        context = ssl.create_default_context(cafile=ca)
        context.set_alpn_protocols(["h2"])
        tcp = socket.create_connection((host, int(port)))
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(tcp, server_hostname="localhost")
        self.chunk = chunk
        self.tunnels = {}
        self.window = None
        self.acknowledged = 0
        self.gone = False
        self.connection = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.connection.initiate_connection()
        self.flush()
        # Its settings say that it takes WebSockets.
        self.until(lambda: self.acknowledged == 1)

    def flush(self):
        data = self.connection.data_to_send()
        size = self.chunk or max(len(data), 1)
        for i in range(0, len(data), size):
            self.socket.sendall(data[i : i + size])

    def read(self):
        data = self.socket.recv(65_536)
        self.gone = self.gone or not data
        for event in self.connection.receive_data(data):
            self.take(event)
        self.flush()

    def take(self, event):
        tunnel = self.tunnels.get(getattr(event, "stream_id", None))
        match event:
            case SettingsAcknowledged():
                self.acknowledged += 1
            case ConnectionTerminated():
                # To h2, that is the end; streams that are there may go on (RFC 9113, section 6.8).
                self.connection.state_machine.state = ConnectionState.CLIENT_OPEN
            case ResponseReceived():
                tunnel.status = int(dict(event.headers)[":status"])
            case DataReceived():
                tunnel.received += event.data
                size = event.flow_controlled_length
                if self.window is None:
                    self.connection.acknowledge_received_data(size, event.stream_id)
                elif size > 0 and not tunnel.ended:
                    self.connection.increment_flow_control_window(size)
                    self.connection.increment_flow_control_window(size, event.stream_id)
            case StreamEnded():
                tunnel.ended = True
            case StreamReset():
                tunnel.reset = event.error_code

    def until(self, done):
        while not done():
            assert not self.gone, "the server has closed the connection"
            self.read()

    def open_windows(self, size):
        """From now on, the server may send so many bytes on a stream before it is told that they have come."""
        self.window = size
        self.connection.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: size})
        self.flush()
        before = self.acknowledged
        self.until(lambda: self.acknowledged > before)

    def open(self, path, **headers):
        stream = self.connection.get_next_available_stream_id()
        fields = {
            ":method": "CONNECT",
            ":protocol": "websocket",
            ":scheme": "https",
            ":authority": "localhost",
            ":path": path,
            "sec-websocket-version": "13",
            **headers,
        }
        self.connection.send_headers(stream, list(fields.items()))
        self.tunnels[stream] = Tunnel(self, stream)
        self.flush()
        return self.tunnels[stream]

    def reset(self, tunnel):
        self.connection.reset_stream(tunnel.stream, ErrorCodes.CANCEL)
        self.flush()

    def works(self):
        """Whether another WebSocket on the same connection does."""
        other = self.open("/echo").answered()
        return [other.status, other.echo("hello"), other.close()]


def pieces(connect, size):
    """Whatever is sent, the server gets so many bytes at a time."""
    client = connect(chunk=int(size))
    tunnel = client.open("/echo").answered()
    return [tunnel.status, tunnel.echo("in pieces"), tunnel.echo("x" * 300) == "x" * 300, tunnel.close()]


def frames(connect, size):
    """Each DATA frame has so many bytes of a WebSocket frame, with padding, and an empty one behind it."""
    client = connect()
    tunnel = client.open("/echo").answered()
    data = frame(TEXT, b"in frames")
    for i in range(0, len(data), int(size)):
        tunnel.send(data[i : i + int(size)], pad_length=7)
        client.connection.send_data(tunnel.stream, b"")
    return [tunnel.frame()[1].decode(), tunnel.close()]


def continuations(connect, size):
    """The head comes in frames of so many bytes."""
    client = connect()
    client.connection.max_outbound_frame_size = int(size)
    tunnel = client.open("/echo", **{"x-long": "a" * int(size) * 3})
    client.connection.max_outbound_frame_size = 16_384
    return [tunnel.answered().status, tunnel.echo("hello"), tunnel.close()]


def windows(connect, size):
    client = connect()
    client.open_windows(int(size))
    tunnel = client.open("/echo").answered()
    return [tunnel.echo("y" * 500) == "y" * 500, tunnel.close()]


def reset(connect, point):
    """Resets a stream at a point, after which the connection goes on."""
    client = connect()
    if point == "before the answer":
        tunnel = client.open("/late")
    elif point == "while it is sent to":
        client.open_windows(10)
        client.window = 0
        tunnel = client.open("/flood").answered()
        client.until(lambda: len(tunnel.received) == 10)
    else:
        tunnel = client.open("/echo").answered()
    if point == "within a frame":
        tunnel.send(frame(TEXT, b"hello")[:4])
    elif point == "behind a message":
        tunnel.send(frame(TEXT, b"hello"))
    elif point == "behind its Close":
        tunnel.send(frame(CLOSE, (1000).to_bytes(2, "big")))
    client.reset(tunnel)
    if client.window == 0:
        client.open_windows(65_535)
    return client.works()


def goaway(connect):
    """Opens no further streams: the one that is there goes on, and the server ends the connection after it."""
    client = connect()
    tunnel = client.open("/echo").answered()
    first = tunnel.echo("before")
    # By hand: h2 takes its own GOAWAY for the end of the connection.
    client.socket.sendall(b"\x00\x00\x08\x07\x00\x00\x00\x00\x00" + bytes(8))
    result = [first, tunnel.echo("after"), tunnel.close()]
    while not client.gone:
        client.read()
    return result


def main(host, port, ca, scene, *arguments):
    def connect(**options):
        return Client(host, port, ca, **options)

    scenes = [pieces, frames, continuations, windows, reset, goaway]
    play = {function.__name__: function for function in scenes}[scene]
    print(json.dumps({"result": play(connect, *arguments)}), flush=True)


main(*sys.argv[1:])
