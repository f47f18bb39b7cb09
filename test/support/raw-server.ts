import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { acceptKey } from '../../src/protocol/handshake/accept-key.ts'
import { encodeWire, type WireFrame } from './wire.ts'

/** A connection of which the test writes every byte. */
export interface RawConnection {
  readonly socket: Socket
  /** The head of the request, up to and with its empty line. */
  readonly head: string
  /** What `Sec-WebSocket-Accept` should be. */
  readonly accept: string
  /** Answers 101, with further header lines, and frames in the same packet. */
  upgrade(headers?: readonly string[], ...frames: readonly WireFrame[]): void
  frame(frame: WireFrame): void
  /** Resolves when the client has ended the connection, or it is lost. */
  readonly gone: Promise<unknown>
}

export interface RawServer extends AsyncDisposable {
  readonly port: number
  /** Such as `ws://127.0.0.1:9000/`. */
  readonly url: string
}

/** A TCP server that calls back with each connection once its head has come. */
export async function rawServer(
  talk: (connection: RawConnection) => unknown = () => {},
): Promise<RawServer> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const gone = new Promise<unknown>((resolve) => {
      socket.once('end', resolve)
      socket.once('close', resolve)
    })
    let head = ''
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.off('data', read).resume()
      talk(connectionOf(socket, head, gone))
    }
    socket.on('data', read)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `ws://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function connectionOf(socket: Socket, head: string, gone: Promise<unknown>): RawConnection {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(head)?.[1] ?? ''
  const accept = acceptKey(key)
  return {
    socket,
    head,
    accept,
    gone,
    upgrade(headers = [`Sec-WebSocket-Accept: ${accept}`], ...frames) {
      const lines = [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
      ]
      const answer = [...lines, ...headers, '', ''].join('\r\n')
      socket.write(Buffer.concat([Buffer.from(answer, 'latin1'), ...frames.map(encodeWire)]))
    },
    frame: (frame) => void socket.write(encodeWire(frame)),
  }
}
