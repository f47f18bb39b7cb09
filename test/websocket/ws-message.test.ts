import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedFrames } from '../../src/websocket/shared-frames.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { anyString } from '../support/header-arbitraries.ts'
import { held } from '../support/held.ts'
import { bytes, hex } from '../support/hex.ts'
import { anyText } from '../support/text.ts'

describe('WsMessage', () => {
  it('of text has its bytes in UTF-8', () => {
    const message = WsMessage.text('é€')
    expect(message.mode).toBe('text')
    expect(message.text()).toBe('é€')
    expect(message.bytes()).toEqual(bytes('c3a9 e282ac'))
    expect(message.bytes()).toBe(message.bytes())
    expect(message.byteLength).toBe(5)
  })

  it('of bytes has their text, and refuses what is not UTF-8', () => {
    const message = WsMessage.binary(bytes('c3a9 e282ac'))
    expect(message.mode).toBe('binary')
    expect(message.text()).toBe('é€')
    expect(message.byteLength).toBe(5)
    expect(() => WsMessage.binary(bytes('61 ff')).text()).toThrow(TypeError)
  })

  it('of held bytes asks for them once, and only when somebody asks', () => {
    const message = WsMessage.holding(held(bytes('c3a9'), true))
    expect([message.mode, message.byteLength, message.knownLength]).toEqual(['binary', 2, 2])
    expect(message.held).toBeDefined()
    expect(message.text()).toBe('é')
    expect(message.held).toBeUndefined()
    expect(message.bytes()).toBe(message.bytes())
    expect(
      WsMessage.holding(held(bytes('00'), true))
        .with()
        .bytes(),
    ).toEqual(bytes('00'))
  })

  it('of text that is held asks for it as text, where that can be had, or else for its bytes', () => {
    const ascii = WsMessage.holding({ ...held(bytes('6162')), text: () => 'ab' }, 'text')
    expect([ascii.mode, ascii.text(), ascii.knownLength]).toEqual(['text', 'ab', 2])
    expect(ascii.held).toBeDefined()
    const other = WsMessage.holding(held(bytes('c3a9'), true), 'text')
    expect([other.text(), other.byteLength, other.bytes()]).toEqual(['é', 2, bytes('c3a9')])
  })

  it('converts any text there and back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const there = WsMessage.text(text)
        const back = WsMessage.binary(there.bytes())
        expect(back.text()).toBe(text)
        expect(back.byteLength).toBe(there.byteLength)
      }),
    )
  })

  it('knows its length in bytes whatever was asked before', () => {
    fc.assert(
      fc.property(anyString, fc.boolean(), (text, encodeFirst) => {
        const message = WsMessage.text(text)
        expect(message.knownLength).toBe(-1)
        if (encodeFirst) message.bytes()
        expect(message.byteLength).toBe(new TextEncoder().encode(text).length)
        expect(message.knownLength).toBe(message.byteLength)
      }),
    )
  })

  it('keeps a byte order mark', () => {
    expect(WsMessage.binary(bytes('efbbbf 61')).text()).toBe('\ufeffa')
  })

  it('is a copy: what becomes of the bytes it was made from does not matter', () => {
    const view = bytes('00 01 02 03').subarray(1, 3)
    const buffer = Buffer.from('abc')
    const [one, two] = [WsMessage.binary(view), WsMessage.of(buffer)]
    view.fill(0)
    buffer.fill(0)
    expect(one.bytes()).toEqual(bytes('01 02'))
    expect(two.text()).toBe('abc')
    expect(two.bytes().buffer.byteLength).toBe(3)
  })

  it('is made of nothing else, also for callers without types', () => {
    for (const make of [WsMessage.text, WsMessage.of]) {
      for (const wrong of [5, undefined, {}, ['a']]) {
        expect(() => Reflect.apply(make, WsMessage, [wrong])).toThrow(
          new TypeError('a message is made of a string or a Uint8Array'),
        )
      }
    }
  })

  it('follows in its mode from what it is made of', () => {
    expect(WsMessage.of('a').mode).toBe('text')
    expect(WsMessage.of(bytes('61')).mode).toBe('binary')
  })

  it('as an engine received it is not copied, and knows its length', () => {
    const payload = bytes('01 02')
    expect(WsMessage.received(payload).bytes()).toBe(payload)
    expect(WsMessage.received(payload).knownLength).toBe(2)
    expect(WsMessage.received('é', 2).knownLength).toBe(2)
    expect(WsMessage.received('é').knownLength).toBe(-1)
  })

  it('is parsed as JSON', () => {
    expect(WsMessage.text('{"a":[1,null]}').json()).toEqual({ a: [1, null] })
    expect(WsMessage.binary(bytes('5b5d')).json()).toEqual([])
    expect(() => WsMessage.text('{').json()).toThrow(SyntaxError)
  })

  it('is copied with another body, whose mode may be told', () => {
    const message = WsMessage.text('a')
    expect(message.body('b').text()).toBe('b')
    expect(message.body('b').mode).toBe('text')
    expect(message.body(bytes('62')).mode).toBe('binary')
    const asBinary = message.body('é', 'binary')
    expect([asBinary.mode, hex(asBinary.bytes())]).toEqual(['binary', 'c3a9'])
    const asText = message.body(bytes('c3a9'), 'text')
    expect([asText.mode, asText.text()]).toEqual(['text', 'é'])
    expect(message.text()).toBe('a')
    const unchecked: string = 'txt'
    expect(() => message.body('b', unchecked as 'text')).toThrow(
      new RangeError('the mode is txt, not text or binary'),
    )
  })

  it('is modified from left to right', () => {
    const append = (tail: string) => (message: WsMessage) => message.body(message.text() + tail)
    const message = WsMessage.text('a')
    expect(message.with(append('b'), append('c')).text()).toBe('abc')
    expect(message.with()).toBe(message)
  })
})

describe('a test that compares messages', () => {
  it('tells them apart by mode and content, whatever was asked of them', () => {
    const asked = WsMessage.text('a')
    asked.bytes()
    expect(asked).toEqual(WsMessage.text('a'))
    expect(asked).not.toEqual(WsMessage.text('b'))
    expect(asked).not.toEqual(asked.body('a', 'binary'))
    expect(WsMessage.binary(bytes('01 02'))).toEqual(WsMessage.binary(bytes('01 02')))
    expect(WsMessage.binary(bytes('01 02'))).not.toEqual(WsMessage.binary(bytes('01 03')))
  })
})

describe('the frame of a message', () => {
  it('is kept from the second sending on', () => {
    const message = WsMessage.text('Hello')
    expect(message.sharedFrames(sharedFrames)?.plain()).toBeUndefined()
    const frame = message.sharedFrames(sharedFrames)?.plain()
    expect(hex(frame!)).toBe(hex('81 05 48656c6c6f'))
    expect(message.sharedFrames(sharedFrames)?.plain()).toBe(frame)
  })

  it('is not made of text that is not UTF-8', () => {
    const message = WsMessage.text('').body(bytes('61 ff'), 'text')
    message.sharedFrames(sharedFrames)?.plain()
    expect(() => message.sharedFrames(sharedFrames)?.plain()).toThrow(TypeError)
  })

  it('has the mode of the message', () => {
    const message = WsMessage.of('a').body('a', 'binary')
    message.sharedFrames(sharedFrames)?.plain()
    expect(hex(message.sharedFrames(sharedFrames)!.plain())).toBe(hex('82 01 61'))
  })
})
