import type { ByteOutput } from '../../protocol/bytes/byte-output.ts'
import type { CloseRecord } from '../../protocol/close/close-record.ts'

/** Where a connection's bytes go and come from: a TCP or TLS stream, a pipe in memory. */
export interface Transport extends ByteOutput {
  /** Bytes written and not yet handed to the system. */
  readonly bufferedAmount: number
  /** Frames were written: hands them over soon, at the end of the chunk being read or of the turn of the event loop. */
  commit(): void
  /** Hands over at once all that was written. */
  flush(): void
  pause(): void
  resume(): void
  /** Hands over what was written, then says that no more will come. */
  end(): void
  /** Drops the connection at once. */
  destroy(): void
  /** For transports with a close handshake of their own: its record, if it counts and not the connection's own, given here. */
  endingOf?(record: CloseRecord): Promise<CloseRecord> | undefined
}

/** What a transport calls. None of these may throw. */
export interface TransportHandler {
  /** Bytes from the peer, the handler's to change until it returns. */
  onBytes(bytes: Uint8Array, start: number, end: number): void
  /** What was written has been handed over. */
  onDrain(): void
  /** The peer says that no more bytes will come. */
  onEof(): void
  /** The transport is gone, because of the error if there is one. */
  onGone(error: Error | undefined): void
}
