import { describe, expect, it } from 'vitest'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { BinaryFrame, type Frame } from '../../../src/protocol/frame/frame.ts'
import {
  type MessageContent as Content,
  lentBytes,
  messageFrame,
} from '../../../src/protocol/frame/message-frame.ts'
import { held } from '../../support/held.ts'
import { bytes, hex } from '../../support/hex.ts'

describe('a frame to keep', () => {
  const own = (content: Content): Frame => messageFrame(content, -1, undefined, portablePorts)

  it('has text as it is, and copies of bytes', () => {
    expect(own('é').data).toEqual(bytes('c3a9'))
    for (const given of [bytes('01 02'), held(bytes('01 02'), true)]) {
      const frame = own(given)
      if (given instanceof Uint8Array) given.fill(0)
      expect(frame).toEqual(new BinaryFrame(bytes('01 02')))
    }
  })
})

describe('a lent frame', () => {
  const scratch = new Uint8Array(6)
  const lent = (content: Content, byteLength = -1): Frame =>
    messageFrame(content, byteLength, scratch, portablePorts)
  const inScratch = ({ data }: Frame): boolean => data.buffer === scratch.buffer

  it.each([
    ['of unknown length that surely fits', 'éa', -1, true],
    ['of unknown length that may not fit', 'abc', -1, false],
    ['that is known to fit', 'abcdé', 6, true],
    ['that is known not to', 'abcdefg', 7, false],
  ])('has text %s where it belongs', (_, text, byteLength, fits) => {
    const frame = lent(text, byteLength)
    expect(frame.type).toBe('text')
    expect(new TextDecoder().decode(frame.data)).toBe(text)
    expect(inScratch(frame)).toBe(fits)
  })

  it('has held bytes that nobody asks for, in memory of their own if there are too many', () => {
    const [few, many] = [bytes('01 02 03 04 05 06'), bytes('01 02 03 04 05 06 07')]
    expect(lent(held(few))).toEqual(new BinaryFrame(few))
    expect(inScratch(lent(held(few)))).toBe(true)
    expect(lent(held(many))).toEqual(new BinaryFrame(many))
    expect(inScratch(lent(held(many)))).toBe(false)
  })

  it('has the very bytes that are given, and those of a Buffer in no Buffer', () => {
    const given = Buffer.from([0xff, 1, 2, 0xff]).subarray(1, 3)
    const { data } = lent(given)
    given[0] = 9
    expect(data).toEqual(bytes('09 02'))
    expect(data.constructor).toBe(Uint8Array)
  })
})

it('bytes that other threads may change are copied, not lent', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4))
  shared.set([1, 2, 3, 4])
  const copy = lentBytes(shared, 1, 3)
  shared.fill(0)
  expect(hex(copy)).toBe('0203')
  expect(copy.buffer).toBeInstanceOf(ArrayBuffer)
})
