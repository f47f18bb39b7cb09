import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { FrameParser } from '../../../src/protocol/frame/frame-parser.ts'
import { Serializer } from '../../../src/protocol/frame/serializer.ts'
import { SimpleFrameCollector } from '../../../src/protocol/frame/simple-frame-collector.ts'
import { bytes, hex, joined } from '../../support/hex.ts'
import { messages } from '../../support/messages.ts'
import { showFrame } from '../../support/show-frame.ts'
import { decodeWire } from '../../support/wire.ts'

/** All bytes, taken in buffers of `size`. */
function drain(serializer: Serializer, size = 100_000): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = []
  while (serializer.hasOutstandingBytes) {
    const target = new Uint8Array(size)
    const end = serializer.serialize(target)
    if (end === 0) throw new Error(`no header fits in ${size} bytes`)
    pieces.push(target.subarray(0, end))
  }
  return joined(...pieces)
}

function serialized(...frames: readonly Frame[]): Uint8Array<ArrayBuffer> {
  const serializer = new Serializer()
  for (const frame of frames) serializer.enqueue(frame)
  return drain(serializer)
}

/** Frames out of bytes, by the parser and the collector alone. */
function parsed(content: Uint8Array): Frame[] {
  const parser = new FrameParser()
  const collector = new SimpleFrameCollector()
  const frames: Frame[] = []
  for (let offset = 0; offset < content.length || parser.bodyReady; ) {
    if (!parser.bodyReady) {
      offset = parser.frame(content, offset, content.length)
      expect(parser.violation).toBeUndefined()
      collector.start(parser.length)
    }
    offset = collector.handle(content, offset, content.length)
    if (collector.hasRemaining) throw new Error('the bytes end within a frame')
    const { fin, frameType, rsv1, rsv2, rsv3, maskKey } = parser
    frames.push(Frame.byType(fin, frameType, collector.take(maskKey), rsv1, rsv2, rsv3))
    parser.bodyComplete()
  }
  return frames
}

describe('Serializer', () => {
  it('writes frames one after the other', () => {
    const written = serialized(
      new Frame.Text('Hello'),
      new Frame.Binary(bytes('01 02')),
      new Frame.Ping(),
      new Frame.Close(new CloseReason(1000)),
    )
    expect(hex(written)).toBe(hex('81 05 48656c6c6f  82 02 0102  89 00  88 02 03e8'))
  })

  it('writes a big frame, then Close, whole', () => {
    const written = serialized(
      new Frame.Binary(new Uint8Array(65_535)),
      new Frame.Close(new CloseReason(1000)),
    )
    expect(written.length).toBe(4 + 65_535 + 4)
    expect(hex(written.subarray(0, 4))).toBe(hex('82 7e ffff'))
    expect(hex(written.subarray(-4))).toBe(hex('88 02 03e8'))
  })

  it.each([0xc123, 0xcdef])('writes %i bytes: a length with its highest bit set', (length) => {
    const [frame] = decodeWire(serialized(new Frame.Binary(new Uint8Array(length))))
    expect(frame?.payload.length).toBe(length)
  })

  it('writes fragments after the first as continuations (B11)', () => {
    const written = serialized(
      new Frame.Text('a', false),
      new Frame.Ping(),
      new Frame.Text('b', false),
      new Frame.Text('c'),
    )
    expect(hex(written)).toBe(hex('01 01 61  89 00  00 01 62  80 01 63'))
  })

  it('fills a buffer as far as it goes, and never splits a header', () => {
    const serializer = new Serializer()
    serializer.enqueue(new Frame.Text('Hello'))
    serializer.enqueue(new Frame.Binary(new Uint8Array(126).fill(1)))
    const target = new Uint8Array(10)
    expect(serializer.serialize(target, 0, 1)).toBe(0)
    expect(serializer.serialize(target, 2, 6)).toBe(6)
    expect(hex(target)).toBe(hex('0000 8105 4865 0000 0000'))
    expect(serializer.serialize(target, 0, 6)).toBe(3)
    expect(hex(target.subarray(0, 3))).toBe(hex('6c6c6f'))
    expect(serializer.serialize(target, 0, 4)).toBe(4)
    expect(hex(target.subarray(0, 4))).toBe(hex('827e007e'))
    expect(serializer.hasOutstandingBytes).toBe(true)
    expect(drain(serializer)).toEqual(new Uint8Array(126).fill(1))
    expect(serializer.serialize(target)).toBe(0)
  })

  it('masks a copy, never the payload itself', () => {
    const serializer = new Serializer(true)
    const payload = bytes('01 02 03 04 05')
    serializer.enqueue(new Frame.Binary(payload))
    const [frame] = decodeWire(drain(serializer))
    expect(frame?.key).toBeDefined()
    expect(frame?.payload).toEqual(bytes('01 02 03 04 05'))
    expect(payload).toEqual(bytes('01 02 03 04 05'))
  })

  it('masks the frames that are begun while it is told to', () => {
    const serializer = new Serializer()
    for (let i = 0; i < 3; i++) serializer.enqueue(new Frame.Binary(bytes('01 02 03')))
    const target = new Uint8Array(100)
    let end = serializer.serialize(target, 0, 4)
    serializer.masking = true
    end = serializer.serialize(target, end, end + 5)
    expect(end, 'the rest of the first, and no room for a header with a key').toBe(5)
    end = serializer.serialize(target, end, end + 9)
    serializer.masking = false
    end = serializer.serialize(target, end)
    const frames = decodeWire(target.subarray(0, end))
    expect(frames.map(({ key }) => key !== undefined)).toEqual([false, true, false])
    expect(frames.every(({ payload }) => hex(payload) === '010203')).toBe(true)
  })

  it.each([undefined, 'x', {}])('refuses %o, which is no frame', (given: unknown) => {
    const serializer = new Serializer()
    expect(() => serializer.enqueue(given as Frame)).toThrow(
      new TypeError('a frame is made by Frame.Text and the like'),
    )
    expect(serializer.hasOutstandingBytes).toBe(false)
  })

  it('holds 1024 frames, and says so when it is full', () => {
    const serializer = new Serializer()
    expect(serializer.remainingCapacity).toBe(1024)
    for (let i = 0; i < 1024; i++) serializer.enqueue(new Frame.Ping())
    expect(serializer.remainingCapacity).toBe(0)
    expect(() => serializer.enqueue(new Frame.Ping())).toThrow(
      new RangeError('at most 1024 frames wait in a serializer: serialize some first'),
    )
    serializer.serialize(new Uint8Array(2))
    expect(serializer.remainingCapacity).toBe(1)
  })

  it('takes no data frame of another type in the middle of a message, and goes on without it', () => {
    const serializer = new Serializer()
    serializer.enqueue(new Frame.Text('a', false))
    expect(() => serializer.enqueue(new Frame.Binary(bytes('01')))).toThrow(
      new TypeError('a binary frame within another message: send its last fragment first'),
    )
    serializer.enqueue(new Frame.Text('b'))
    expect(hex(drain(serializer))).toBe(hex('01 01 61  80 01 62'))
  })

  it('is undone by parser and collector: any frames, masked or not, buffers of any size', () => {
    fc.assert(
      fc.property(messages, fc.boolean(), fc.integer({ min: 14, max: 300 }), (all, mask, size) => {
        const frames = all.flat()
        const serializer = new Serializer(mask)
        for (const frame of frames) serializer.enqueue(frame)
        const written = drain(serializer, size)
        expect(decodeWire(written).every(({ key }) => (key !== undefined) === mask)).toBe(true)
        expect(parsed(written).map(showFrame)).toEqual(frames.map(showFrame))
      }),
    )
  })
})
