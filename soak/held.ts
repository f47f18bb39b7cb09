import type { Websocket, WsMessage } from 'antiphon'
import { asRemark, content, isContent, numberOf, type Remark, remark } from './content.ts'
import type { Latencies } from './latencies.ts'
import { Sequence, type Tally } from './tally.ts'

/** Messages of a burst, each of 4 KiB and more: more than the buffers of both kernels hold. */
const BURST = 256
/** How long a slow reader reads nothing, in milliseconds. */
const SLOW = 5_000
/** How long a connection to be cut leaves unread what has come, in milliseconds. */
const UNREAD = 50

/** A connection of the load generator: sends numbered messages and checks what comes. */
export class Held {
  readonly #socket: Websocket
  readonly #tally: Tally
  readonly #latencies: Latencies
  readonly #echoes: Sequence
  readonly #bursts: Sequence
  /** When the messages not yet echoed were sent. */
  readonly #times: number[] = []
  #casts: Sequence | undefined
  #burstEnd = 0
  #state: 'held' | 'slow' | 'going' | 'gone' = 'held'
  #wake: (() => void) | undefined

  constructor(socket: Websocket, tally: Tally, latencies: Latencies, onEnd: () => void) {
    this.#socket = socket
    this.#tally = tally
    this.#latencies = latencies
    this.#echoes = new Sequence(tally)
    this.#bursts = new Sequence(tally)
    tally.opened++
    socket.onMessage((message) => this.#receive(message))
    socket.onClose(({ code }) => {
      if (this.#state !== 'going') {
        tally.dropped++
        console.error(`a connection ended with ${code}`)
      }
      this.#state = 'gone'
      this.#wake?.()
      onEnd()
    })
  }

  /** Neither slow nor going. */
  get ready(): boolean {
    return this.#state === 'held'
  }

  /** True for one that reads slowly. */
  get slow(): boolean {
    return this.#state === 'slow'
  }

  /** True while something is still to come. */
  get waiting(): boolean {
    return this.#times.length > 0 || this.slow
  }

  send(): void {
    const n = this.#echoes.next + this.#times.length
    this.#times.push(performance.now())
    this.#socket.send(content(n))
  }

  /** Asks for more than it reads for a while. */
  async readSlowly(): Promise<void> {
    this.#state = 'slow'
    this.#burstEnd += BURST
    this.#socket.send(remark('burst', BURST))
    this.#socket.link.pause?.()
    await new Promise((resolve) => setTimeout(resolve, SLOW))
    this.#socket.link.resume?.()
  }

  /** Says goodbye, waits for all that is due, and closes. What has not come before the goodbye is lost. */
  async leave(): Promise<void> {
    this.#state = 'going'
    this.#socket.send(remark('bye', 0))
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#echoes.skipTo(this.#echoes.next + this.#times.length)
    this.#bursts.skipTo(this.#burstEnd)
    this.#tally.left++
    this.#socket.close()
  }

  /** Goes without a word while messages are on their way: with a FIN or, with bytes unread, a RST. */
  async cut(reset: boolean): Promise<void> {
    this.#state = 'going'
    this.#tally.cut++
    if (reset) this.#socket.link.pause?.()
    for (let i = 0; i < 3; i++) this.send()
    if (reset) await new Promise((resolve) => setTimeout(resolve, UNREAD))
    this.#socket.terminate()
  }

  #receive(message: WsMessage): void {
    const told = asRemark(message)
    if (told === undefined) this.#echo(message)
    else this.#hear(told)
  }

  #echo(message: WsMessage): void {
    const n = numberOf(message)
    const due = this.#echoes.next
    if (!isContent(message, n)) {
      this.#tally.corrupted++
    } else if (this.#echoes.take(n)) {
      this.#tally.echoes++
      const [sent] = this.#times.splice(0, this.#echoes.next - due)
      // How long a slow reader takes says nothing of the server.
      if (sent !== undefined && this.ready) this.#latencies.add(performance.now() - sent)
    }
  }

  #hear({ word, n }: Remark): void {
    if (word === 'welcome') {
      this.#casts = new Sequence(this.#tally, n)
    } else if (word === 'cast') {
      if (this.#casts?.take(n) === true) this.#tally.broadcasts++
    } else if (word === 'burst') {
      // Each burst counts from 0.
      if (this.#bursts.take(this.#burstEnd - BURST + n)) this.#tally.bursts++
      if (this.#bursts.next === this.#burstEnd && this.slow) this.#state = 'held'
    } else {
      this.#casts?.skipTo(n)
      this.#wake?.()
    }
  }
}
