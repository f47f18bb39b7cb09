import { describe, expect, test } from 'vitest'
import { Latin1Holder } from '../../../src/node/bytes/latin1-holder.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'

const every = Uint8Array.from({ length: 256 }, (_, i) => i)

describe('held bytes', () => {
  test('are written as they came, every octet', () => {
    const held = new Latin1Holder().hold(every, 0, 256)!
    const target = new Uint8Array(300)
    held.write(target, 20)
    expect(held.length).toBe(256)
    expect(target.subarray(20, 276)).toEqual(every)
    expect([target[19], target[276]]).toEqual([0, 0])
  })

  test('are a copy: the buffer they came in may be used again', () => {
    const read = every.slice()
    const held = new Latin1Holder().hold(read, 100, 200)!
    read.fill(0)
    expect(held.bytes()).toEqual(every.slice(100, 200))
  })

  test('may be many, at any place of the buffer they came in', () => {
    const read = Uint8Array.from({ length: 200_010 }, (_, i) => i % 251)
    for (const end of [65_546, 65_547, 131_082, 200_007]) {
      const holder = new Latin1Holder()
      const held = holder.hold(read, 10, end)!
      const target = new Uint8Array(end)
      held.write(target, 10)
      expect(held.length).toBe(end - 10)
      expect(Buffer.compare(target.subarray(10), read.subarray(10, end))).toBe(0)
      expect(Buffer.compare(held.bytes(), read.subarray(10, end))).toBe(0)
      expect(holder.hold(read, 10, end)).toBeUndefined()
    }
  })

  test('make a buffer of exactly their size', () => {
    const held = new Latin1Holder().hold(every, 1, 101)!
    expect(held.bytes().buffer.byteLength).toBe(100)
  })
})

describe('a holder', () => {
  test('holds nothing small', () => {
    const holder = new Latin1Holder()
    expect(holder.hold(every, 0, 64)).toBeUndefined()
    expect(holder.hold(every, 0, 65)).toBeDefined()
  })

  test('holds no more once somebody wanted the bytes', () => {
    const holder = new Latin1Holder()
    const first = WsMessage.holding(holder.hold(every, 0, 256)!)
    const second = holder.hold(every, 0, 256)
    expect(second).toBeDefined()
    expect(first.bytes()).toEqual(every)
    expect(first.bytes()).toBe(first.bytes())
    expect(first.held).toBeUndefined()
    expect(holder.hold(every, 0, 256)).toBeUndefined()
  })

  test('gathers no more once somebody wanted bytes', () => {
    const holder = new Latin1Holder()
    const contents: Uint8Array[] = []
    const gather = () => holder.gather((held) => contents.push(held.bytes()))
    const pieces = gather()!
    pieces.append(every, 0, 256)
    expect(gather()).toBeDefined()
    pieces.finish(false)
    expect(contents).toEqual([every])
    expect(gather()).toBeUndefined()
  })
})
