import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import type { HistoryTopic } from '../../src/topics/history-topic.ts'
import type { Subscriber } from '../../src/topics/subscriber.ts'
import { topic } from '../../src/topics/topics.ts'
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

/** A topic that has kept the numbers from 0 up to `count`. */
function counted(count: number, bytes = MIB): Told {
  const clock = new VirtualClock()
  const news = topic({ history: { clock, bytes } })
  let next = 0
  const tell: Told['tell'] = (content) => news.publish(() => content ?? `${next++}`)
  for (let i = 0; i < count; i++) tell()
  return { news, clock, tell }
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

describe.each(KINDS)('a %s', (_, make) => {
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
    const { news, clock, tell } = counted(0, 40 * MIB)
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
    const { news, clock, tell } = counted(0, 40 * MIB)
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

test('those who come back together take turns, and the event loop goes on in between', async () => {
  const timers: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    after(delay, fn) {
      if (delay === 0) timers.push(fn)
      return () => {}
    },
  }
  const news = topic({ history: { clock } })
  for (const i of upTo(150)) news.publish(() => `${i}`)
  const all = Array.from({ length: 40 }, () => rig())
  for (const { socket } of all) news.subscribe(socket, { last: 1_000 })
  const got = async (): Promise<number[]> => {
    await settled()
    expect(timers.length).toBeLessThan(2)
    return all.map((one) => numbers(one).length)
  }
  expect(await got()).toEqual(Array(40).fill(64))
  timers.pop()?.()
  expect(await got()).toEqual([...Array(32).fill(64), ...Array(8).fill(0)])
  timers.pop()?.()
  expect(await got()).toEqual([...Array(24).fill(22), ...Array(8).fill(0), ...Array(8).fill(64)])
  timers.pop()?.()
  expect(await got()).toEqual([...Array(24).fill(0), ...Array(16).fill(22)])
  expect(timers).toEqual([])
})
