import { Ear } from '../../conformance/tester/ear.ts'
import type { Wire } from '../../conformance/tester/wire.ts'
import type { ProtocolPorts } from '../../src/protocol/bytes/ports.ts'
import type { CloseReason } from '../../src/protocol/close/close-reason.ts'
import type { Violation } from '../../src/protocol/close/violation.ts'
import { Connection } from '../../src/protocol/connection/connection.ts'
import type { Role } from '../../src/protocol/connection/connection-options.ts'
import type { ConnectionSink } from '../../src/protocol/connection/connection-sink.ts'
import { CLIENT_LIMITS, SERVER_LIMITS } from '../../src/protocol/frame/limits.ts'
import * as Opcode from '../../src/protocol/frame/opcodes.ts'
import { ByteCollector } from '../support/byte-collector.ts'

/** The tester's end of a connection that echoes, with nothing between. */
export class MemoryWire implements Wire {
  readonly tester: 'client' | 'server'
  readonly ear: Ear
  readonly codec = undefined
  readonly #connection: Connection
  readonly #output = new ByteCollector()

  /** `role`: the connection's. */
  constructor(role: Role, ports: ProtocolPorts) {
    this.tester = role === 'server' ? 'client' : 'server'
    this.ear = new Ear(role === 'client', undefined)
    const limits = { ...(role === 'server' ? SERVER_LIMITS : CLIENT_LIMITS) }
    this.#connection = new Connection(this.#echo(), this.#output, { role, limits, ports })
  }

  async write(piece: Uint8Array): Promise<void> {
    const copy = Uint8Array.from(piece)
    this.#connection.receive(copy, 0, copy.length)
    this.#listen()
  }

  end(): void {}

  destroy(): void {}

  async until(done: () => boolean): Promise<boolean> {
    return done()
  }

  #listen(): void {
    this.ear.hear(this.#output.take())
    if (this.#connection.state === 'closed') this.ear.end('end')
  }

  #echo(): ConnectionSink {
    return {
      onMessage: (opcode, bytes, start, end) => {
        const content = bytes.slice(start, end)
        if (opcode !== Opcode.TEXT) this.#connection.binary(content, false)
        else this.#connection.text(strict.decode(content), -1)
      },
      onFrame() {},
      onControl() {},
      onViolation: (_: Violation, reason: CloseReason) => new Error(reason.message),
      onEnd() {},
    }
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
