import { describe, expect, test } from 'vitest'
import { asRemark, content, isContent, numberOf, remark } from '../../soak/content.ts'
import { Latencies, merged } from '../../soak/latencies.ts'
import type { Sample } from '../../soak/server.ts'
import { newTally, Sequence } from '../../soak/tally.ts'
import { type Course, faultsOf } from '../../soak/verdict.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'

const MIB = 2 ** 20

/** A server that holds so many MiB, and the same resident. */
function sample(mib: number, sockets = 0): Sample {
  return { heap: mib * MIB, rss: mib * MIB, handles: 2 + sockets, sockets }
}

const sound: Course = {
  idle: sample(10),
  early: sample(50, 100),
  late: sample(50, 100),
  after: sample(12),
}

describe('a sequence', () => {
  test('tells what is lost and what comes out of order', () => {
    const tally = newTally()
    const sequence = new Sequence(tally)
    const taken = [0, 1, 4, 3, 4, 5].filter((n) => sequence.take(n))
    expect(taken).toEqual([0, 1, 4, 5])
    expect(tally).toMatchObject({ lost: 2, reordered: 2 })
    sequence.skipTo(9)
    expect(tally.lost).toBe(5)
  })
})

describe('a verdict', () => {
  test('is empty when all is well', () => {
    expect(faultsOf({ ...newTally(), echoes: 1_000 }, 0, [sound])).toEqual([])
  })

  test.each([
    [{ lost: 3 }, {}, '3 messages were lost'],
    [{ reordered: 1 }, {}, '1 messages came out of order'],
    [{ dropped: 2 }, {}, '2 connections ended unasked'],
    [{}, { late: sample(64, 100) }, 'the heap under load grew from 50.0 MiB to 64.0 MiB'],
    [{}, { late: { ...sample(50, 100), rss: 200 * MIB } }, 'resident memory under load grew'],
    [{}, { after: sample(27) }, 'the heap after the last connection grew'],
    [{}, { after: sample(12, 1) }, '1 handles are left over'],
  ])('sees %j and %j', (seen, course, fault) => {
    const faults = faultsOf({ ...newTally(), ...seen }, 0, [{ ...sound, ...course }])
    expect(faults.join('\n')).toContain(fault)
  })
})

describe('numbered messages', () => {
  test('are known by their number and every byte', () => {
    for (const n of [0, 1, 10, 11, 100, 201, 100_000]) {
      const message = WsMessage.of(content(n))
      expect(numberOf(message)).toBe(n)
      expect(isContent(message, n)).toBe(true)
      expect(isContent(message, n + 2)).toBe(false)
      expect(asRemark(message)).toBeUndefined()
    }
    const changed = content(1) as Uint8Array
    changed[10]! ^= 1
    expect(isContent(WsMessage.of(changed), 1)).toBe(false)
  })

  test('are told from remarks', () => {
    expect(asRemark(WsMessage.text(remark('cast', 12, 30)))).toEqual({ word: 'cast', n: 12 })
    expect(isContent(WsMessage.text('what?'), Number.NaN)).toBe(false)
  })
})

test('latencies of several processes make one distribution, exact to 5 %', () => {
  const [fast, slow] = [new Latencies(), new Latencies()]
  for (let i = 0; i < 90; i++) fast.add(1)
  for (let i = 0; i < 10; i++) slow.add(50)
  const all = merged([fast.counts, slow.counts])
  expect(all.percentile(50)).toBeCloseTo(1, 1)
  expect(all.percentile(99) / 50).toBeCloseTo(1, 1)
  expect(new Latencies().percentile(99)).toBe(0)
})
