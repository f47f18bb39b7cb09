import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { topic } from '../../src/topics/topics.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { type Rig, rig, settled } from '../support/socket-rig.ts'

const KIB = 1024
const PEERS = 4

const peer = fc.nat({ max: PEERS - 1 })
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('come', 'come', 'leave'), peer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('stall', 'read', 'drop'), peer }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('publish'), peer }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Each with what is done in the midst of it, and whether the event loop goes on afterwards. */
const steps = fc.array(fc.tuple(step, fc.array(step, { maxLength: 3 }), fc.boolean()), {
  minLength: 10,
  maxLength: 40,
})

/** What a peer has, and what it was told when it subscribed last. */
interface Reader {
  made: Rig
  view: Websocket
  id: string
  next: number
  visits: number
  caughtUp: Promise<boolean> | undefined
}

/** Peers that have missed several portions, some of which read slowly. Each checks that it gets every message once, in order. */
class World {
  readonly #clock = new VirtualClock()
  readonly #failures: unknown[] = []
  readonly #news = topic({
    history: { messages: 1_000, bytes: 64 * KIB * KIB, clock: this.#clock },
    onError: (error) => this.#failures.push(error),
  })
  readonly #ids: string[] = []
  readonly #readers: Reader[]
  #within: readonly Step[] = []
  readonly counts = { portions: 0, left: 0, within: 0 }

  constructor() {
    for (let i = 0; i < 20; i++) this.#publish()
    this.#readers = Array.from({ length: PEERS }, (_, i) => ({
      ...this.#connected(i),
      id: this.#ids[0]!,
      next: 1,
      visits: 0,
      caughtUp: undefined,
    }))
  }

  take({ kind, peer }: Step, within: readonly Step[] = []): void {
    this.#within = within
    const reader = this.#readers[peer]!
    if (kind === 'publish') this.#publish()
    else if (kind === 'come') this.#come(reader)
    else if (kind === 'leave') this.#news.unsubscribe(reader.view)
    else if (kind === 'stall') reader.made.peer.stall()
    else if (kind === 'read') reader.made.peer.read()
    else {
      reader.made.socket.terminate()
      Object.assign(reader, this.#connected(peer))
    }
  }

  async turn(): Promise<void> {
    await settled()
    this.#clock.advance(0)
    await settled()
    for (const failure of this.#failures) throw failure
  }

  async check(): Promise<void> {
    this.#within = []
    for (const { made } of this.#readers) made.peer.read()
    for (let i = 0; i < 60 && this.#readers.some((one) => this.#lacks(one)); i++) await this.turn()
    await this.turn()
    for (const { view, next, caughtUp } of this.#readers) {
      if (this.#news.has(view)) {
        same(next, this.#ids.length)
        same(await caughtUp, true)
      } else if (caughtUp && !(await caughtUp)) this.counts.left++
    }
  }

  #lacks({ view, next }: Reader): boolean {
    return this.#news.has(view) && next < this.#ids.length
  }

  #publish(): void {
    this.#news.publish((id) => {
      this.#ids.push(id)
      return id.padEnd(40 * KIB)
    })
  }

  #come(reader: Reader): void {
    if (this.#news.has(reader.view)) return
    const visit = ++reader.visits
    const { recovered, caughtUp } = this.#news.subscribe(reader.view, { after: reader.id })
    same(recovered, true)
    // It may have left and come back meanwhile.
    if (reader.visits === visit) reader.caughtUp = caughtUp
    if (reader.next < this.#ids.length) this.counts.portions++
  }

  #connected(peer: number): Pick<Reader, 'made' | 'view'> {
    const made = rig()
    const view = decorate(made.socket, {
      send: (message, next) => {
        const reader = this.#readers[peer]!
        same(message.text().trimEnd(), this.#ids[reader.next])
        reader.id = this.#ids[reader.next++]!
        const within = this.#within
        this.#within = []
        for (const each of within) this.take(each)
        this.counts.within += within.length
        return next(message)
      },
    })
    return { made, view }
  }
}

function same(actual: unknown, expected: unknown): void {
  expect(actual).toBe(expected)
}

test('whoever is sent portions gets every message once and in order, whatever happens meanwhile', async () => {
  const sum = { portions: 0, left: 0, within: 0 }
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const world = new World()
      for (const [each, within, goesOn] of all) {
        world.take(each, within)
        if (goesOn) await world.turn()
      }
      await world.check()
      for (const key of ['portions', 'left', 'within'] as const) sum[key] += world.counts[key]
    }),
    { numRuns: 50 },
  )
  // Otherwise it would prove little.
  expect(Math.min(...Object.values(sum))).toBeGreaterThan(20)
})
