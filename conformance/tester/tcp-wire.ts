import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { Codec } from './codec.ts'
import { Ear } from './ear.ts'
import type { Wire } from './wire.ts'

/** A connection over TCP whose handshake is done. */
export class TcpWire implements Wire {
  readonly tester: 'client' | 'server'
  readonly ear: Ear
  readonly codec: Codec | undefined
  readonly #socket: Socket
  readonly #waiters = new Set<() => void>()

  /** `early`: what came behind the handshake. */
  constructor(
    socket: Socket,
    tester: 'client' | 'server',
    codec: Codec | undefined,
    early: Uint8Array,
  ) {
    this.tester = tester
    this.codec = codec
    this.ear = new Ear(tester === 'server', codec)
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.ear.hear(chunk)
      this.#wake()
    })
    socket.on('end', () => this.#ended('end'))
    socket.on('error', () => this.#ended('reset'))
    socket.on('close', () => this.#ended('reset'))
    if (early.length > 0) this.ear.hear(early)
    socket.resume()
  }

  async write(piece: Uint8Array): Promise<void> {
    if (!this.#socket.writable) return
    if (!this.#socket.write(piece)) await this.#drained()
    // Another turn of the loop: the peer, in this process too, reads the piece by itself.
    await turn()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  until(done: () => boolean, milliseconds: number): Promise<boolean> {
    if (done()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const finish = (held: boolean): void => {
        clearTimeout(timer)
        this.#waiters.delete(check)
        resolve(held)
      }
      const check = (): void => {
        if (done()) finish(true)
      }
      const timer = setTimeout(() => finish(false), milliseconds)
      this.#waiters.add(check)
    })
  }

  #ended(how: 'end' | 'reset'): void {
    this.ear.end(how)
    this.#wake()
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter()
  }

  async #drained(): Promise<void> {
    const abort = new AbortController()
    const gone = once(this.#socket, 'close', { signal: abort.signal })
    const drain = once(this.#socket, 'drain', { signal: abort.signal })
    await Promise.race([gone, drain]).catch(() => {})
    gone.catch(() => {})
    drain.catch(() => {})
    abort.abort()
  }
}
