/**
 * The part of a `ReadableStream<Uint8Array>` that is used: the platform's own, or `Duplex.toWeb(stream)` in Node. Nobody
 * else may use its chunks: they are unmasked in place.
 */
export interface ByteReadable {
  getReader(): ByteReader
}

/** A reader of a `ReadableStream` of bytes, as far as it is used. */
export interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<void>
  releaseLock(): void
}

/** The part of a `WritableStream<Uint8Array>` that is used. */
export interface ByteWritable {
  getWriter(): ByteWriter
}

/** A writer of a `WritableStream` of bytes, as far as it is used. */
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
