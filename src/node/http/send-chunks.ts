import type { Duplex } from 'node:stream'
import { isUint8Array } from '../../protocol/bytes/content.ts'

/** How long a peer may read nothing at all, in milliseconds. */
const PATIENCE = 5_000

/** Reads the body of a response. */
export type BodyReader = ReadableStreamDefaultReader<Uint8Array>

/** The next chunk; `undefined` at the end, or once the body is cancelled. Rejects as the body does. */
export async function nextChunk(body: BodyReader): Promise<Uint8Array | undefined> {
  const { value } = await body.read()
  // Not every application is type-checked.
  if (value === undefined || isUint8Array(value)) return value
  throw new TypeError('the body of a Response has to be made of Uint8Arrays')
}

/**
 * Writes `first` and the rest of a body in the chunked transfer coding (RFC 9112, section 7.1), as fast as the peer reads
 * it, and ends the stream. Rejects as the body does.
 */
export async function sendChunks(
  stream: Duplex,
  first: Uint8Array,
  body: BodyReader,
): Promise<void> {
  let chunk: Uint8Array | undefined = first
  while (chunk !== undefined) {
    // An empty one would be the last.
    if (chunk.length > 0) await writeChunk(stream, chunk)
    chunk = await nextChunk(body)
  }
  stream.end('0\r\n\r\n')
}

async function writeChunk(stream: Duplex, chunk: Uint8Array): Promise<void> {
  stream.cork()
  stream.write(`${chunk.length.toString(16)}\r\n`)
  stream.write(chunk)
  const hasRoom = stream.write('\r\n')
  stream.uncork()
  if (!hasRoom) await room(stream)
}

/** Resolves when the peer has read, or is gone. If it reads nothing for too long, its connection is dropped. */
function room(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => stream.destroy(), PATIENCE)
    const done = (): void => {
      clearTimeout(timer)
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })
}
