import type { Case } from '../suite/case.ts'
import type { HandshakeCase } from '../suite/handshake.ts'
import type { Cut } from '../tester/cut.ts'
import type { Wire } from '../tester/wire.ts'

/** An implementation under test, which echoes every message. */
export interface Subject {
  readonly name: string
  /** The role of the implementation; the tester has the other one. */
  readonly role: 'server' | 'client'
  start(): Promise<RunningSubject>
}

export interface RunningSubject {
  /** A fresh connection, its handshake done. Rejects when the implementation will not have it. */
  open(test: Case): Promise<Wire>
  /** Goes through a handshake of the tester's own. */
  shake(test: HandshakeCase, cut: Cut): Promise<ShakeResult>
  stop(): Promise<void>
}

/** What came of a handshake. */
export interface ShakeResult {
  /** Of the response, by a server; of a client 101 when it opened, 0 when it refused. */
  readonly status: number
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>
  /** What the connection echoed, of what was sent behind the handshake. */
  readonly events: readonly string[]
}

/** Of one message, in bytes, for all implementations under test: as much as the largest case sends. */
export const MAX_MESSAGE: number = 16 * 1024 * 1024
