import type { Duplex } from 'node:stream'

/**
 * How many bytes are written at a time: those of a frame of 64 KiB. Node encrypts what a connection writes in a buffer that is
 * as large as the largest write, and keeps it until the connection is closed. Of what is written to streams of HTTP/2, it
 * allows a connection so many megabytes (`maxSessionMemory`); past them, it refuses other streams.
 */
export const PORTION: number = 65_536 + 14

type Written = (error?: Error | null) => void

/** A chunk that waits in a stream. */
interface Entry {
  readonly chunk: Uint8Array | string
  readonly encoding: BufferEncoding
}

/**
 * Makes a stream of TLS or HTTP/2 hand over what it has to write in portions. To its users, nothing else changes. One whose
 * `_write` somebody has replaced is left as it is.
 */
export function writeInPortions(stream: Duplex): void {
  if (stream._write !== originalOf(stream)._write) return
  stream._write = writeChunk
  stream._writev = writeEntries
}

function writeChunk(
  this: Duplex,
  chunk: Entry['chunk'],
  encoding: BufferEncoding,
  done: Written,
): void {
  if (chunk.length > PORTION) writeEntries.call(this, [{ chunk, encoding }], done)
  else originalOf(this)._write.call(this, chunk, encoding, done)
}

function writeEntries(this: Duplex, entries: readonly Entry[], done: Written): void {
  const parts = entries.flatMap(split)
  let end = 0
  const next: Written = (error) => {
    if (error != null || end === parts.length) {
      done(error)
      return
    }
    const begin = end
    let size = 0
    do size += parts[end++]!.chunk.length
    while (end < parts.length && size + parts[end]!.chunk.length <= PORTION)
    originalOf(this)._writev!.call(this, parts.slice(begin, end), next)
  }
  next()
}

function originalOf(stream: Duplex): Duplex {
  return Object.getPrototypeOf(stream)
}

function split(entry: Entry): readonly Entry[] {
  const { chunk, encoding } = entry
  if (typeof chunk === 'string' || chunk.length <= PORTION) return [entry]
  return Array.from({ length: Math.ceil(chunk.length / PORTION) }, (_, i) => ({
    chunk: chunk.subarray(i * PORTION, (i + 1) * PORTION),
    encoding,
  }))
}
