import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { FrameCounter } from './frame-counter.ts'
import { frame } from './payload.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Every read of every connection ends in it, and is dealt with at once. */
const SHARED = Buffer.allocUnsafe(256 * 1024)
const AT_A_TIME = 64

export interface PeerOptions {
  readonly port: number
  readonly path: string
  /** Speak no WebSocket: a message is so many bytes. */
  readonly raw?: number | undefined
  /** For `Sec-WebSocket-Extensions`. */
  readonly offer?: string | undefined
}

/** A connection to the server under load. */
export class Peer {
  readonly counter: FrameCounter = new FrameCounter()
  /** Resolves when the connection is over. */
  readonly over: Promise<void>
  /** Called with the number of messages that a read completed. */
  onMessages: (count: number) => void = () => {}
  /** Called with the Close frame of a connection that was released. */
  onClose: () => void = () => {}
  /** Called when the connection ends, or is closed, before `release`. */
  onLost: (error: Error) => void = () => {}

  readonly #socket: Socket
  readonly #raw: number | undefined
  #released = false
  #part = 0

  constructor(socket: Socket, raw: number | undefined) {
    this.#socket = socket
    this.#raw = raw
    this.over = new Promise((resolve) => {
      socket.once('close', () => {
        if (!this.#released) this.onLost(new Error('the server ended a connection'))
        resolve()
      })
    })
  }

  take(chunk: Buffer, start: number, end: number): void {
    const { counter } = this
    const before = counter.messages
    if (this.#raw === undefined) counter.take(chunk, start, end)
    else this.#takeRaw(end - start, this.#raw)
    if (counter.closed) this.#closed()
    if (counter.messages > before) this.onMessages(counter.messages - before)
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** From now on the server may end it. */
  release(): void {
    this.#released = true
  }

  answerClose(): void {
    this.#socket.write(frame(0x88, Buffer.from('03e8', 'hex'), true))
  }

  /** With a reset, so that no port stays taken. */
  drop(): void {
    this.#released = true
    this.#socket.resetAndDestroy()
  }

  #closed(): void {
    if (this.#released) this.onClose()
    else this.onLost(new Error('the server sent a Close frame'))
  }

  #takeRaw(count: number, size: number): void {
    const { counter } = this
    counter.bytes += count
    this.#part += count
    counter.messages += Math.floor(this.#part / size)
    this.#part %= size
  }
}

/** Opens a connection; rejects when the server does not take it. */
export function openPeer(options: PeerOptions): Promise<Peer> {
  const { port, path, raw, offer } = options
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64')
    let head = ''
    let peer: Peer | undefined
    const opened = (socket: Socket): Peer => {
      const made = new Peer(socket, raw)
      peer = made
      socket.off('error', reject)
      socket.on('error', (error) => made.onLost(error))
      resolve(made)
      return made
    }
    const callback = (count: number): boolean => {
      if (peer !== undefined) {
        peer.take(SHARED, 0, count)
        return true
      }
      // The head of the response is ASCII: as many characters as bytes.
      const before = head.length
      head += SHARED.toString('latin1', 0, count)
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return true
      const problem = problemWith(head.slice(0, end), key, offer !== undefined)
      if (problem !== undefined) {
        socket.destroy()
        reject(new Error(problem))
      } else {
        opened(socket).take(SHARED, end + 4 - before, count)
      }
      return true
    }
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer: SHARED, callback } })
    socket.setNoDelay(true)
    socket.once('error', reject)
    socket.once('connect', () => {
      if (raw === undefined) socket.write(requestFor(path, port, key, offer))
      else opened(socket)
    })
  })
}

/** Opens many, some at a time. */
export async function openPeers(count: number, options: PeerOptions): Promise<Peer[]> {
  const peers: Peer[] = []
  while (peers.length < count) {
    const batch = Array.from({ length: Math.min(AT_A_TIME, count - peers.length) }, () =>
      openPeer(options),
    )
    peers.push(...(await Promise.all(batch)))
  }
  return peers
}

function requestFor(path: string, port: number, key: string, offer: string | undefined): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    ...(offer === undefined ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
    '\r\n',
  ].join('\r\n')
}

function problemWith(head: string, key: string, offered: boolean): string | undefined {
  const [status, ...fields] = head.split('\r\n')
  if (!/^HTTP\/1\.1 101\b/.test(status!)) return `the server refused the upgrade: ${status}`
  const value = (name: string): string | undefined =>
    fields.find((field) => field.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1)
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
  if (value('sec-websocket-accept')?.trim() !== accept) return 'the server sent a wrong accept key'
  const extension = value('sec-websocket-extensions') ?? ''
  if (offered && !extension.includes('permessage-deflate')) return 'the server does not compress'
  return undefined
}
