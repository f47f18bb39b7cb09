import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { Archive } from '../../src/topics/archive.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { keptOf } from '../support/collect-garbage.ts'

const AGE = 1_000
const BOUNDS = { messages: 10, bytes: 1_000, age: AGE }

/** No topic has subscribers. */
const nobody = (): boolean => false

/** Publishes a text. Returns its id. */
function keep(archive: Archive, topic: string, text: string): string {
  let given = ''
  const numbered = archive.compose((id) => {
    given = id
    return WsMessage.text(text)
  })
  archive.keep(topic, numbered)
  return given
}

function textsAfter(archive: Archive, topic: string, id: string): readonly string[] | undefined {
  return archive.after(topic, id)?.map((message) => message.text())
}

describe('an archive', () => {
  test.each([['by its timer'], ['by what is published, where its timer is lost']])(
    'lets go of what is too old %s',
    async (how) => {
      const clock = new VirtualClock()
      const lost = { now: () => clock.now(), after: () => () => {} }
      const archive = new Archive(BOUNDS, how === 'by its timer' ? clock : lost, nobody)
      const reference = (() => {
        const numbered = archive.compose(() => WsMessage.text('a'))
        archive.keep('tea', numbered)
        return new WeakRef(numbered.message)
      })()
      expect(await keptOf(reference)).toBeDefined()
      clock.advance(2 * AGE)
      if (how !== 'by its timer') keep(archive, 'coffee', 'x')
      expect(await keptOf(reference)).toBeUndefined()
      expect(clock.pending).toBe(0)
    },
  )

  test('looks for what is too old once a second at most, however short the age is', () => {
    const clock = new VirtualClock()
    const archive = new Archive({ ...BOUNDS, age: 0 }, clock, () => true)
    keep(archive, 'tea', 'a')
    const sweeps = vi.spyOn(clock, 'after')
    clock.advance(10_000)
    expect(sweeps).toHaveBeenCalledTimes(10)
  })

  test('keeps one timer, as long as anything is kept', () => {
    const clock = new VirtualClock()
    const archive = new Archive(BOUNDS, clock, nobody)
    expect(clock.pending).toBe(0)
    for (let i = 0; i < 20; i++) {
      keep(archive, `topic ${i}`, 'a')
      clock.advance(AGE / 4)
      expect(clock.pending).toBe(1)
    }
    clock.advance(2 * AGE)
    expect(clock.pending).toBe(0)
    keep(archive, 'tea', 'b')
    expect(clock.pending).toBe(1)
  })

  test('keeps one timer where something is published when that is due, and before it fires', () => {
    const clock = new VirtualClock()
    const late = {
      now: () => clock.now(),
      after: (delay: number, fn: () => void) => clock.after(delay + 10, fn),
    }
    const archive = new Archive(BOUNDS, late, nobody)
    for (let i = 0; i < 20; i++) {
      keep(archive, 'tea', 'a')
      expect(clock.pending).toBe(1)
      clock.advance(AGE)
    }
  })

  test('keeps nothing of topics that somebody only asks for', () => {
    const clock = new VirtualClock()
    const archive = new Archive(BOUNDS, clock, nobody)
    const { lastId: id } = archive
    expect([archive.after('tea', id), archive.last('tea', 9), clock.pending]).toEqual([[], [], 0])
  })

  test('keeps ids good for their age, whatever becomes of other topics', () => {
    const clock = new VirtualClock()
    const archive = new Archive(BOUNDS, clock, nobody)
    const old = keep(archive, 'tea', 'a')
    clock.advance(AGE - 1)
    const young = keep(archive, 'coffee', 'x')
    clock.advance(1)
    // Nothing was published to it, and it is not there any more.
    keep(archive, 'milk', 'too large '.repeat(1_000))
    clock.advance(AGE - 2)
    expect(textsAfter(archive, 'tea', old)).toEqual([])
    expect(textsAfter(archive, 'tea', young)).toEqual([])
    expect(textsAfter(archive, 'milk', young)).toBeUndefined()
    clock.advance(2 * AGE)
    expect(textsAfter(archive, 'tea', old)).toBeUndefined()
  })

  test('mistakes no id for one from before it forgot the topic', () => {
    const clock = new VirtualClock()
    const archive = new Archive(BOUNDS, clock, nobody)
    const a = keep(archive, 'tea', 'a')
    const b = keep(archive, 'tea', 'b')
    clock.advance(3 * AGE)
    expect([textsAfter(archive, 'tea', a), textsAfter(archive, 'tea', b)]).toEqual([undefined, []])
    keep(archive, 'tea', 'c')
    expect([textsAfter(archive, 'tea', a), textsAfter(archive, 'tea', b)]).toEqual([
      undefined,
      ['c'],
    ])
  })

  test('has ids that are higher than those of any that was made before', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const ids = Array.from({ length: 20 }, () => {
      vi.setSystemTime(Date.now() + 1)
      const archive = new Archive(BOUNDS, new VirtualClock(), nobody)
      return [keep(archive, 'tea', 'a'), keep(archive, 'tea', 'b')]
    }).flat()
    expect(ids.toSorted()).toEqual(ids)
  })

  test('that keeps nothing at all knows that', () => {
    const clock = new VirtualClock()
    const archive = new Archive({ ...BOUNDS, age: 0 }, clock, nobody)
    const a = keep(archive, 'tea', 'a')
    const b = keep(archive, 'tea', 'b')
    expect([textsAfter(archive, 'tea', a), textsAfter(archive, 'tea', b)]).toEqual([undefined, []])
    clock.advance(2_000)
    expect(clock.pending).toBe(0)
  })
})
