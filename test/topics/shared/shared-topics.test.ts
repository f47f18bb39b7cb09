import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { LensFailure } from '../../../src/lens/lens-failure.ts'
import { Message } from '../../../src/lens/message.ts'
import { promisesRun as settled } from '../../../src/testing/clock/in-time.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { memoryLog } from '../../../src/testing/offline/memory-log.ts'
import type { SharedTopics, SharedTopicsOptions } from '../../../src/topics/shared/shared-topics.ts'
import { sharedTopics } from '../../../src/topics/shared/shared-topics.ts'
import type { LogEntry, TopicLog } from '../../../src/topics/shared/topic-log.ts'
import { decorate } from '../../../src/websocket/decorate.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { keptOf } from '../../support/collect-garbage.ts'
import { sessionRig } from '../../support/session-rig.ts'
import { rig } from '../../support/socket-rig.ts'
import { TestLog } from '../../support/test-log.ts'

const SHOW: SharedTopicsOptions['withId'] = (id, message) => `${id} ${message.text()}`

interface Process {
  readonly rooms: SharedTopics
  readonly errors: Error[]
  readonly clock: VirtualClock
}

/** Topics that show ids, as one process has them. */
function process(log: TopicLog, options: Partial<SharedTopicsOptions> = {}): Process {
  const errors: Error[] = []
  const clock = new VirtualClock()
  const onError = (error: Error): unknown => errors.push(error)
  return { rooms: sharedTopics({ log, withId: SHOW, clock, onError, ...options }), errors, clock }
}

/** Publishes texts to the topic `tea`, and returns their ids. */
async function tell({ rooms }: Process, ...texts: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const text of texts) ids.push(await rooms('tea').publish(text))
  await settled()
  return ids
}

/** All that holds as soon as promises have run. */
async function joined(one: Process, options?: { after?: string | undefined; last?: number }) {
  const { socket, peer } = rig()
  const subscription = one.rooms('tea').subscribe(socket, options)
  let recovered: boolean | undefined
  void subscription.recovered.then((value) => {
    recovered = value
  })
  await settled()
  return { socket, peer, subscription, recovered: () => recovered }
}

describe('topics that share a log', () => {
  test('give what one process publishes to the subscribers of all, with its id, in one order', async () => {
    const log = new TestLog()
    const [here, there] = [process(log), process(log)]
    const [ann, ben] = [await joined(here), await joined(there)]
    const eve = rig()
    there.rooms('coffee').subscribe(eve.socket)
    const ids = await Promise.all([
      here.rooms('tea').publish('a'),
      there.rooms('tea').publish('b'),
      here.rooms('tea').publish('c'),
    ])
    await settled()
    expect(ids).toEqual(['1', '2', '3'])
    for (const { peer } of [ann, ben]) expect(peer.shown()).toEqual(['1 1 a', '1 2 b', '1 3 c'])
    expect(eve.peer.shown()).toEqual([])
    expect([...here.errors, ...there.errors]).toEqual([])
  })

  test('send what was published, where there is no withId: text, bytes and messages', async () => {
    const { rooms } = process(new TestLog(), { withId: undefined })
    const { socket, peer } = rig()
    await rooms('tea').subscribe(socket).recovered
    await rooms('tea').publish('é')
    await rooms('tea').publish(new Uint8Array([0xff]))
    await rooms('tea').publish(WsMessage.text('!'))
    await settled()
    expect(peer.frames().map(({ opcode, payload }) => [opcode, ...payload])).toEqual([
      [1, 0xc3, 0xa9],
      [2, 0xff],
      [1, 0x21],
    ])
  })

  test('publish values by a lens, and send what withId makes of them, once for all subscribers', async () => {
    const news = Message.json(z.object({ text: z.string() }))
    const headline = Message.json(z.object({ id: z.string(), text: z.string() }))
    const made = vi.fn((id: string, message: WsMessage) =>
      headline.create({ id, ...news(message) }),
    )
    const clock = new VirtualClock()
    const rooms = sharedTopics({ log: new TestLog(), message: news, withId: made, clock })
    const [ann, ben, eve] = [rig(), rig(), sessionRig()]
    for (const subscriber of [ann.socket, ben.socket, eve.session]) {
      await rooms('tea').subscribe(subscriber).recovered
    }
    await rooms('tea').publish({ text: 'hello' })
    await settled()
    for (const { peer } of [ann, ben, eve])
      expect(peer.shown()).toEqual(['1 {"id":"1","text":"hello"}'])
    expect(made).toHaveBeenCalledTimes(1)
    const wrong = { text: 7 } as object as { text: string }
    expect(() => rooms('tea').publish(wrong)).toThrow(LensFailure)
  })

  test('leave out who published, for as long as it is connected, also while it catches up', async () => {
    const log = new TestLog()
    const [here, there] = [process(log), process(log)]
    const [ann, ben, eve] = [await joined(here), await joined(here), await joined(there)]
    await here.rooms('tea').publish('a', { except: ann.socket })
    await settled()
    expect([ann, ben, eve].map(({ peer }) => peer.shown())).toEqual([[], ['1 1 a'], ['1 1 a']])
    ann.subscription()
    await here.rooms('tea').publish('b', { except: ann.socket })
    await here.rooms('tea').publish('c', { except: ben.socket })
    here.rooms('tea').subscribe(ann.socket, { after: '1' })
    const again = await joined(here, { after: '1' })
    expect(ann.peer.shown()).toEqual(['1 3 c'])
    expect(again.peer.shown()).toEqual(['1 2 b', '1 3 c'])
    ann.socket.terminate()
    await here.rooms('tea').publish('d', { except: ann.socket })
    await settled()
    expect(again.peer.shown()).toEqual(['1 4 d'])
  })

  test('leave out who published before it has subscribed', async () => {
    const one = process(new TestLog())
    const { socket, peer } = rig()
    await one.rooms('tea').publish('a', { except: socket })
    await tell(one, 'b')
    await one.rooms('tea').subscribe(socket, { last: 5 }).recovered
    expect(peer.shown()).toEqual(['1 2 b'])
  })

  test('leave out who published of that alone, where withId makes the same message of all', async () => {
    const changed = WsMessage.text('changed')
    const one = process(new TestLog(), { withId: () => changed, replay: { messages: 3 } })
    const [ann, ben] = [rig(), rig()]
    const tea = one.rooms('tea')
    const [a] = await tell(one, 'a')
    await tea.publish('b', { except: ann.socket })
    const [c] = await tell(one, 'c')
    await tea.publish('d', { except: ben.socket })
    for (const { socket } of [ann, ben]) tea.subscribe(socket, { after: a })
    await settled()
    expect([ann, ben].map(({ peer }) => peer.shown().length)).toEqual([2, 2])
    for (const { socket } of [ann, ben]) tea.unsubscribe(socket)
    await tell(one, 'e')
    // The first of these are dropped on the way.
    for (const after of [a, c]) tea.subscribe(rig().socket, { after })
    for (const { socket } of [ann, ben]) tea.subscribe(socket, { last: 3 })
    await settled()
    expect([ann, ben].map(({ peer }) => peer.shown().length)).toEqual([3, 2])
  })

  test('leave out who published where the log gives payloads as a Buffer, as those of Node do', async () => {
    const log = new TestLog()
    const read = log.read.bind(log)
    log.read = async (...args) =>
      (await read(...args)).map(({ id, payload }) => ({ id, payload: Buffer.from(payload) }))
    const one = process(log)
    const [ann, ben] = [await joined(one), await joined(one)]
    await one.rooms('tea').publish('a', { except: ann.socket })
    await one.rooms('tea').publish(new Uint8Array([0x62]), { except: ben.socket })
    await settled()
    expect([ann.peer.shown(), ben.peer.shown()]).toEqual([['1 2 b'], ['1 1 a']])
  })

  test('close those whose filter throws: they have to come back for what they lack', async () => {
    const one = process(new TestLog())
    const { socket, peer } = rig()
    const view = decorate(socket, {
      send(message, next) {
        if (message.text().endsWith('no')) throw new Error('no')
        return next(message)
      },
    })
    await one.rooms('tea').subscribe(view).recovered
    const other = await joined(one)
    await tell(one, 'a', 'no', 'b')
    expect(peer.frames().map(({ opcode, payload }) => [opcode, ...payload.subarray(0, 2)])).toEqual(
      [
        [1, 0x31, 0x20],
        [8, 0x03, 0xf3],
      ],
    )
    expect(one.errors).toEqual([new Error('no')])
    expect(other.peer.shown()).toEqual(['1 1 a', '1 2 no', '1 3 b'])
  })

  test('tell who is subscribed in this process, those who wait included', async () => {
    const here = process(new TestLog())
    const tea = here.rooms('tea')
    const { socket } = rig()
    const leave = tea.subscribe(socket, { last: 5 })
    expect([tea.size, tea.has(socket), [...tea], here.rooms.names()]).toEqual([
      1,
      true,
      [socket],
      ['tea'],
    ])
    expect(await tea.subscribe(socket).recovered).toBe(false)
    leave()
    expect(await leave.recovered).toBe(false)
    expect([tea.size, here.rooms.names()]).toEqual([0, []])
    socket.terminate()
    expect(await tea.subscribe(socket).recovered).toBe(false)
    expect(tea.size).toBe(0)
  })

  test.each([[], ['old']])('lose nothing after a snapshot, of %s', async (...old: string[]) => {
    const log = new TestLog()
    const one = process(log)
    await joined(one)
    await tell(one, ...old)
    const id = await one.rooms('tea').lastId()
    await tell(one, 'a', 'b')
    const ann = await joined(
      one,
      id === undefined ? { last: Number.POSITIVE_INFINITY } : { after: id },
    )
    await tell(one, 'c')
    expect(ann.peer.shown().map((line) => line.slice(-1))).toEqual(['a', 'b', 'c'])
  })

  test('say where a log ends', async () => {
    const one = process(new TestLog())
    expect(await one.rooms('tea').lastId()).toBeUndefined()
    const [, b] = await tell(one, 'a', 'b')
    expect(await one.rooms('tea').lastId()).toBe(b)
  })

  test('report entries that are no message, or of which none can be made, and go on', async () => {
    const log = new TestLog()
    const one = process(log, {
      withId: (id, message) => {
        if (message.text() === 'bad') throw new Error('no')
        return `${id} ${message.text()}`
      },
    })
    const { peer } = await joined(one)
    await log.append('tea', new Uint8Array([1, 2, 3]))
    await tell(one, 'bad', 'good')
    expect(peer.shown()).toEqual(['1 3 good'])
    expect(one.errors.map(({ message }) => message)).toEqual([
      "the entry '1' of the topic 'tea' is no message: it is not of version 1",
      "the entry '2' of the topic 'tea' is no message: no",
    ])
  })

  test('refuse what is no option, no log, no id, no number and no name', async () => {
    const log = new TestLog()
    const wrong = (options: object) => () => sharedTopics(options as SharedTopicsOptions)
    expect(wrong({ log, history: {} })).toThrow(/^sharedTopics\(\) has no option history/)
    expect(wrong({ log, broker: {} })).toThrow(/^sharedTopics\(\) has no option broker/)
    expect(wrong({})).toThrow('the option log needs a function append, not undefined')
    expect(wrong({ log: { append() {}, read() {} } })).toThrow(
      'the option log needs a function last',
    )
    expect(wrong({ log: { ...log, append() {}, read() {}, last() {}, watch: 7 } })).toThrow(
      'watch of a log has to be a function, not number',
    )
    expect(wrong({ log, withId: 'id' })).toThrow(
      'the option withId has to be a function, not string',
    )
    expect(wrong({ log, poll: 0 })).toThrow('the option poll is 0: it must be 1 ms or more')
    expect(wrong({ log, replay: { messages: -1 } })).toThrow('the option replay.messages is -1')
    expect(wrong({ log, replay: { age: 1 } })).toThrow(/has no option replay.age/)
    expect(wrong({ log, message: {} })).toThrow('the option message needs a lens')
    const rooms = sharedTopics({ log })
    expect(() => Reflect.apply(rooms, undefined, [7])).toThrow('a topic is named by a string')
    const { socket } = rig()
    const subscribe = (options: object) => () => rooms('tea').subscribe(socket, options)
    expect(subscribe({ after: 7 })).toThrow(
      'the option after has to be an id, a string, not number',
    )
    expect(subscribe({ last: -1 })).toThrow(RangeError)
    expect(subscribe({ age: 1 })).toThrow(/^subscribe\(\) has no option age/)
    expect(rooms.names()).toEqual([])
  })
})

describe('who comes back', () => {
  test('gets what was missed, from any process, and then what is published', async () => {
    const log = new TestLog()
    const [before, after] = [process(log), process(log)]
    const [a] = await tell(before, 'a', 'b', 'c')
    const ann = await joined(after, { after: a })
    expect(ann.recovered()).toBe(true)
    await tell(after, 'd')
    expect(ann.peer.shown()).toEqual(['1 2 b', '1 3 c', '1 4 d'])
    const ben = await joined(after, { after: '4' })
    expect([ben.recovered(), ben.peer.shown()]).toEqual([true, []])
  })

  test('needs no read where it has what the process has delivered', async () => {
    const log = new TestLog()
    const one = process(log)
    await joined(one)
    const [a] = await tell(one, 'a')
    const { length } = log.calls
    expect((await joined(one, { after: a })).recovered()).toBe(true)
    expect((await joined(one)).recovered()).toBe(false)
    expect(log.calls).toHaveLength(length)
  })

  test('gets nothing, or the newest messages, with an id that is gone, made up or of nobody', async () => {
    const log = new TestLog()
    const one = process(log)
    const [a, b] = await tell(one, 'a', 'b', 'c', 'd', 'e')
    log.trim('tea', 3)
    for (const after of [undefined, a, b, 'x', '', '0', '9'.repeat(300)]) {
      const none = await joined(one, { after })
      expect([none.recovered(), none.peer.shown()]).toEqual([false, []])
      const some = await joined(one, { after, last: 2 })
      expect([some.recovered(), some.peer.shown()]).toEqual([false, ['1 4 d', '1 5 e']])
      const all = await joined(one, { after, last: Number.POSITIVE_INFINITY })
      expect(all.peer.shown()).toEqual(['1 3 c', '1 4 d', '1 5 e'])
    }
    expect(log.calls.every((call) => call.length < 100)).toBe(true)
    expect(one.errors).toEqual([])
  })

  test('is sent no more messages than it may be, and no more bytes', async () => {
    const log = new TestLog()
    const few = process(log, { replay: { messages: 3 } })
    const small = process(log, { replay: { bytes: 9 } })
    await tell(few, 'a', 'b', 'c', 'd', 'e')
    for (const [one, reaching, late] of [
      [few, '2', '1'],
      [small, '2', '1'],
    ] as const) {
      const ann = await joined(one, { after: reaching })
      expect([ann.recovered(), ann.peer.shown().length]).toEqual([true, 3])
      const ben = await joined(one, { after: late })
      expect([ben.recovered(), ben.peer.shown()]).toEqual([false, []])
      const eve = await joined(one, { after: late, last: 9 })
      expect([eve.recovered(), eve.peer.shown()]).toEqual([false, ['1 3 c', '1 4 d', '1 5 e']])
    }
    const none = process(log, { replay: { messages: 0 } })
    const newest = await joined(none, { after: '5' })
    expect(newest.recovered()).toBe(true)
    const zero = await joined(none, { after: '4', last: 3 })
    expect([zero.recovered(), zero.peer.shown()]).toEqual([false, []])
  })

  test('is told that it lacks something, also where that was read for one whose id is gone', async () => {
    const log = new TestLog()
    const one = process(log, { replay: { bytes: 50 } })
    await tell(one, ...Array.from({ length: 20 }, (_, i) => `${i + 1}`.padStart(7)))
    log.trim('tea', 19)
    const came = ['1', '10', '15', '16'].map((after) => {
      const { socket, peer } = rig()
      return { peer, ...one.rooms('tea').subscribe(socket, { after, last: 2 }) }
    })
    const recovered = await Promise.all(came.map(({ recovered }) => recovered))
    expect(recovered).toEqual([false, false, true, true])
    expect(came.map(({ peer }) => peer.shown().length)).toEqual([2, 2, 5, 4])
  })

  test('gets all that it may be sent, also where that was read for one whose id is gone', async () => {
    const log = new TestLog()
    const one = process(log, { replay: { bytes: 1_500 }, withId: undefined })
    const ids = await tell(one, ...Array.from({ length: 300 }, () => 'ten bytes.'))
    const [ann, ben, eve] = [rig(), rig(), rig()]
    const tea = one.rooms('tea')
    const came = [
      tea.subscribe(ann.socket, { after: 'gone' }),
      tea.subscribe(ben.socket, { after: ids.at(-151) }),
      tea.subscribe(eve.socket, { after: ids.at(-152) }),
    ]
    const recovered = await Promise.all(came.map(({ recovered }) => recovered))
    expect(recovered).toEqual([false, true, false])
    expect([ann, ben, eve].map(({ peer }) => peer.shown().length)).toEqual([0, 150, 0])
  })

  test('gets exactly as many bytes as it may be sent, also where that was read for another one', async () => {
    const one = process(new TestLog(), { replay: { bytes: 100 }, withId: undefined })
    const ids = await tell(one, ...Array.from({ length: 150 }, () => 'x'))
    const came = ['gone', ids.at(-101)].map((after) =>
      one.rooms('tea').subscribe(rig().socket, { after }),
    )
    const recovered = await Promise.all(came.map(({ recovered }) => recovered))
    expect(recovered).toEqual([false, true])
  })

  test('has the log asked for few entries at once if they are large', async () => {
    const log = new TestLog()
    const one = process(log, { replay: { bytes: 1e9 }, withId: (id) => id })
    const most: number[] = []
    for (const call of ['read', 'last'] as const) {
      const ask = log[call].bind(log) as (...args: readonly unknown[]) => Promise<LogEntry[]>
      log[call] = async (...args: readonly unknown[]) => {
        const entries = await ask(...args)
        most.push(entries.reduce((sum, { payload }) => sum + payload.byteLength, 0))
        return entries
      }
    }
    const large = new Uint8Array(300_000)
    const ids: string[] = []
    for (let i = 0; i < 120; i++)
      ids.push(await one.rooms('tea').publish(i % 3 === 0 ? 'small' : large))
    const [early, late] = [await joined(one, { after: ids[0] }), await joined(one, { last: 3 })]
    expect([early.recovered(), late.recovered()]).toEqual([true, false])
    await one.clock.advanceAsync(100)
    expect(early.peer.shown()).toEqual(ids.slice(1).map((id) => `1 ${id}`))
    expect(late.peer.shown()).toEqual(ids.slice(-3).map((id) => `1 ${id}`))
    expect(Math.max(...most)).toBeLessThan(2_000_000)
    // All that it may be sent, and not much more, is read for one that wants everything.
    const few = process(log, { replay: { bytes: 1_000_000 }, withId: (id) => id })
    most.length = 0
    const all = await joined(few, { last: 1_000 })
    expect(all.peer.shown().length).toBeGreaterThan(3)
    expect(Math.max(...most)).toBeLessThan(4_000_000)
  })

  test('reads no further once it has missed too much', async () => {
    const log = new TestLog()
    const one = process(log, { replay: { messages: 150 } })
    for (let i = 0; i < 2_000; i++)
      await log.append('tea', new Uint8Array([1, 1, ...Array(16).fill(0), 0x61]))
    await joined(one)
    const before = log.count('read')
    expect((await joined(one, { after: '5' })).recovered()).toBe(false)
    expect(log.count('read') - before).toBe(2)
  })

  test('may be ahead of a process that is slow', async () => {
    const shared = memoryLog()
    const log = new TestLog(shared)
    const [slow, fast] = [process(log), process(new TestLog(shared))]
    const ann = await joined(slow)
    const read = log.read.bind(log)
    let isHeld = true
    log.read = (topic, from, limit) =>
      isHeld && from === undefined ? Promise.reject(new Error('not yet')) : read(topic, from, limit)
    const ids = await tell(fast, 'a', 'b', 'c')
    const [ben, eve] = [
      await joined(slow, { after: ids[1] }),
      await joined(slow, { after: ids[2] }),
    ]
    expect([ben.recovered(), eve.recovered()]).toEqual([undefined, undefined])
    isHeld = false
    await slow.clock.advanceAsync(10_000)
    expect([ben.recovered(), ben.peer.shown()]).toEqual([true, ['1 3 c']])
    expect([eve.recovered(), eve.peer.shown()]).toEqual([true, []])
    expect(ann.peer.shown()).toEqual(['1 1 a', '1 2 b', '1 3 c'])
    await tell(slow, 'd')
    for (const { peer } of [ann, ben, eve]) expect(peer.shown()).toEqual(['1 4 d'])
  })

  test('hundreds at once, each with another id, share a few reads, and let others have a turn', async () => {
    const log = new TestLog()
    const before = process(log)
    const ids = await tell(before, ...Array.from({ length: 400 }, (_, i) => `text ${i}`))
    const one = process(log)
    const rigs = ids
      .map((id) => ({ id, ...rig() }))
      .sort(({ id: a }, { id: b }) => (a < b ? -1 : 1))
    const all = Promise.all(
      rigs.map(({ id, socket }) => one.rooms('tea').subscribe(socket, { after: id }).recovered),
    )
    let turns = 0
    let isDone = false
    void all.then(() => {
      isDone = true
    })
    for (; !isDone; turns++) {
      one.clock.advance(0)
      await settled()
      if (turns === 5) await before.rooms('tea').publish('meanwhile')
    }
    expect(new Set(await all)).toEqual(new Set([true]))
    await one.clock.advanceAsync(1_000)
    expect(turns).toBeGreaterThan(40)
    expect(log.count('read')).toBeLessThan(50)
    for (const { id, peer } of rigs) {
      const shown = peer.shown().map((line) => Number(line.split(' ')[1]))
      expect(shown).toEqual(Array.from({ length: 401 - Number(id) }, (_, i) => Number(id) + 1 + i))
    }
  })

  test('hundreds at once, most of them with ids that are gone or made up, share a few reads', async () => {
    const log = new TestLog()
    const before = process(log)
    const ids = await tell(before, ...Array.from({ length: 400 }, (_, i) => `text ${i}`))
    log.trim('tea', 50)
    log.calls.length = 0
    const one = process(log)
    const all = [...ids, ...Array.from({ length: 200 }, (_, i) => `x ${i}`)].map((after) => {
      const { socket, peer } = rig()
      return { after, peer, ...one.rooms('tea').subscribe(socket, { after, last: 2 }) }
    })
    let isDone = false
    void Promise.all(all.map(({ recovered }) => recovered)).then(() => {
      isDone = true
    })
    while (!isDone) {
      one.clock.advance(0)
      await settled()
    }
    expect(log.calls.length).toBeLessThan(30)
    await tell(one, 'end')
    for (const { after, peer, recovered } of all) {
      expect(await recovered).toBe(Number(after) > 350)
      const from = Number(after) > 350 ? Number(after) + 1 : 399
      const shown = peer.shown().map((line) => Number(line.split(' ')[1]))
      expect(shown).toEqual(Array.from({ length: 402 - from }, (_, i) => from + i))
    }
  })

  test('a thousand at once, all new, share one read', async () => {
    const log = new TestLog()
    const one = process(log)
    await tell(one, 'a', 'b', 'c')
    log.calls.length = 0
    const rigs = Array.from({ length: 1_000 }, () => rig())
    for (const [i, { socket }] of rigs.entries()) {
      one.rooms('tea').subscribe(socket, { last: 1 + (i % 2) })
    }
    await one.clock.advanceAsync(100)
    const counts = rigs.map(({ peer }) => peer.shown().length)
    expect(counts).toEqual(counts.map((_, i) => 1 + (i % 2)))
    expect(log.calls.filter((call) => call.startsWith('last'))).toEqual(['last 1', 'last 2'])
  })

  test('and leaves again meanwhile, gets nothing, and holds up nobody', async () => {
    const log = new TestLog()
    const one = process(log)
    await tell(one, 'a', 'b')
    const [ann, ben, eve] = [rig(), rig(), rig()]
    const tea = one.rooms('tea')
    const left = tea.subscribe(ann.socket, { after: '1' })
    const ended = tea.subscribe(ben.socket, { last: 5 })
    const stays = tea.subscribe(eve.socket, { after: '1' })
    left()
    ben.socket.terminate()
    expect(await Promise.all([left.recovered, ended.recovered, stays.recovered])).toEqual([
      false,
      false,
      true,
    ])
    const back = tea.subscribe(ann.socket, { after: '2' })
    expect(await back.recovered).toBe(true)
    await tell(one, 'c')
    expect([ann.peer.shown(), ben.peer.shown()]).toEqual([['1 3 c'], []])
    expect(eve.peer.shown()).toEqual(['1 2 b', '1 3 c'])
  })

  test('leaves a process that follows nothing any more, and has no timer left', async () => {
    const log = new TestLog()
    const one = process(log)
    const ann = await joined(one)
    expect([one.clock.pending, log.count('watch')]).toEqual([1, 1])
    ann.socket.terminate()
    await settled()
    expect([one.clock.pending, log.calls.at(-1)]).toEqual([0, 'unwatch'])
    const { length } = log.calls
    await one.clock.advanceAsync(60_000)
    expect(log.calls).toHaveLength(length)
  })

  test('while a message is given out, gets it if it was missed, and once', async () => {
    const log = new TestLog()
    const one = process(log)
    const tea = one.rooms('tea')
    const [ann, ben, eve] = [rig(), rig(), rig()]
    const nosy = decorate(ann.socket, {
      send: (message, next) => {
        if (message.text() === '2 b') {
          tea.subscribe(ben.socket)
          tea.subscribe(eve.socket, { after: '1' })
        }
        return next(message)
      },
    })
    await tea.subscribe(nosy).recovered
    await tell(one, 'a', 'b', 'c')
    expect(ann.peer.shown()).toEqual(['1 1 a', '1 2 b', '1 3 c'])
    expect([ben.peer.shown(), eve.peer.shown()]).toEqual([['1 3 c'], ['1 2 b', '1 3 c']])
  })

  test('while a message is given out that it says it has, does not get that again', async () => {
    const one = process(new TestLog())
    const tea = one.rooms('tea')
    const [ann, ben] = [rig(), rig()]
    const nosy = decorate(ann.socket, {
      send: (message, next) => {
        tea.unsubscribe(ben.socket)
        tea.subscribe(ben.socket, { after: message.text().split(' ')[0]! })
        return next(message)
      },
    })
    await tea.subscribe(nosy).recovered
    await tea.subscribe(ben.socket).recovered
    await tell(one, 'a')
    tea.unsubscribe(nosy)
    await tell(one, 'b')
    expect(ben.peer.shown()).toEqual(['1 2 b'])
  })

  test('has caught up once it was sent all of it, which may be later than it knows that it will be', async () => {
    const one = process(new TestLog())
    const [first] = await tell(one, ...Array.from({ length: 101 }, (_, i) => `${i}`.padEnd(2_048)))
    const [ann, ben, eve] = [rig(), rig(), rig()]
    const tea = one.rooms('tea')
    const told: string[] = []
    for (const [name, { socket }] of Object.entries({ ann, ben })) {
      const { recovered, caughtUp } = tea.subscribe(socket, { after: first })
      void recovered.then((value) => told.push(`${name} recovered ${value}`))
      void caughtUp.then((value) => told.push(`${name} caught up ${value}`))
    }
    await settled()
    expect(told).toEqual(['ann recovered true', 'ben recovered true'])
    expect(ann.peer.frames()).toHaveLength(64)
    ben.socket.terminate()
    await tell(one, 'last')
    expect(ann.peer.frames()).toEqual([])
    await one.clock.advanceAsync(0)
    expect(told.slice(2)).toEqual(['ben caught up false', 'ann caught up true'])
    expect(ann.peer.shown().at(-1)).toBe('1 102 last')
    expect(await tea.subscribe(ann.socket).caughtUp).toBe(false)
    expect(await tea.subscribe(eve.socket).caughtUp).toBe(true)
    const leave = tea.subscribe(rig().socket, { last: 3 })
    leave()
    expect(await leave.caughtUp).toBe(false)
  })

  test('is there before long, although something new comes with each read', async () => {
    const log = new TestLog()
    const [one, other] = [process(log), process(log)]
    const ann = await joined(one)
    await tell(one, 'a', 'b')
    const read = log.read.bind(log)
    let more = 200
    log.read = async (...args) => {
      if (more-- > 0) void other.rooms('tea').publish('more')
      return read(...args)
    }
    const ben = rig()
    let left = 0
    void one
      .rooms('tea')
      .subscribe(ben.socket, { after: '1' })
      .recovered.then(() => {
        left = more
      })
    await settled()
    expect(left).toBeGreaterThan(150)
    more = 0
    await tell(other, 'end')
    expect(ann.peer.shown().slice(1)).toEqual(ben.peer.shown())
  })
})

describe('a log that fails', () => {
  test('has publishing rejected and reported, with no unhandled rejection, and one that gives no id, too', async () => {
    const log = new TestLog()
    const one = process(log)
    log.down = new Error('away')
    const published = one.rooms('tea').publish('a')
    await settled()
    await expect(published).rejects.toBe(log.down)
    expect(one.errors).toEqual([log.down])
    const mute = process({ append: () => '', read: () => [], last: () => [] })
    await expect(mute.rooms('tea').publish('a')).rejects.toThrow(
      'append of a log has to return the id of the entry, a string of 1 to 256 characters',
    )
    await expect(process(log).rooms('tea').lastId()).rejects.toBe(log.down)
  })

  test('at first has those wait who subscribe, and is reported once', async () => {
    const log = new TestLog()
    const one = process(log)
    await tell(one, 'a', 'b')
    log.down = new Error('away')
    const [ann, ben] = [await joined(one, { after: '1' }), await joined(one, { last: 1 })]
    await one.clock.advanceAsync(32_000)
    expect([ann.recovered(), ben.recovered(), one.rooms('tea').size]).toEqual([
      undefined,
      undefined,
      2,
    ])
    expect(one.errors.map(({ message }) => message)).toEqual([
      "watching the log of the topic 'tea' has failed: away",
      "the log of the topic 'tea' cannot be read for now: away",
    ])
    log.down = undefined
    await one.clock.advanceAsync(10_000)
    expect([ann.recovered(), ben.recovered()]).toEqual([true, false])
    expect([ann.peer.shown(), ben.peer.shown()]).toEqual([['1 2 b'], ['1 2 b']])
    await tell(one, 'c')
    expect(ann.peer.shown()).toEqual(['1 3 c'])
  })

  test.each([{ after: '1' }, { last: 3 }])(
    'does not keep those who have left meanwhile: %o',
    async (options) => {
      const log = new TestLog()
      const one = process(log)
      const [ann] = [await joined(one), await tell(one, 'a', 'b')]
      log.down = new Error('away')
      // What is asked already is for somebody else.
      await joined(one, options)
      const reference = await (async () => {
        const ben = await joined(one, options)
        ben.socket.terminate()
        return new WeakRef(ben.socket)
      })()
      await settled()
      expect(await keptOf(reference)).toBeUndefined()
      expect(ann.socket.state).toBe('open')
    },
  )

  test('in the midst of it is followed from where it was, without gap or double', async () => {
    const shared = memoryLog()
    const log = new TestLog(shared)
    const [one, other] = [process(log), process(new TestLog(shared))]
    const ann = await joined(one)
    await tell(other, 'a')
    for (let i = 0; i < 2; i++) {
      log.down = new Error('away')
      await tell(other, 'b', 'c')
      await one.clock.advanceAsync(6_000)
      log.down = undefined
      await tell(other, 'd')
      await one.clock.advanceAsync(0)
    }
    expect(ann.peer.shown()).toEqual(
      ['a', 'b', 'c', 'd', 'b', 'c', 'd'].map((text, i) => `1 ${i + 1} ${text}`),
    )
    const what = "the log of the topic 'tea' cannot be read for now: away"
    expect(one.errors.map(({ message }) => message)).toEqual([what, what])
  })

  test('is asked at longer and longer intervals, and no more than every 5 s', async () => {
    const log = new TestLog()
    const one = process(log, { poll: 1_000_000 })
    log.down = new Error('away')
    await joined(one)
    const times: number[] = []
    for (
      let seen = log.count('last');
      one.clock.now() < 30_000;
      await one.clock.advanceAsync(100)
    ) {
      if (log.count('last') > seen) times.push(one.clock.now())
      seen = log.count('last')
    }
    expect(times).toEqual([100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300, 21_300, 26_300])
  })

  test.each([
    ['without watch', undefined],
    ['whose watch fails', () => Promise.reject(new Error('no watch'))],
    ['whose watch says nothing', () => () => {}],
    ['whose watch returns no function', () => Reflect.get({}, 'nothing')],
  ])('%s, is asked every so often', async (_, watch) => {
    const log = new TestLog()
    const { append, read, last } = log
    const one = process({
      append: append.bind(log),
      read: read.bind(log),
      last: last.bind(log),
      ...(watch && { watch }),
    })
    const ann = await joined(one)
    await tell(process(log), 'a')
    expect(ann.peer.shown()).toEqual([])
    await one.clock.advanceAsync(5_000)
    expect(ann.peer.shown()).toEqual(['1 1 a'])
    await tell(process(log), 'b')
    await one.clock.advanceAsync(5_000)
    expect(ann.peer.shown()).toEqual(['1 2 b'])
    // However often it is tried.
    expect(one.errors.length).toBeLessThan(2)
    ann.socket.terminate()
    const { length } = one.errors
    await joined(one)
    expect(one.errors).toHaveLength(2 * length)
  })

  test('and no longer has what comes next turns subscribers away, who find out when they come back', async () => {
    const shared = memoryLog()
    const log = new TestLog(shared)
    const [one, other] = [process(log), process(new TestLog(shared))]
    const ann = await joined(one)
    const session = sessionRig()
    await one.rooms('tea').subscribe(session.session).recovered
    await tell(one, 'a')
    for (const { peer } of [ann, session]) expect(peer.shown()).toEqual(['1 1 a'])
    log.down = new Error('away')
    await tell(other, 'b', 'c', 'd')
    log.trim('tea', 2)
    log.down = undefined
    await one.clock.advanceAsync(10_000)
    for (const { peer } of [ann, session]) {
      expect(
        peer.frames().map(({ opcode, payload }) => [opcode, ...payload.subarray(0, 2)]),
      ).toEqual([[8, 1013 >> 8, 1013 & 255]])
    }
    expect(one.errors.at(-1)?.message).toBe(
      "the log of the topic 'tea' no longer has the entry '1', after which it was to go on: messages may be missing",
    )
    const back = await joined(one, { after: '1', last: 1 })
    expect([back.recovered(), back.peer.shown()]).toEqual([false, ['1 4 d']])
  })

  test('and was emptied, or set back, is followed from its end on', async () => {
    for (const keep of [0, 2]) {
      const log = new TestLog()
      const one = process(log)
      const ann = await joined(one)
      const ids = await tell(one, 'a', 'b', 'c')
      expect(ann.peer.shown()).toHaveLength(3)
      // As if it had lost the newest: it has what comes before, and gives nothing from there on.
      let isBack = true
      const read = log.read.bind(log)
      log.read = async (topic, from, limit) =>
        isBack && from === ids[2] ? [] : read(topic, from, limit)
      log.last = async () => (keep === 0 ? [] : read('tea', ids[1], 1))
      if (keep === 0) log.trim('tea', 0)
      await one.clock.advanceAsync(5_000)
      expect(ann.socket.state).toBe('closing')
      isBack = false
      const ben = await joined(one, { after: ids[2] === undefined ? '' : 'x' })
      expect(ben.recovered()).toBe(false)
      const eve = await joined(one)
      await tell(one, 'd')
      expect(eve.peer.shown().at(-1)).toBe('1 4 d')
    }
  })

  test('and was emptied, knows nobody who has what it had, while it finds out', async () => {
    const shared = memoryLog()
    const log = new TestLog(shared)
    const one = process(log)
    const [ann, tea] = [await joined(one), one.rooms('tea')]
    const [id] = await tell(one, 'a')
    shared.trim('tea', 0)
    const answers: (() => void)[] = []
    const last = log.last.bind(log)
    log.last = async (...args) => {
      await new Promise<void>((resolve) => {
        answers.push(resolve)
      })
      return last(...args)
    }
    // Somebody who was not given anything yet keeps the topic alive.
    const { recovered } = tea.subscribe(rig().socket, { last: 1 })
    await one.clock.advanceAsync(5_000)
    expect(ann.socket.state).toBe('closing')
    const back = await joined(one, { after: id })
    expect(back.recovered()).toBeUndefined()
    log.last = last
    for (const answer of answers) answer()
    await one.clock.advanceAsync(1_000)
    expect([await recovered, back.recovered()]).toEqual([false, false])
  })

  test('that does not answer is reported after 30 s, and asked again', async () => {
    const log = new TestLog()
    const one = process(log)
    const ann = await joined(one)
    const read = log.read.bind(log)
    log.read = () => new Promise(() => {})
    await tell(one, 'a')
    await one.clock.advanceAsync(29_000)
    expect(one.errors).toEqual([])
    log.read = read
    await one.clock.advanceAsync(2_000)
    expect(one.errors.map(({ message }) => message)).toEqual([
      "the log of the topic 'tea' cannot be read for now: it has not answered for 30 s",
    ])
    expect(ann.peer.shown()).toEqual(['1 1 a'])
  })

  test('for what one peer has made up holds up nobody else', async () => {
    const log = new TestLog()
    const one = process(log)
    await joined(one)
    const [a, , c] = await tell(one, 'a', 'b', 'c')
    const read = log.read.bind(log)
    log.read = (topic, from, limit) =>
      from === 'x' ? Promise.reject(new Error('no uuid')) : read(topic, from, limit)
    const [eve, ann] = [await joined(one, { after: 'x', last: 1 }), await joined(one, { after: a })]
    await one.clock.advanceAsync(0)
    expect([eve.recovered(), eve.peer.shown()]).toEqual([false, [`1 ${c} c`]])
    expect([ann.recovered(), ann.peer.shown().length]).toEqual([true, 2])
    expect(one.errors[0]?.message).toMatch(/cannot be read for now: no uuid$/)
  })

  test('for one read after the other has those come back who have one of the newest entries', async () => {
    const log = new TestLog()
    const one = process(log)
    await joined(one)
    const [a] = await tell(one, 'a', 'b', 'c')
    const read = log.read.bind(log)
    log.read = (topic, from, limit) =>
      from === a ? Promise.reject(new Error('no')) : read(topic, from, limit)
    const ann = await joined(one, { after: a })
    expect([ann.recovered(), ann.peer.shown()]).toEqual([true, ['1 2 b', '1 3 c']])
  })

  test('for so many entries at once is asked for fewer', async () => {
    const log = new TestLog()
    const one = process(log)
    const ids = await tell(one, ...Array.from({ length: 100 }, (_, i) => `text ${i}`))
    const read = log.read.bind(log)
    log.read = async (...args) => {
      const entries = await read(...args)
      if (entries.length > 30) throw new Error('too large')
      return entries
    }
    const ann = await joined(one, { after: ids[0] })
    await one.clock.advanceAsync(1_000)
    expect([ann.recovered(), ann.peer.shown().length]).toEqual([true, 99])
    expect(one.errors.length).toBeLessThan(10)
  })

  test('for more of the newest entries is content with those that it gives', async () => {
    for (const limit of [30, 150]) {
      const log = new TestLog()
      const one = process(log)
      await tell(one, ...Array.from({ length: 300 }, (_, i) => `text ${i}`))
      const last = log.last.bind(log)
      log.last = async (topic, count) => {
        if (count > limit) throw new Error('too large')
        return last(topic, count)
      }
      const [ann, eve] = [await joined(one, { last: 300 }), await joined(one, { after: 'gone' })]
      await one.clock.advanceAsync(2_000)
      expect([ann.recovered(), eve.recovered()]).toEqual([false, false])
      const shown = ann.peer.shown()
      expect([shown.length > limit / 2, shown.length <= limit]).toEqual([true, true])
      expect(shown.at(-1)).toBe('1 300 text 299')
    }
  })

  test('is asked for a hundred topics at once, and for none that is left meanwhile', async () => {
    const log = new TestLog()
    const one = process(log)
    const answers: (() => void)[] = []
    log.delay = () =>
      new Promise<void>((resolve) => {
        answers.push(resolve)
      })
    const sockets = Array.from({ length: 300 }, (_, i) => {
      const { socket } = rig()
      one.rooms(`tea ${i}`).subscribe(socket)
      return socket
    })
    await settled()
    expect(log.count('last')).toBe(100)
    for (const socket of sockets.slice(50)) socket.terminate()
    log.delay = async () => {}
    for (const answer of answers) answer()
    await settled()
    await tell(one, 'a')
    expect(log.count('last')).toBe(100)
    expect(one.errors).toEqual([])
  })

  test('that returns what are no entries is reported, and asked again', async () => {
    for (const wrong of [
      undefined,
      7,
      [7],
      [{ id: 1, payload: new Uint8Array() }],
      [{ id: 'x' }],
    ]) {
      const log = new TestLog()
      const one = process(log)
      const last = log.last.bind(log)
      log.last = async () => wrong as []
      const ann = await joined(one, { last: 5 })
      expect(one.errors.map(({ message }) => message)).toEqual([
        "the log of the topic 'tea' cannot be read for now: last of a log has to return an array of entries, each with an id and a Uint8Array as payload",
      ])
      log.last = last
      await one.clock.advanceAsync(1_000)
      expect(ann.recovered()).toBe(false)
    }
  })

  test('that answers at once lets others have a turn after every hundred entries', async () => {
    const log = memoryLog()
    const [one, other] = [process({ ...log, watch: undefined }), process(log)]
    await tell(other, 'first')
    const ann = await joined(one)
    for (let i = 0; i < 1_000; i++) void other.rooms('tea').publish(`${i}`)
    one.clock.advance(5_000)
    const counts: number[] = []
    while (counts.at(-1) !== 0) {
      await settled()
      counts.push(ann.peer.shown().length)
      one.clock.advance(0)
    }
    expect(counts).toEqual([...Array(10).fill(100), 0])
  })

  test('that does not know where it was is not asked without a pause', async () => {
    const log = new TestLog()
    const one = process(log)
    await tell(one, ...Array.from({ length: 150 }, (_, i) => `${i}`))
    await joined(one)
    const read = log.read.bind(log)
    log.read = (topic, _, limit) => read(topic, undefined, limit)
    const before = log.count('read')
    await one.clock.advanceAsync(6_000)
    expect(log.count('read') - before).toBeLessThan(50)
    expect(one.errors.length).toBeLessThan(50)
  })

  test('that contradicts itself is not asked without a pause', async () => {
    const log = new TestLog()
    const one = process(log)
    await tell(one, 'a', 'b')
    const ann = await joined(one)
    const read = log.read.bind(log)
    // One copy that is behind another one.
    log.last = async () => [{ id: '9', payload: new Uint8Array([1, 1, ...Array(16).fill(0)]) }]
    const odd = (): LogEntry[] => {
      log.calls.push('odd')
      return [{ id: '9', payload: new Uint8Array() }]
    }
    log.read = async (topic, from, limit) => (from === '9' ? odd() : read(topic, from, limit))
    const ben = await joined(one, { last: 3 })
    const asked = log.calls.length
    await one.clock.advanceAsync(1_000)
    expect(log.calls.length - asked).toBeLessThan(50)
    expect([ben.recovered(), ann.socket.state]).toEqual([undefined, 'open'])
  })
})
