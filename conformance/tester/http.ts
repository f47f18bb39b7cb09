import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'

/** The head of an HTTP message, and what came behind it. */
export interface Head {
  readonly start: string
  /** By name in lower case; several joined by a comma. */
  readonly fields: ReadonlyMap<string, string>
  readonly rest: Uint8Array
}

const END = '\r\n\r\n'

/** Reads a head from a socket; `undefined` when the socket ended before. Further data waits until it is listened for. */
export function readHead(socket: Socket): Promise<Head | undefined> {
  return new Promise((resolve) => {
    let text = Buffer.alloc(0)
    const finish = (head: Head | undefined): void => {
      socket.off('data', onData).off('end', onEnd).off('error', onEnd).off('close', onEnd)
      socket.pause()
      socket.on('error', () => {})
      resolve(head)
    }
    const onData = (chunk: Buffer): void => {
      text = Buffer.concat([text, chunk])
      const end = text.indexOf(END)
      if (end >= 0) finish(parseHead(text.toString('latin1', 0, end), text.subarray(end + 4)))
    }
    const onEnd = (): void => finish(undefined)
    socket.on('data', onData).on('end', onEnd).on('error', onEnd).on('close', onEnd)
  })
}

function parseHead(text: string, rest: Uint8Array): Head {
  const [start = '', ...lines] = text.split('\r\n')
  const fields = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { start, fields, rest }
}

/** The answer to a `Sec-WebSocket-Key` (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** The key of the RFC's own example. */
export const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
