import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { topics } from '../../src/topics/topics.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { rig } from '../support/socket-rig.ts'

const NAMES = ['tea', 'coffee'] as const
const BOUNDS = { messages: 4, bytes: 400, age: 1_000 }

type Name = (typeof NAMES)[number]

type Step =
  | { readonly kind: 'resume' | 'leave' | 'drop'; readonly name: Name; readonly peer: number }
  | { readonly kind: 'begin'; readonly name: Name; readonly peer: number; readonly last: number }
  | { readonly kind: 'publish'; readonly name: Name; readonly size: number }
  | { readonly kind: 'wait'; readonly ms: number }

const name = fc.constantFrom(...NAMES)
const peer = fc.nat({ max: 2 })
const act: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('resume', 'resume', 'leave', 'drop'), name, peer }),
  fc.record({ kind: fc.constant('begin'), name, peer, last: fc.constantFrom(0, 1, 3, 9) }),
  fc.record({ kind: fc.constant('publish'), name, size: fc.constantFrom(50, 150, 500) }),
)
const wait = fc.record({ kind: fc.constant('wait'), ms: fc.constantFrom(1, 400, 999, 2_500) })
/** Each with what is done in the midst of it, by whoever is the first that is sent something. */
const steps = fc.array(
  fc.tuple(
    fc.oneof({ weight: 4, arbitrary: act }, { weight: 1, arbitrary: wait }),
    fc.array(act, { maxLength: 4 }),
  ),
  { minLength: 30, maxLength: 60 },
)

interface Published {
  readonly id: string
  readonly size: number
  readonly at: number
}

/** How far a peer is in a topic. */
interface Reading {
  /** How many of all that was published come before what it has to get next; `undefined` while that is open. */
  place: number | undefined
  /** Where it would resume, and the last time that it was there: when it got that, or left. */
  id: string
  at: number
}

/** Three peers that come, go and resume. Each checks that it gets every message once, in order. */
class World {
  readonly #clock = new VirtualClock()
  /** What is found wrong while something is sent. */
  readonly #failures: Error[] = []
  readonly #rooms = topics({
    history: { ...BOUNDS, clock: this.#clock },
    onError: (error) => this.#failures.push(error),
  })
  readonly #published: Readonly<Record<Name, Published[]>> = { tea: [], coffee: [] }
  readonly #readings = Array.from({ length: 3 }, () => new Map<Name, Reading>())
  readonly #sockets = Array.from({ length: 3 }, (_, i) => this.#connected(i))
  #within: readonly Step[] = []
  readonly counts = { recovered: 0, lost: 0, within: 0 }

  take(step: Step, within: readonly Step[] = []): void {
    this.#within = within
    if (step.kind === 'wait') this.#clock.advance(step.ms)
    else if (step.kind === 'publish') this.#publish(step.name, step.size)
    else if (step.kind === 'leave') {
      this.#leaves(step.name, step.peer)
      this.#rooms(step.name).unsubscribe(this.#sockets[step.peer]!)
    } else if (step.kind === 'begin') this.#begin(step.name, step.peer, step.last)
    else if (step.kind === 'resume') this.#resume(step.name, step.peer)
    else {
      for (const name of NAMES) this.#leaves(name, step.peer)
      this.#sockets[step.peer]!.terminate()
      this.#sockets[step.peer] = this.#connected(step.peer)
    }
  }

  /** Between two steps, those who are subscribed have everything. */
  check(): void {
    for (const failure of this.#failures) throw failure
    for (const name of NAMES) {
      for (const [i, socket] of this.#sockets.entries()) {
        if (!this.#rooms(name).has(socket)) continue
        same(this.#readings[i]!.get(name)!.place, this.#published[name].length)
      }
    }
  }

  #connected(peer: number): Websocket {
    return decorate(rig().socket, {
      send: (message, next) => {
        const [name, id] = message.text().split(' ') as [Name, string]
        this.#deliver(this.#readings[peer]!.get(name)!, this.#published[name], id)
        const within = this.#within
        this.#within = []
        for (const each of within) this.take(each)
        this.counts.within += within.length
        return next(message)
      },
    })
  }

  #deliver(reading: Reading, all: readonly Published[], id: string): void {
    reading.place ??= all.findIndex((each) => each.id === id)
    const { at } = all[reading.place]!
    same(all[reading.place]!.id, id)
    Object.assign(reading, { place: reading.place + 1, id, at })
  }

  #leaves(name: Name, peer: number): void {
    const reading = this.#readings[peer]!.get(name)
    if (reading && this.#rooms(name).has(this.#sockets[peer]!)) reading.at = this.#clock.now()
  }

  #publish(name: Name, size: number): void {
    this.#rooms(name).publish((id) => {
      this.#published[name].push({ id, size, at: this.#clock.now() })
      return `${name} ${id} `.padEnd(size)
    })
  }

  #begin(name: Name, peer: number, last: number): void {
    const socket = this.#sockets[peer]!
    if (this.#rooms(name).has(socket)) return
    const reading: Reading = { place: undefined, id: '', at: this.#clock.now() }
    this.#readings[peer]!.set(name, reading)
    this.#settle(name, reading, this.#rooms(name).subscribe(socket, { last }).lastId)
  }

  #resume(name: Name, peer: number): void {
    const socket = this.#sockets[peer]!
    const before = this.#readings[peer]!.get(name)
    if (this.#rooms(name).has(socket)) return
    if (before === undefined) {
      this.#begin(name, peer, 0)
      return
    }
    const { id: after, at } = before
    const now = this.#clock.now()
    const reaches = this.#missed(name, after).every((_, i, all) => this.#isKept(all.slice(i), now))
    const { recovered, lastId: id } = this.#rooms(name).subscribe(socket, { after })
    this.counts[recovered ? 'recovered' : 'lost']++
    // Otherwise, it is told so with a reason. Where nothing is missed, an id may be good for longer than it has to be.
    same(recovered ? reaches : !reaches || now - at >= BOUNDS.age, true)
    if (recovered) return
    const reading: Reading = { place: undefined, id, at: now }
    this.#readings[peer]!.set(name, reading)
    this.#settle(name, reading, id)
  }

  /** What comes first to somebody who was sent nothing is what is published after that id. */
  #settle(name: Name, reading: Reading, id: string): void {
    if (reading.place !== undefined) return
    reading.id = id
    reading.place = this.#published[name].filter((each) => numberOf(each.id) <= numberOf(id)).length
  }

  /** What was published after that id, but for what waits until something else is published. */
  #missed(name: Name, after: string): readonly Published[] {
    const probe = this.#rooms('probe').subscribe(rig().socket)
    probe()
    const [from, to] = [numberOf(after), numberOf(probe.lastId)]
    return this.#published[name].filter(({ id }) => numberOf(id) > from && numberOf(id) <= to)
  }

  /** By the simplest rule: the first of these is not too old, and all of them are neither too many nor too large. */
  #isKept(these: readonly Published[], now: number): boolean {
    const bytes = these.reduce((sum, { size }) => sum + size, 0)
    return (
      now - these[0]!.at < BOUNDS.age && these.length <= BOUNDS.messages && bytes <= BOUNDS.bytes
    )
  }
}

function same(actual: unknown, expected: unknown): void {
  expect(actual).toBe(expected)
}

function numberOf(id: string): number {
  return Number(id.split('-').at(-1))
}

test('whoever comes, goes and resumes gets every message once and in order, or is told', () => {
  const sum = { recovered: 0, lost: 0, within: 0 }
  fc.assert(
    fc.property(steps, (all) => {
      const world = new World()
      for (const [step, within] of all) {
        world.take(step, within)
        world.check()
      }
      for (const key of ['recovered', 'lost', 'within'] as const) sum[key] += world.counts[key]
    }),
    { numRuns: 150 },
  )
  // Otherwise it would prove little.
  expect(Math.min(...Object.values(sum))).toBeGreaterThan(50)
})
