import { Fifo } from '../../websocket/support/fifo.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import { WsStatus } from '../../websocket/ws-status.ts'
import type { Load } from './plan.ts'

/** More messages than this, over all connections, are not remembered while they wait for answers. */
const MAX_PENDING = 1_000_000

/**
 * One connection of a load. Each message that comes is taken for the answer to the oldest one that has none; its time is
 * measured from when that one was due, however late it could be sent.
 */
export class Talker {
  readonly #socket: Websocket
  readonly #load: Load
  /** When those without an answer were due. */
  readonly #dues = new Fifo<number>()
  /** When those were due that cannot be sent yet. */
  readonly #waiting = new Fifo<number>()
  /** How many are to follow answers. */
  #following = 0
  #blocked = false
  #began = false
  #stopped = false
  #leaving = false
  #resolveClosed = (): void => {}
  readonly closed: Promise<void>

  constructor(socket: Websocket, load: Load) {
    this.#socket = socket
    this.#load = load
    load.tally.open++
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    socket.onMessage(({ byteLength }) => this.#received(byteLength))
    socket.onClose((status) => this.#ended(status))
  }

  /** Sends `depth` messages, and another for each answer, until there are `messages`. */
  answering(messages: number, depth: number): void {
    this.#following = messages
    const now = this.#load.clock.now()
    for (let i = 0; i < depth; i++) this.#follow(now)
  }

  /** Sends a message as soon as the connection takes it. */
  due(at: number): void {
    const { tally } = this.#load
    this.#began = true
    const remembered = tally.pending < MAX_PENDING
    const isOpen = this.#socket.state === 'open'
    if (!isOpen || (this.#blocked && !remembered)) {
      tally.unsent++
      return
    }
    if (remembered) tally.pending++
    else tally.untracked++
    if (this.#blocked) this.#waiting.push(at)
    else this.#send(at, remembered)
  }

  /** Sends no more. */
  stop(): void {
    this.#stopped = true
    this.#giveUp()
  }

  close(): void {
    this.#leaving = true
    this.#socket.close(WsStatus.NORMAL)
  }

  terminate(): void {
    this.#leaving = true
    this.#socket.terminate()
  }

  #follow(now: number): void {
    if (this.#following === 0 || this.#stopped) return
    this.#following--
    this.due(now)
  }

  #send(at: number, remembered: boolean): void {
    const { plan, tally, clock } = this.#load
    const { message } = plan
    tally.sent++
    tally.bytesSent += message.byteLength
    tally.lastActivity = clock.now()
    tally.lateness.add(tally.lastActivity - at)
    if (remembered) this.#dues.push(at)
    if (!this.#socket.send(message)) this.#block()
  }

  /** Until the server has read more. */
  #block(): void {
    this.#blocked = true
    void this.#socket.drained().then(() => {
      this.#blocked = false
      if (this.#socket.state !== 'open') this.#giveUp()
      while (!this.#blocked && this.#waiting.length > 0) this.#send(this.#waiting.shift()!, true)
    })
  }

  #received(byteLength: number): void {
    const { tally, clock } = this.#load
    tally.received++
    tally.bytesReceived += byteLength
    const due = this.#dues.shift()
    if (due === undefined) {
      if (this.#began) tally.unasked++
      return
    }
    const at = clock.now()
    tally.answers.add(at - due)
    tally.answered++
    tally.pending--
    tally.lastActivity = at
    this.#follow(at)
    if (tally.pending === 0) tally.onIdle()
  }

  #ended(status: WsStatus): void {
    const { tally } = this.#load
    tally.open--
    tally.ended(status, this.#socket.link.closeRecord, !this.#leaving)
    this.#giveUp()
    tally.pending -= this.#dues.clear().length
    tally.onIdle()
    this.#resolveClosed()
  }

  /** What was due and is not sent will not be. */
  #giveUp(): void {
    const { tally } = this.#load
    const unsent = this.#waiting.clear().length
    tally.unsent += unsent
    tally.pending -= unsent
  }
}
