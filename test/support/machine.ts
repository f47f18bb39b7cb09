import { Connection } from '../../src/protocol/connection/connection.ts'
import type { ConnectionOptions } from '../../src/protocol/connection/connection-options.ts'
import {
  CLIENT_LIMITS,
  type ConnectionLimits,
  SERVER_LIMITS,
} from '../../src/protocol/frame/limits.ts'
import { ByteCollector } from './byte-collector.ts'
import { bytes } from './hex.ts'
import { RecordingSink } from './recording-sink.ts'
import { type DecodedFrame, decodeWire } from './wire.ts'

export interface MachineOptions extends Omit<ConnectionOptions, 'role' | 'limits'> {
  readonly role?: 'server' | 'client'
  readonly limits?: Partial<ConnectionLimits>
}

/** A connection with its sink and its output at hand. */
export class Machine {
  readonly sink: RecordingSink = new RecordingSink()
  readonly output: ByteCollector = new ByteCollector()
  readonly connection: Connection

  /** A server's end unless told otherwise. */
  constructor({ role = 'server', limits, ...rest }: MachineOptions = {}) {
    const defaults = role === 'server' ? SERVER_LIMITS : CLIENT_LIMITS
    this.connection = new Connection(this.sink, this.output, {
      ...rest,
      role,
      limits: { ...defaults, ...limits },
    })
  }

  get log(): readonly string[] {
    return this.sink.log
  }

  /** Takes a copy of the bytes, in the middle of a larger buffer; returns how many were taken. */
  receive(content: string | Uint8Array): number {
    const chunk = typeof content === 'string' ? bytes(content) : content
    const buffer = new Uint8Array(chunk.length + 7)
    buffer.set(chunk, 5)
    return this.connection.receive(buffer, 5, 5 + chunk.length) - 5
  }

  /** The frames sent since they were last taken. */
  sent(): DecodedFrame[] {
    return decodeWire(this.output.take())
  }

  /** The code of the Close frame that was sent last, and was the last; 1005 when it has none. */
  sentClose(): number | undefined {
    const last = this.sent().at(-1)
    if (last?.opcode !== 8) return undefined
    return last.payload.length === 0 ? 1005 : new DataView(last.payload.buffer).getUint16(0)
  }
}
