import fc from 'fast-check'
import { expect, test } from 'vitest'
import { promisesRun } from '../../../src/testing/clock/in-time.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { memoryLog } from '../../../src/testing/offline/memory-log.ts'
import { sharedTopics } from '../../../src/topics/shared/shared-topics.ts'
import { type Rig, rig } from '../../support/socket-rig.ts'
import { TestLog } from '../../support/test-log.ts'

type Step =
  | { readonly kind: 'publish' | 'down' | 'up'; readonly at: number }
  | { readonly kind: 'come'; readonly at: number; readonly back: number; readonly last: number }
  | { readonly kind: 'leave'; readonly which: number }
  | { readonly kind: 'trim'; readonly keep: number }
  | { readonly kind: 'wait'; readonly ms: number }

const PROCESSES = 2

const at = fc.nat({ max: PROCESSES - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('publish'), at }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('come'),
      at,
      back: fc.nat({ max: 9 }),
      last: fc.constantFrom(0, 3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave'), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('trim'), keep: fc.nat({ max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('down', 'up'), at }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.constantFrom(1, 5, 300) }),
  },
)

/** One who came, with what it said that it has, and what it was told. */
interface Visit {
  readonly rig: Rig
  /** How many of all that was published it has. */
  readonly has: number | undefined
  recovered: boolean | undefined
  left: boolean
}

/** Processes on one log, whose answers take a while. */
class World {
  readonly #shared = memoryLog()
  readonly #clock = new VirtualClock()
  readonly #published: string[] = []
  readonly #visits: Visit[] = []
  readonly #processes
  readonly counts = { recovered: 0, lost: 0, shed: 0, missed: 0 }

  constructor(delays: readonly number[]) {
    let next = 0
    this.#processes = Array.from({ length: PROCESSES }, () => {
      const log = new TestLog(this.#shared)
      log.delay = () =>
        new Promise<void>((resolve) => {
          const ms = delays[next++ % delays.length]!
          if (ms === 0) resolve()
          else this.#clock.after(ms, resolve)
        })
      const rooms = sharedTopics({
        log,
        replay: { messages: 8 },
        clock: this.#clock,
        withId: (id) => id,
        onError() {},
      })
      return { log, tea: rooms('tea') }
    })
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'wait') await this.#clock.advanceAsync(step.ms)
    else if (step.kind === 'trim') this.#shared.trim('tea', step.keep)
    else if (step.kind === 'leave') this.#leave(step.which)
    else if (step.kind === 'come') this.#come(step.at, step.back, step.last)
    else {
      const { log, tea } = this.#processes[step.at]!
      if (step.kind === 'publish') {
        const published = tea.publish('x')
        const id = await published.catch(() => undefined)
        if (id !== undefined) this.#published.push(id)
      } else log.down = step.kind === 'down' ? new Error('away') : undefined
    }
  }

  /** Has everything work again, and checks who got what. */
  async check(): Promise<void> {
    for (const { log } of this.#processes) log.down = undefined
    await this.#clock.advanceAsync(60_000)
    this.#published.push(await this.#processes[0]!.tea.publish('the end'))
    await this.#clock.advanceAsync(60_000)
    await promisesRun()
    for (const visit of this.#visits) this.#checkVisit(visit)
    // Nothing is asked for by nobody.
    for (const { rig } of this.#visits) rig.socket.terminate()
    await this.#clock.advanceAsync(60_000)
    same(this.#clock.pending, 0)
  }

  #come(at: number, back: number, last: number): void {
    const one = rig()
    const has = back === 9 ? undefined : Math.max(0, this.#published.length - back)
    const after = has === undefined ? undefined : (this.#published[has - 1] ?? 'none')
    const visit: Visit = { rig: one, has, recovered: undefined, left: false }
    this.#visits.push(visit)
    const { recovered } = this.#processes[at]!.tea.subscribe(one.socket, { after, last })
    void recovered.then((value) => {
      visit.recovered = value
    })
  }

  #leave(which: number): void {
    const visit = this.#visits[which % this.#visits.length]
    if (visit === undefined) return
    visit.left = true
    for (const { tea } of this.#processes) tea.unsubscribe(visit.rig.socket)
  }

  #checkVisit({ rig, has, recovered, left }: Visit): void {
    const frames = rig.peer.frames()
    const isShed = frames.at(-1)?.opcode === 8
    const came = frames
      .filter(({ opcode }) => opcode === 1)
      .map(({ payload }) => this.#published.indexOf(Buffer.from(payload).toString()))
    const [first = this.#published.length] = came
    // In order, nothing twice, and nothing left out.
    same(
      came,
      Array.from(came.keys(), (i) => first + i),
    )
    same(typeof recovered, 'boolean')
    if (recovered && came.length > 0) same(first, has)
    // Whoever is still there has everything.
    if (!left && !isShed) same(came.at(-1), this.#published.length - 1)
    this.counts[recovered ? 'recovered' : 'lost']++
    if (isShed) this.counts.shed++
    if (recovered && has !== undefined && came.length > 1) this.counts.missed++
  }
}

function same(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected)
}

test('whoever comes, goes and resumes gets every message once and in order, or is told, however the log behaves', async () => {
  const sum = { recovered: 0, lost: 0, shed: 0, missed: 0 }
  const delays = fc.array(fc.constantFrom(0, 0, 1, 2, 7), { minLength: 1, maxLength: 20 })
  const steps = fc.array(step, { minLength: 20, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(delays, steps, async (delays, steps) => {
      const world = new World(delays)
      for (const each of steps) await world.take(each)
      await world.check()
      for (const key of ['recovered', 'lost', 'shed', 'missed'] as const)
        sum[key] += world.counts[key]
    }),
    { numRuns: 120 },
  )
  // Otherwise it would prove little.
  expect(Math.min(...Object.values(sum))).toBeGreaterThan(20)
})
