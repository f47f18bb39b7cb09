import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Asks for an upgrade of `/` in bytes as no client of ours would write them. */
export function askRaw(port: number, ...headers: readonly string[]): Socket {
  return askRawFor('/', port, ...headers)
}

/** Does so for another path. */
export function askRawFor(path: string, port: number, ...headers: readonly string[]): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const fields = [
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ]
  socket.write(`GET ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`)
  return socket
}

/** Does so, and resolves when it has been answered. */
export async function rawPeer(
  port: number,
  ...headers: readonly string[]
): Promise<{ readonly socket: Socket; readonly head: string }> {
  const socket = askRaw(port, ...headers)
  const [answer] = await once(socket, 'data')
  return { socket, head: String(answer) }
}

/** A frame with a mask of zeros. */
export function maskedFrame(first: number, payload: readonly number[]): Uint8Array {
  const { length } = payload
  const head = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 0xff]
  return Uint8Array.of(first, ...head, 0, 0, 0, 0, ...payload)
}
