import { writeBytes } from '../../protocol/bytes/bytes.ts'
import type { Connection } from '../../protocol/connection/connection.ts'
import type { Transport } from './transport.ts'

/** What a reader needs of its socket. */
export interface ReadingOwner {
  readonly connection: Pick<Connection, 'paused' | 'receiving'>
  /** As `Connection.receive`, but never throws. */
  read(bytes: Uint8Array, start: number, end: number): number
  /** The peer sends no more, and everything before has been read. */
  peerEnded(): void
}

/** Pauses the input of a connection between any two frames. What has come by then is kept. */
export class PausableReader {
  readonly #owner: ReadingOwner
  readonly #transport: Transport
  #holds = 0
  /** Bytes that came and were not read, since reading was held. */
  #rest: Uint8Array | undefined
  #ended = false

  /** May be made while the connection is reading: `stopped` is then called when that is done. */
  constructor(owner: ReadingOwner, transport: Transport) {
    this.#owner = owner
    this.#transport = transport
  }

  get held(): boolean {
    return this.#holds !== 0
  }

  holds(reason: number): boolean {
    return (this.#holds & reason) !== 0
  }

  /** The connection has read until `stop`. */
  stopped(bytes: Uint8Array, stop: number, end: number): void {
    if (this.held) this.#transport.pause()
    if (stop < end) this.#keep(bytes, stop, end)
  }

  end(): void {
    this.#ended = true
    if (this.#rest === undefined) this.#owner.peerEnded()
  }

  /** Sets or lifts one of several holds, a bit each. */
  hold(reason: number, on: boolean): void {
    const before = this.#holds
    this.#holds = on ? before | reason : before & ~reason
    if ((before === 0) === (this.#holds === 0)) return
    const { connection } = this.#owner
    connection.paused = on
    // A hold that is set or lifted while the connection reads takes effect when it is done.
    if (connection.receiving) return
    if (on) this.#transport.pause()
    else this.#resume()
  }

  #resume(): void {
    const rest = this.#rest
    if (rest !== undefined) {
      const stop = this.#owner.read(rest, 0, rest.length)
      if (this.held) this.#transport.pause()
      this.#rest = stop < rest.length ? rest.subarray(stop) : undefined
      this.#transport.commit()
    }
    if (this.held) return
    if (this.#ended) this.#owner.peerEnded()
    else this.#transport.resume()
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const rest = this.#rest ?? new Uint8Array(0)
    const joined = new Uint8Array(rest.length + end - start)
    joined.set(rest)
    writeBytes(joined, rest.length, bytes, start, end)
    this.#rest = joined
  }
}
