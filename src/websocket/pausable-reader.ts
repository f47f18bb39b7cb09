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
  #rest: Uint8Array | undefined
  #ended = false
  /** True while the connection reads: a hold that is set or lifted meanwhile comes into force when it is done. */
  #reading = false

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
    const stop = this.held ? start : this.#read(bytes, start, end)
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
    if (this.#reading) return
    if (on) this.#transport.pause()
    else this.#resume()
  }

  #read(bytes: Uint8Array, start: number, end: number): number {
    this.#reading = true
    const stop = this.#connection.receive(bytes, start, end)
    this.#reading = false
    if (this.held) this.#transport.pause()
    return stop
  }

  #resume(): void {
    const rest = this.#rest
    if (rest !== undefined) {
      const stop = this.#read(rest, 0, rest.length)
      this.#rest = stop < rest.length ? rest.subarray(stop) : undefined
      this.#transport.commit()
    }
    if (this.held) return
    if (this.#ended) this.#onEnd()
    else this.#transport.resume()
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const rest = this.#rest ?? new Uint8Array(0)
    const joined = new Uint8Array(rest.length + end - start)
    joined.set(rest)
    joined.set(bytes.subarray(start, end), rest.length)
    this.#rest = joined
  }
}
