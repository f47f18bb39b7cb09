import { copyBytes } from '../protocol/bytes.ts'
import type { Connection } from '../protocol/connection.ts'
import type { Transport } from './transport.ts'

/** Why reading is held; several may hold it at once. */
export const Hold = { LINK: 1, INBOX: 2 } as const

/** Feeds a connection from a transport, and can stop between any two frames: nothing that came is lost. */
export class PausableReader {
  readonly #connection: Connection
  readonly #transport: Transport
  readonly #onEnd: () => void
  #holds = 0
  /** What had come when reading was held. */
  #rest: Uint8Array<ArrayBuffer> | undefined
  #ended = false

  /** `onEnd`: the peer sends no more, and everything before has been read. */
  constructor(connection: Connection, transport: Transport, onEnd: () => void) {
    this.#connection = connection
    this.#transport = transport
    this.#onEnd = onEnd
  }

  get held(): boolean {
    return this.#holds !== 0
  }

  receive(bytes: Uint8Array, start: number, end: number): void {
    if (this.#rest !== undefined) {
      this.#keep(bytes, start, end)
      return
    }
    const stop = this.#connection.receive(bytes, start, end)
    if (stop < end) this.#keep(bytes, stop, end)
  }

  end(): void {
    this.#ended = true
    if (this.#rest === undefined) this.#onEnd()
  }

  hold(reason: number, on: boolean): void {
    const before = this.#holds
    this.#holds = on ? before | reason : before & ~reason
    if ((before === 0) === (this.#holds === 0)) return
    this.#connection.paused = on
    if (on) this.#transport.pause()
    else this.#resume()
  }

  #resume(): void {
    const rest = this.#rest
    if (rest !== undefined) {
      this.#rest = undefined
      this.receive(rest, 0, rest.length)
      this.#transport.commit()
      if (this.#rest !== undefined || this.held) return
      if (this.#ended) {
        this.#onEnd()
        return
      }
    }
    this.#transport.resume()
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const rest = this.#rest ?? new Uint8Array(0)
    const joined = new Uint8Array(rest.length + end - start)
    joined.set(rest)
    joined.set(copyBytes(bytes, start, end), rest.length)
    this.#rest = joined
  }
}
