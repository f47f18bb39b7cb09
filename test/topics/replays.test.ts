import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import type { HistoryTopic } from '../../src/topics/history-topic.ts'
import type { Subscriber } from '../../src/topics/subscriber.ts'
import { topic } from '../../src/topics/topics.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { Clock } from '../../src/websocket/support/clock.ts'
import { rawRig, sessionRig } from '../support/session-rig.ts'
import { type Rig, rig, settled } from '../support/socket-rig.ts'

const MIB = 1024 * 1024

interface Member extends Rig {
  readonly subscriber: Subscriber
}

const KINDS: [string, () => Member][] = [
  [
    'socket',
    () => {
      const made = rig()
      return { ...made, subscriber: made.socket }
    },
  ],
  [
    'session',
    () => {
      const made = sessionRig()
      return { ...made, subscriber: made.session }
    },
  ],
  [
    'raw session',
    () => {
      const made = rawRig()
      return { ...made, subscriber: made.session }
    },
  ],
]

interface Told {
  readonly news: HistoryTopic
  readonly clock: VirtualClock
  /** Publishes the next number, or something else, and keeps it. */
  tell(content?: Uint8Array): number
}

/** A topic that has kept the numbers from 0 up to `count`, each padded to `size` bytes. A portion has 128 KiB of them. */
function counted(count: number, { size = 2_048, bytes = MIB } = {}): Told {
  const clock = new VirtualClock()
  const news = topic({ history: { clock, bytes, messages: 2_000 } })
  let next = 0
  const tell: Told['tell'] = (content) => news.publish(() => content ?? `${next++}`.padEnd(size))
  for (let i = 0; i < count; i++) tell()
  return { news, clock, tell }
}

/** The same, with timers that are called by hand. */
function timed(count: number, size: number) {
  const timers: (() => void)[] = []
  const clock: Clock = {
    now: () => made.now,
    after(delay, fn) {
      if (delay === 0) timers.push(fn)
      return () => {}
    },
  }
  const made = { news: topic({ history: { clock } }), timers, now: 0 }
  for (const i of upTo(count)) made.news.publish(() => `${i}`.padEnd(size))
  return made
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

function numbers({ peer }: Rig): number[] {
  return peer.shown().map((line) => Number(line.split(' ')[1]))
}

/** Lets the event loop go on, so many times. */
async function turns(clock: VirtualClock, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await settled()
    clock.advance(0)
    await settled()
  }
}

/** What a promise has resolved to by now. */
async function resolved<T>(promise: Promise<T>): Promise<T | undefined> {
  await settled()
  return Promise.race([promise, Promise.resolve(undefined)])
}

describe.each(KINDS)('a %s', (_, make) => {
  test('is sent all of it at once if it is not much, and then what the application sends', async () => {
    const { news, clock } = counted(1_000, { size: 100 })
    const member = make()
    news.subscribe(member.subscriber, { last: 1_000 })
    void member.subscriber.send('1000')
    news.publish('1001')
    expect(numbers(member)).toEqual(upTo(1_002))
    await turns(clock, 2)
    expect(clock.pending).toBe(1)
  })

  test('has caught up once it was sent all that came before', async () => {
    const { news, clock, tell } = counted(200)
    const member = make()
    const { caughtUp } = news.subscribe(member.subscriber, { last: 1_000 })
    void caughtUp.then((value) => void member.subscriber.send(`999 ${value}`))
    await turns(clock, 2)
    tell()
    await turns(clock, 2)
    tell()
    expect(numbers(member)).toEqual([...upTo(201), 999, 201])
    expect(await caughtUp).toBe(true)
    expect(await resolved(news.subscribe(member.subscriber).caughtUp)).toBe(false)
    expect(await resolved(news.subscribe(make().subscriber).caughtUp)).toBe(true)
    const other = make()
    expect(await resolved(news.subscribe(other.subscriber, { last: 3 }).caughtUp)).toBe(true)
    other.socket.terminate()
    expect(await resolved(news.subscribe(other.subscriber, { last: 3 }).caughtUp)).toBe(false)
  })

  test('that takes nothing and leaves has not caught up, although it is connected', async () => {
    const { news, clock } = counted(200)
    const member = make()
    member.peer.stall()
    const subscription = news.subscribe(member.subscriber, { last: 1_000 })
    await turns(clock, 3)
    expect(await resolved(subscription.caughtUp)).toBeUndefined()
    subscription()
    expect(await resolved(subscription.caughtUp)).toBe(false)
  })

  test('is sent what it has missed in portions, and what is published meanwhile behind it', async () => {
    const { news, clock, tell } = counted(200)
    const member = make()
    news.subscribe(member.subscriber, { last: 1_000 })
    expect(numbers(member)).toEqual(upTo(64))
    expect([tell(), news.publish('201')]).toEqual([1, 1])
    await turns(clock, 1)
    expect(numbers(member)).toEqual(upTo(128).slice(64))
    news.publish('202')
    await turns(clock, 3)
    news.publish('203')
    expect(numbers(member)).toEqual(upTo(204).slice(128))
    expect(clock.pending).toBe(1)
  })

  test('that reads slowly is sent no more than it takes, and all of it in the end', async () => {
    const { news, clock, tell } = counted(0, { bytes: 40 * MIB })
    for (let i = 0; i < 30; i++) tell(new Uint8Array(MIB))
    const member = make()
    member.peer.stall()
    news.subscribe(member.subscriber, { last: 30 })
    await turns(clock, 5)
    expect(tell()).toBe(1)
    expect(member.socket.bufferedAmount).toBeLessThan(1.1 * MIB)
    member.peer.read()
    await turns(clock, 31)
    const opcodes = member.peer.frames().map(({ opcode }) => opcode)
    expect(opcodes).toEqual([...Array(30).fill(2), 1])
  })

  test('that takes nothing is closed once too much has been published meanwhile', async () => {
    const { news, clock, tell } = counted(0, { bytes: 40 * MIB })
    for (let i = 0; i < 2; i++) tell(new Uint8Array(MIB))
    const member = make()
    member.peer.stall()
    news.subscribe(member.subscriber, { last: 2 })
    await turns(clock, 2)
    const given = upTo(18).map(() => news.publish(new Uint8Array(MIB - 1024)))
    expect(given).toEqual([...Array(16).fill(1), 0, 0])
    member.peer.read()
    await turns(clock, 4)
    expect(member.peer.frames().map(({ opcode }) => opcode)).toEqual([2, 8])
  })

  test('that leaves is sent no more, and if it comes back, what it asks for', async () => {
    const { news, clock, tell } = counted(200)
    const member = make()
    const { lastId } = news.subscribe(rig().socket)
    news.subscribe(member.subscriber, { last: 1_000 })
    tell()
    news.unsubscribe(member.subscriber)
    await turns(clock, 2)
    expect(numbers(member)).toEqual(upTo(64))
    expect(news.subscribe(member.subscriber, { after: lastId }).recovered).toBe(true)
    tell()
    await turns(clock, 5)
    expect(numbers(member)).toEqual([200, 201])
    expect(news.size).toBe(2)
  })

  test('that comes back while it is still sent what it had missed before gets that no more', async () => {
    const { news, clock, tell } = counted(200)
    const member = make()
    news.subscribe(member.subscriber, { last: 1_000 })
    news.unsubscribe(member.subscriber)
    news.subscribe(member.subscriber, { last: 100 })
    tell()
    await turns(clock, 5)
    expect(numbers(member)).toEqual([...upTo(64), ...upTo(201).slice(100)])
  })

  test('that is lost is sent no more, and nobody waits for it', async () => {
    const { news, clock } = counted(200)
    const member = make()
    news.subscribe(member.subscriber, { last: 1_000 })
    member.socket.terminate()
    await turns(clock, 5)
    expect([news.size, clock.pending]).toEqual([0, 1])
  })
})

test('two views of a connection are sent it each on its own', async () => {
  const { news, clock, tell } = counted(100)
  const made = rig()
  const seen: number[] = []
  const view = decorate(made.socket, {
    send(message, next) {
      seen.push(Number(message.text()))
      return next(message)
    },
  })
  news.subscribe(view, { last: 100 })
  news.subscribe(made.socket, { last: 10 })
  tell()
  await turns(clock, 3)
  expect(seen).toEqual(upTo(101))
  const all = numbers(made)
  expect(all).toHaveLength(112)
  expect(all.filter((number) => number >= 90)).toHaveLength(22)
})

test('a topic that everybody has left meanwhile begins anew', async () => {
  const { news, clock, tell } = counted(200)
  const [ann, ben] = [rig(), rig()]
  news.subscribe(ann.socket, { last: 1_000 })
  news.unsubscribe(ann.socket)
  news.subscribe(ben.socket, { last: 100 })
  news.subscribe(ann.socket, { last: 1 })
  tell()
  await turns(clock, 5)
  expect(numbers(ann)).toEqual([...upTo(64), 199, 200])
  expect(numbers(ben)).toEqual(upTo(201).slice(100))
})

test('who is left out of a message is left out of it behind what was missed, too', async () => {
  const { news, clock } = counted(100)
  const [ann, ben] = [rig(), rig()]
  for (const { socket } of [ann, ben]) news.subscribe(socket, { last: 1_000 })
  expect(news.publish('100', { except: ann.socket })).toBe(1)
  await turns(clock, 3)
  expect([ann, ben].map((one) => numbers(one).length)).toEqual([100, 101])
})

test('a filter that throws behind what was missed closes its connection only for what is kept', async () => {
  const errors: Error[] = []
  const clock = new VirtualClock()
  const news = topic({ history: { clock }, onError: (error) => errors.push(error) })
  for (const i of upTo(100)) news.publish(() => `${i}`.padEnd(2_048))
  const { socket, peer } = rig()
  const view = decorate(socket, {
    send(message, next) {
      if (message.text().startsWith('no')) throw new Error(message.text())
      return next(message)
    },
  })
  const { caughtUp } = news.subscribe(view, { last: 100 })
  news.publish('no typing')
  news.publish(() => '100')
  await turns(clock, 2)
  expect(await caughtUp).toBe(true)
  expect([errors.splice(0), peer.frames().length]).toEqual([[new Error('no typing')], 101])
  news.unsubscribe(view)
  const again = news.subscribe(view, { last: 100 })
  news.publish(() => 'no gap')
  await turns(clock, 2)
  expect(await again.caughtUp).toBe(false)
  expect(errors).toEqual([new Error('no gap')])
  expect(peer.frames().at(-1)?.opcode).toBe(8)
})

test.each(['close', 'drop', 'wait'] as const)(
  'a slow socket with slowConsumer %s is sent all of it, since no more than a portion waits',
  async (slowConsumer) => {
    const { news, clock } = counted(500)
    const made = rig({ slowConsumer, maxBufferedAmount: 256 * 1024 })
    made.peer.stall()
    const { caughtUp } = news.subscribe(made.socket, { last: 1_000 })
    for (let turn = 0; turn < 20; turn++) {
      expect(made.socket.bufferedAmount).toBeLessThan(200 * 1024)
      await turns(clock, 1)
      made.peer.read()
      made.peer.stall()
    }
    made.peer.read()
    expect([await caughtUp, numbers(made).length]).toEqual([true, 500])
  },
)

test.each<[string, () => Member]>([
  [
    'socket',
    () => {
      const made = rig({ maxBufferedAmount: 80 * 1024 })
      return { ...made, subscriber: made.socket }
    },
  ],
  [
    'session',
    () => {
      const made = sessionRig({ channels: { outgoing: { capacity: 1, onOverflow: 'close' } } })
      return { ...made, subscriber: made.session }
    },
  ],
])('a slow %s that may keep less than a portion is sent all of it', async (_kind, make) => {
  const { news, clock } = counted(2_000, { size: 100 })
  const made = make()
  made.peer.stall()
  const { caughtUp } = news.subscribe(made.subscriber, { last: 2_000 })
  for (let turn = 0; turn < 40; turn++) {
    await turns(clock, 1)
    made.peer.read()
    made.peer.stall()
  }
  made.peer.read()
  expect([await caughtUp, numbers(made).length]).toEqual([true, 2_000])
})

test('a filter that drops messages makes nobody wait for a peer that takes all the others', async () => {
  const { news, clock } = counted(200, { size: 100 })
  const { socket, peer } = rig()
  const view = decorate(socket, {
    send: (message, next) => message.text().startsWith('199 ') && next(message),
  })
  const { caughtUp } = news.subscribe(view, { last: 200 })
  await turns(clock, 1)
  expect(peer.shown().map((line) => line.trimEnd())).toEqual(['1 199'])
  expect(await caughtUp).toBe(true)
})

test('those who come back together take turns, and the event loop goes on in between', async () => {
  const { news, timers } = timed(150, 1_024)
  const all = Array.from({ length: 40 }, () => rig())
  for (const { socket } of all) news.subscribe(socket, { last: 1_000 })
  const got = (): number[] => all.map((one) => numbers(one).length)
  const turn = async (): Promise<number[]> => {
    await settled()
    expect(timers).toHaveLength(1)
    timers.pop()?.()
    return got()
  }
  const times = <T>(count: number, value: T): T[] => Array(count).fill(value)
  // In each turn 1,024 of these, each counted as 2 KiB, and 128 in each portion.
  expect(got()).toEqual([...times(8, 128), ...times(32, 0)])
  expect(await turn()).toEqual([...times(8, 22), ...times(6, 128), 80, ...times(25, 0)])
  expect(await turn()).toEqual([...times(15, 0), ...times(8, 128), ...times(17, 0)])
  await turn()
  await turn()
  expect(await turn()).toEqual([...times(8, 0), ...times(6, 22), 70, ...times(24, 22), 128])
  expect(await turn()).toEqual([...times(39, 0), 22])
  await turn()
  expect(timers).toEqual([])
})

test('those who come when the event loop has just gone on are sent it at once again', async () => {
  const { news, clock } = counted(1_000, { size: 100 })
  const counts: number[] = []
  for (let i = 0; i < 5; i++) {
    const one = rig()
    news.subscribe(one.socket, { last: 1_000 })
    counts.push(numbers(one).length)
    await turns(clock, 1)
  }
  expect(counts).toEqual([1_000, 1_000, 1_000, 1_000, 1_000])
})

test('a timer that never comes, as one of a request that has ended, is replaced by the next to come', async () => {
  const made = timed(100, 2_048)
  const { news, timers } = made
  const [ann, ben] = [rig(), rig()]
  news.subscribe(ann.socket, { last: 100 })
  await settled()
  expect(timers.splice(0)).toHaveLength(1)
  made.now = 999
  news.subscribe(rig().socket, { last: 1 })
  expect(timers).toEqual([])
  made.now = 1_000
  news.subscribe(ben.socket, { last: 100 })
  expect(timers).toHaveLength(1)
  while (timers.length > 0) {
    timers.pop()?.()
    await settled()
  }
  expect([ann, ben].map((one) => numbers(one).length)).toEqual([100, 100])
})
