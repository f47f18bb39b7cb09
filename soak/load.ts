import { openSocket } from 'antiphon/node'
import { obey } from './child.ts'
import { Held } from './held.ts'
import { authority, compression, drawKind, KINDS, type Shares } from './kinds.ts'
import { Latencies } from './latencies.ts'
import { newTally, type Tally } from './tally.ts'

/** Openings at a time. */
const OPENING = 50
/** The part of all connections that is replaced each second. */
const CHURN = 1 / 200
/** Slow readers at a time, at most. */
const SLOW = 20
/** Between rounds of sending, in milliseconds. */
const ROUND = 20
/** How long everything on its way may take to come, in milliseconds. */
const PATIENCE = 20_000

const tally = newTally()
const latencies = new Latencies()
const held = new Set<Held>()
const errands = new Set<Promise<unknown>>()
let urls: readonly string[] = []
let shares: Shares = { tls: 0, deflate: 0 }
let timers: readonly NodeJS.Timeout[] = []

async function open(): Promise<void> {
  try {
    const kind = drawKind(shares)
    const { tls, deflate } = KINDS[kind]!
    const { socket } = await openSocket(urls[kind]!, {
      timeout: PATIENCE,
      tls: { ca: authority },
      extensions: deflate ? [compression] : [],
    })
    if (tls) tally.secure++
    if (socket.link.extensions.length > 0) tally.compressed++
    const one: Held = new Held(socket, tally, latencies, () => held.delete(one))
    held.add(one)
  } catch (error) {
    tally.failed++
    if (tally.failed === 1) console.error(`a connection could not be opened: ${String(error)}`)
  }
}

/** Opens so many, some at a time. */
async function openAll(count: number): Promise<void> {
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) await open()
  }
  await Promise.all(Array.from({ length: OPENING }, worker))
}

/** Something that takes its time; the quiet waits for it. */
function errand(work: Promise<unknown>): void {
  errands.add(work)
  void work.finally(() => errands.delete(work))
}

function random(): Held | undefined {
  const all = [...held].filter(({ ready }) => ready)
  return all[Math.floor(Math.random() * all.length)]
}

/** Replaces some: half of them say goodbye, the others are cut. */
function churn(): void {
  const count = Math.ceil(held.size * CHURN)
  for (let i = 0; i < count; i++) {
    const one = random()
    if (one !== undefined) errand(i % 2 === 0 ? one.leave() : one.cut(i % 4 === 1))
  }
  errand(openAll(count))
  const slow = [...held].filter((one) => one.slow).length
  for (let i = slow; i < SLOW; i += 5) {
    const one = random()
    if (one !== undefined) errand(one.readSlowly())
  }
}

/** One message of each connection in turn, at a steady rate. */
function sender(rate: number): () => void {
  let turn = held.values()
  let due = 0
  let last = performance.now()
  return () => {
    const now = performance.now()
    // What could not be done in time is not made up for all at once.
    due = Math.min(due + ((now - last) * rate) / 1_000, rate / 10)
    last = now
    for (; due >= 1; due--) {
      let { value, done } = turn.next()
      if (done === true) {
        turn = held.values()
        value = turn.next().value
      }
      if (value?.ready === true) value.send()
    }
  }
}

const orders = {
  /** `to`: the URLs of all kinds. */
  async grow(to: readonly string[], count: number, mix: Shares): Promise<void> {
    urls = to
    shares = mix
    await openAll(count)
  },
  /** Sends so many messages a second, and lets connections come and go. */
  start(rate: number): void {
    timers = [setInterval(sender(rate), ROUND), setInterval(churn, 1_000)]
  },
  /** Stops, and waits until nothing is on its way; answers with the number of connections that still wait. */
  async quiet(): Promise<number> {
    for (const timer of timers) clearInterval(timer)
    const end = performance.now() + PATIENCE
    const waiting = (): number => [...held].filter((one) => one.waiting).length
    while (performance.now() < end && (errands.size > 0 || waiting() > 0)) {
      await new Promise((resolve) => setTimeout(resolve, ROUND))
    }
    return waiting()
  },
  async leave(): Promise<void> {
    await Promise.all([...held].map((one) => one.leave()))
  },
  seen: (): {
    readonly tally: Tally
    readonly latencies: readonly number[]
    readonly held: number
  } => ({
    tally,
    latencies: latencies.counts,
    held: held.size,
  }),
}

export type LoadOrders = typeof orders

obey(orders)
