import type { Case } from '../case.ts'

/** What a generator is to do, as the argument of its process. */
export interface Task {
  readonly case: Case
  /** Of the server to load; 0 when the generator is the server. */
  readonly port: number
  /** The processes whose use is measured; none where the generator has to ask. */
  readonly pids: readonly number[]
  /** Bytes without WebSocket: no handshake, and bytes alone are counted. */
  readonly raw: boolean
  /** Seconds. */
  readonly time: number
  readonly warm: number
}

/** What came of a run. */
export interface Outcome {
  readonly figure: number
  /** Messages a second, by the clock, where messages are what is counted. */
  readonly rate?: number
  readonly wireBytes?: number
}

/** What a process has used so far. */
export interface Usage {
  /** Microseconds of all of its threads, user and system. */
  readonly cpu: number
  /** Bytes. */
  readonly rss: number
}

/** From the generator to whoever started it. */
export type FromGenerator =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'ask'; readonly what: 'usage' | 'stop' }
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly message: string }

/** To the generator: the answer to `usage`. */
export interface ToGenerator {
  readonly usage: Usage
}
