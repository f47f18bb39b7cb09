import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { encodeFrame } from '../../../src/protocol/frame/frame-header.ts'
import { FrameWriter } from '../../../src/protocol/frame/frame-writer.ts'
import { ByteCollector } from '../../support/byte-collector.ts'
import { anyString } from '../../support/header-arbitraries.ts'
import { held } from '../../support/held.ts'
import { bytes, hex } from '../../support/hex.ts'
import { decodeWire, encodeWire } from '../../support/wire.ts'

function writer(masking = false): { output: ByteCollector; writer: FrameWriter } {
  const output = new ByteCollector()
  return { output, writer: new FrameWriter(output, portablePorts, masking) }
}

describe('FrameWriter', () => {
  it('writes text whose length is known, and text whose length is not, alike', () => {
    const texts = fc.oneof(
      anyString,
      // Around the lengths at which the header grows: 125 and 65535 octets.
      fc
        .tuple(fc.constantFrom('a', 'é', '€', '😀'), fc.constantFrom(30, 41, 42, 62, 63, 125, 126))
        .map(([character, count]) => character.repeat(count)),
      fc.constantFrom('a'.repeat(8192), '€'.repeat(8192), 'é'.repeat(8193), 'a'.repeat(65_536)),
    )
    fc.assert(
      fc.property(texts, fc.boolean(), (text, masking) => {
        const content = new TextEncoder().encode(text)
        for (const length of [-1, content.length]) {
          const { output, writer: one } = writer(masking)
          one.text(text, length)
          const written = output.take()
          const [frame] = decodeWire(written)
          expect(Buffer.compare(frame!.payload, content)).toBe(0)
          expect(frame!.key !== undefined).toBe(masking)
          const same = encodeWire({
            opcode: 1,
            payload: content,
            ...(frame!.key && { key: frame!.key }),
          })
          expect(Buffer.compare(written, same)).toBe(0)
        }
      }),
    )
  })

  it('writes large text in pieces, none of which cuts a character', () => {
    const texts = ['a', '€', '😀', 'a😀', '\u{d83d}'].map((text) =>
      `-${text}`.repeat(260_000 / Buffer.byteLength(`-${text}`)),
    )
    for (const text of [...texts, `${'x'.repeat(260_000)}\u{d83d}`]) {
      const content = new TextEncoder().encode(text)
      for (const masking of [false, true]) {
        const { output, writer: one } = writer(masking)
        one.text(text, -1)
        expect(Math.max(...output.reserved)).toBeLessThanOrEqual(65_536)
        const [frame] = decodeWire(output.take())
        expect([frame!.fin, frame!.opcode]).toEqual([true, 1])
        expect(Buffer.compare(frame!.payload, content)).toBe(0)
      }
    }
  })

  it('writes a copy of a large payload in pieces', () => {
    const content = Uint8Array.from({ length: 300_001 }, (_, i) => i % 251)
    for (const masking of [false, true]) {
      const { output, writer: one } = writer(masking)
      const payload = content.slice()
      one.payload(0x82, payload)
      payload.fill(0)
      expect(Math.max(...output.reserved)).toBeLessThanOrEqual(65_536)
      expect(Buffer.compare(decodeWire(output.take())[0]!.payload, content)).toBe(0)
    }
  })

  it('writes a copy of a payload, masked in the output alone', () => {
    for (const masking of [false, true]) {
      const { output, writer: one } = writer(masking)
      const payload = bytes('01 02 03')
      one.payload(0x82, payload)
      expect(payload).toEqual(bytes('01 02 03'))
      payload.fill(0)
      expect(decodeWire(output.take())).toMatchObject([
        { fin: true, opcode: 2, payload: bytes('01 02 03') },
      ])
      expect(output.appended).toEqual([])
    }
  })

  it('writes bytes that are held in parts, one by one when they are many', () => {
    const content = Uint8Array.from({ length: 300_001 }, (_, i) => i % 251)
    const cuts = [0, 7, 65_543, 65_543, 131_072, 300_001]
    const parts = cuts.slice(1).map((end, i) => held(content.slice(cuts[i], end)))
    const whole = { ...held(content), parts }
    for (const masking of [false, true]) {
      const { output, writer: one } = writer(masking)
      one.payload(0x82, whole)
      one.payload(0x82, held(content))
      one.payload(0x82, { ...held(content.slice(0, 100)), parts: [held(bytes('01'))] })
      const [large, single, small] = decodeWire(output.take())
      expect(Buffer.compare(large!.payload, content)).toBe(0)
      expect(Buffer.compare(single!.payload, content)).toBe(0)
      expect(Buffer.compare(small!.payload, content.subarray(0, 100))).toBe(0)
    }
  })

  it('gives a part that has memory of its own by reference, unless it is masked', () => {
    const content = Uint8Array.from({ length: 300_001 }, (_, i) => i % 251)
    const own = content.slice(100_000, 300_000)
    const parts = [
      held(content.slice(0, 100_000)),
      { ...held(own), buffer: own },
      held(content.slice(300_000)),
    ]
    for (const masking of [false, true]) {
      const { output, writer: one } = writer(masking)
      one.payload(0x82, { ...held(content), parts })
      expect(output.appended.map((appended) => appended === own)).toEqual(masking ? [] : [true])
      expect(Buffer.compare(decodeWire(output.take())[0]!.payload, content)).toBe(0)
      expect(Buffer.compare(own, content.subarray(100_000, 300_000))).toBe(0)
    }
  })

  it('gives a payload by reference, unless it is masked', () => {
    const payload = bytes('01 02 03')
    const open = writer()
    open.writer.reference(0x82, payload)
    expect(open.output.appended[0]).toBe(payload)
    expect(hex(open.output.take())).toBe(hex('82 03 010203'))
    const masked = writer(true)
    masked.writer.reference(0x82, payload)
    expect(masked.output.appended).toEqual([])
    expect(decodeWire(masked.output.take())).toMatchObject([{ payload: bytes('01 02 03') }])
    expect(payload).toEqual(bytes('01 02 03'))
  })

  it('gives a frame that was encoded before by reference', () => {
    const frame = encodeFrame(1, bytes('61'))
    const { output, writer: one } = writer()
    one.encoded(frame)
    expect(output.appended[0]).toBe(frame)
    expect(hex(output.take())).toBe(hex('81 01 61'))
  })

  it('writes fragments after the first as continuations, also when it masks (B11)', () => {
    for (const masking of [false, true]) {
      const { output, writer: one } = writer(masking)
      expect(one.fragmenting).toBe(false)
      one.frame(new Frame.Binary(bytes('01'), false))
      expect(one.fragmenting).toBe(true)
      one.frame(new Frame.Ping(bytes('70')))
      one.frame(new Frame.Binary(bytes('02')))
      expect(one.fragmenting).toBe(false)
      expect(decodeWire(output.take())).toMatchObject([
        { fin: false, opcode: 2, payload: bytes('01') },
        { fin: true, opcode: 9, payload: bytes('70') },
        { fin: true, opcode: 0, payload: bytes('02') },
      ])
    }
  })

  it('masks each frame with a key of its own', () => {
    const { output, writer: one } = writer(true)
    for (let i = 0; i < 20; i++) one.text('a', -1)
    const keys = decodeWire(output.take()).map(({ key }) => hex(key!))
    expect(new Set(keys).size).toBe(20)
  })

  it('masks from when it is told to', () => {
    const { output, writer: one } = writer()
    one.text('a', -1)
    one.masking = true
    one.text('a', -1)
    one.masking = false
    one.text('a', -1)
    expect(decodeWire(output.take()).map(({ key }) => key !== undefined)).toEqual([
      false,
      true,
      false,
    ])
  })
})
