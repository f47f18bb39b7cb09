import {
  CLIENT_LIMITS,
  Connection,
  type ConnectionLimits,
  type ProtocolPorts,
  portablePorts,
  type Role,
  SERVER_LIMITS,
  type Violation,
  type WebSocketExtension,
} from 'antiphon/protocol'
import { toHex } from './bytes.ts'
import { promised } from './promise.ts'

export interface WatchOptions {
  readonly role: Role
  readonly limits?: Partial<ConnectionLimits>
  readonly mode?: 'messages' | 'frames'
  readonly extensions?: readonly WebSocketExtension[]
  readonly reserved?: number
  readonly ports?: ProtocolPorts
}

/** A connection that writes down all it tells, and is held to what its sink is promised. */
export class WatchedConnection {
  /** Messages and control frames, one line each. */
  readonly events: string[] = []
  violation: Violation | undefined
  readonly connection: Connection
  ends = 0
  /** What it wrote, as it stands in the buffer. */
  readonly output: Buffered = new Buffered()

  constructor({ role, limits, ports = portablePorts, ...rest }: WatchOptions) {
    const tell = (line: string): void => {
      promised(this.ends === 0, `nothing is told after the end: ${line}`)
      this.events.push(line)
    }
    this.connection = new Connection(
      {
        onMessage: (opcode, bytes, start, end) => {
          const content = bytes.slice(start, end)
          const name = opcode === 1 ? 'text' : 'binary'
          if (opcode === 1) strict.decode(content)
          tell(`${name} ${toHex(content)}`)
        },
        onFrame: (frame) => {
          const bits = [frame.fin, frame.rsv1, frame.rsv2, frame.rsv3].map(Number).join('')
          tell(`frame ${frame.type} ${bits} ${toHex(frame.data)}`)
        },
        onControl: (opcode, payload) => tell(`control ${opcode} ${toHex(payload)}`),
        onViolation: (violation) => {
          this.violation = violation
          return new Error(violation.message)
        },
        onEnd: () => {
          promised(++this.ends === 1, 'a connection ends once')
        },
      },
      this.output,
      {
        ...rest,
        role,
        ports,
        limits: { ...(role === 'server' ? SERVER_LIMITS : CLIENT_LIMITS), ...limits },
      },
    )
  }

  /** Takes the pieces; each must be taken whole. */
  feed(pieces: readonly Uint8Array<ArrayBuffer>[]): this {
    for (const piece of pieces) {
      const taken = this.connection.receive(piece, 0, piece.length)
      promised(taken === piece.length, 'a connection that is not paused takes all it is given')
    }
    return this
  }

  /** All that can be seen of it but masking keys. */
  get told(): unknown {
    const { state, record } = this.connection
    const reason = record && [
      record.reason.code,
      record.reason.message,
      record.initiator,
      record.clean,
    ]
    return [this.events, this.violation, state, reason]
  }
}

/** An output that only grows. */
class Buffered {
  position = 0
  #buffer = new Uint8Array(256)

  reserve(size: number): Uint8Array {
    if (this.position + size > this.#buffer.length) {
      const grown = new Uint8Array((this.position + size) * 2)
      grown.set(this.#buffer)
      this.#buffer = grown
    }
    return this.#buffer
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.position)
    this.position += bytes.length
  }

  get written(): Uint8Array {
    return this.#buffer.slice(0, this.position)
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
