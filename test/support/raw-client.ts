import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ca } from './tls.ts'
import { type DecodedFrame, decodeWire, encodeWire, type WireFrame } from './wire.ts'

/** The key of RFC 6455, section 1.3, and what answers it. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
export const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

const MASK = Uint8Array.of(1, 2, 3, 4)

/** The bytes of an opening handshake; a header given replaces the usual one, `null` leaves it out. */
export function handshake(
  path = '/',
  headers: Readonly<Record<string, string | null>> = {},
  method = 'GET',
): string {
  const all: Record<string, string | null> = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': KEY,
    'Sec-WebSocket-Version': '13',
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : `${name}: ${value}\r\n`,
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** The bytes of a client's frames, masked. */
export function clientFrames(...frames: readonly WireFrame[]): Buffer {
  return Buffer.concat(frames.map((frame) => encodeWire({ key: MASK, ...frame })))
}

/** A client of bytes: what is written goes out as it is, what comes is kept until it is taken. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket
  /** Resolves when the connection is gone, however. */
  readonly closed: Promise<void>
  #received = Buffer.alloc(0)
  #ended = false
  #wakers: (() => void)[] = []

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    const finish = (): void => {
      this.#ended = true
      this.#wake()
    }
    socket.on('end', finish)
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        finish()
        resolve()
      })
    })
  }

  static async open(port: number, secure = false): Promise<RawClient> {
    const socket = secure
      ? connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost' })
      : connectTcp({ port, host: '127.0.0.1' })
    const client = new RawClient(socket)
    await once(socket, secure ? 'secureConnect' : 'connect')
    return client
  }

  /** A client after its opening handshake. */
  static async upgraded(port: number, path = '/', secure = false): Promise<RawClient> {
    const client = await RawClient.open(port, secure)
    client.write(handshake(path))
    const head = await client.head()
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`not upgraded: ${head}`)
    return client
  }

  /** A string stands for its bytes in Latin-1. */
  write(content: string | Uint8Array): void {
    if (typeof content === 'string') this.socket.write(content, 'latin1')
    else this.socket.write(content)
  }

  send(...frames: readonly WireFrame[]): void {
    this.write(clientFrames(...frames))
  }

  /** The next head of an HTTP message, its empty line included. */
  async head(): Promise<string> {
    await this.#until(() => this.#received.includes('\r\n\r\n'))
    return this.#take(this.#received.indexOf('\r\n\r\n') + 4).toString('latin1')
  }

  async bytes(count: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= count)
    return this.#take(count)
  }

  /** The next frame of the server. */
  async frame(): Promise<DecodedFrame> {
    const start = await this.#peek(2)
    const short = start[1]! & 0x7f
    const header = short < 126 ? 2 : short === 126 ? 4 : 10
    const head = await this.#peek(header)
    const length =
      short < 126 ? short : short === 126 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2))
    const [frame] = decodeWire(await this.bytes(header + length))
    return frame!
  }

  /** The next frame in short: its opcode, and its payload as text, or for a Close frame its code. */
  async shown(): Promise<string> {
    const { opcode, payload } = await this.frame()
    if (opcode !== 8) return `${opcode} ${Buffer.from(payload).toString()}`
    const text = Buffer.from(payload.subarray(2)).toString()
    return `close ${payload.length < 2 ? 1005 : (payload[0]! << 8) | payload[1]!} ${text}`.trimEnd()
  }

  /** All that still comes, until the peer ends it. */
  async rest(): Promise<string> {
    if (!this.#ended) await this.#until(() => this.#ended)
    return this.#take(this.#received.length).toString('latin1')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.closed
  }

  async #peek(count: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= count)
    return this.#received.subarray(0, count)
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return taken
  }

  async #until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      if (this.#ended) {
        throw new Error(`the connection ended after ${JSON.stringify(this.#received.toString())}`)
      }
      await new Promise<void>((resolve) => this.#wakers.push(resolve))
    }
  }

  #wake(): void {
    const wakers = this.#wakers
    this.#wakers = []
    for (const wake of wakers) wake()
  }
}
