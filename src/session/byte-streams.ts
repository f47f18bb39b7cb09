/**
 * What is used of a `ReadableStream<Uint8Array>`: the platform's own, and those of `Duplex.toWeb(stream)` in Node, have
 * it. Its chunks are taken: they are unmasked in place.
 */
export interface ByteReadable {
  getReader(): ByteReader
}

export interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
  releaseLock(): void
}

/** What is used of a `WritableStream<Uint8Array>`. */
export interface ByteWritable {
  getWriter(): ByteWriter
}

export interface ByteWriter {
  write(chunk: Uint8Array): Promise<void>
  close(): Promise<void>
  abort(reason?: unknown): Promise<void>
}

/** Both directions of a connection. */
export interface ByteStreams {
  readonly readable: ByteReadable
  readonly writable: ByteWritable
}
