import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { cbor } from '../../src/format/cbor.ts'
import type { Format } from '../../src/format/format.ts'
import { messagepack } from '../../src/format/messagepack.ts'
import { Message } from '../../src/lens/message.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { lensFailureOf } from './thrown.ts'

describe('a message lens', () => {
  test('for text reads text, also from a binary message', () => {
    const text = Message.text()
    expect(text(WsMessage.text('é'))).toBe('é')
    expect(text(WsMessage.binary(Uint8Array.of(0xc3, 0xa9)))).toBe('é')
    expect(text.create('é')).toMatchObject({ mode: 'text' })
    expect(text(text.create('é'))).toBe('é')
    expect(() => text(WsMessage.binary(Uint8Array.of(0x61, 0xff)))).toThrow(
      'message: expected text in UTF-8, got bytes (2) 61 ff',
    )
    expect(() => text.create(1 as never)).toThrow('message: expected text, got 1')
    expect(() => text.create('a\ud800')).toThrow('message: expected text without lone surrogates')
  })

  test('for bytes reads bytes, also from text, and writes a copy', () => {
    const binary = Message.binary()
    expect(binary(WsMessage.text('é'))).toEqual(Uint8Array.of(0xc3, 0xa9))
    const bytes = Uint8Array.of(1, 2)
    const message = binary.create(bytes)
    bytes[0] = 9
    expect(message.mode).toBe('binary')
    expect(binary(message)).toEqual(Uint8Array.of(1, 2))
    expect(() => binary.create('no' as never)).toThrow("message: expected bytes, got 'no'")
  })

  test('for JSON reads and writes JSON', () => {
    const json = Message.json()
    expect(json(WsMessage.text('{"a":[1]}'))).toEqual({ a: [1] })
    expect(json(WsMessage.binary(new TextEncoder().encode('[1]')))).toEqual([1])
    expect(json.create({ a: [1] }).text()).toBe('{"a":[1]}')
    expect(json.create({}).mode).toBe('text')
    expect(() => json(WsMessage.text('{a}'))).toThrow("message: expected json, got '{a}'")
    expect(() => json(WsMessage.binary(Uint8Array.of(0xff)))).toThrow('got bytes (1) ff')
    expect(() => json.create(undefined)).toThrow(
      'message: expected a value that json can hold, got undefined',
    )
  })

  test('shows long content shortened, and nothing in it that a log would obey', () => {
    const forged = `{\r\n\u001b[31m${'x'.repeat(1000)}`
    expect(() => Message.json()(WsMessage.text(forged))).toThrow(
      /^message: expected json, got '\{\\u000d\\u000a\\u001b\[31mx{56}\.\.\.'$/,
    )
  })

  test.each([messagepack, cbor])('goes over any format, $name', (format) => {
    const move = Message.format(format, z.object({ to: z.string(), at: z.number() }))
    const message = move.create({ to: 'e4', at: 2 ** 40 })
    expect(message.mode).toBe('binary')
    expect(move(message)).toEqual({ to: 'e4', at: 2 ** 40 })
    expect(() => move(WsMessage.binary(Uint8Array.of(0xc1)))).toThrow(
      `message: expected ${format.name}, got bytes (1) c1`,
    )
    expect(move.meta.type).toBe(format.name)
  })

  test('gives a format what it is best given, however the message came', () => {
    const [lines, octets] = (['text', 'binary'] as const).map((mode) =>
      Message.format({ ...messagepack, mode, decode: (content) => content }),
    )
    for (const message of [WsMessage.text('é'), WsMessage.binary(Uint8Array.of(0xc3, 0xa9))]) {
      expect(lines?.(message)).toBe('é')
      expect(octets?.(message)).toEqual(Uint8Array.of(0xc3, 0xa9))
    }
  })

  test('makes failures of whatever a format throws', () => {
    const broken: Format = {
      name: 'broken',
      contentType: 'text/broken',
      mode: 'text',
      encode() {
        throw 'no'
      },
      decode() {
        throw null
      },
    }
    const lens = Message.format(broken)
    expect(lensFailureOf(() => lens(WsMessage.text('a'))).message).toBe(
      "message: expected broken, got 'a'",
    )
    expect(lensFailureOf(() => lens.create(1)).cause).toBe('no')
  })

  test('maps one way and two ways', () => {
    const upper = Message.text().map((text) => text.toUpperCase())
    expect(upper(WsMessage.text('a'))).toBe('A')
    expect('create' in upper).toBe(false)
    expect(upper.map((text) => text.length)(WsMessage.text('abc'))).toBe(3)

    const words = Message.text().map(
      (text) => text.split(' '),
      (all) => all.join(' '),
    )
    expect(words(words.create(['a', 'b']))).toEqual(['a', 'b'])
    const count = words.map((all) => all.length)
    expect(count(WsMessage.text('a b c'))).toBe(3)
    const failing = words.map(() => {
      throw new Error('inside')
    })
    const failure = lensFailureOf(() => failing(WsMessage.text('a')))
    expect(failure.message).toBe("message: expected text that its map accepts, got 'a'")
    expect(failure.cause).toEqual(new Error('inside'))
    const big = Message.binary().map(() => {
      throw new Error('inside')
    })
    expect(() => big(WsMessage.binary(Uint8Array.of(1)))).toThrow(
      'message: expected bytes that its map accepts, got bytes (1) 01',
    )
  })

  test('says what it is about', () => {
    expect(Message.json().meta).toEqual({
      target: 'message',
      name: '',
      type: 'json',
      required: true,
      contentType: 'application/json',
    })
    expect(Message.text().map(Number).meta).toMatchObject({
      type: 'text',
      contentType: 'text/plain',
    })
    expect(Message.binary().meta.contentType).toBe('application/octet-stream')
  })

  test('tells the schema of what is on the wire, but none of what a map made of it', () => {
    const schema = z.string()
    const text = Message.json(schema)
    expect(text.meta.schema).toBe(schema)
    expect(text.map(Number, String).meta.schema).toBe(schema)
    expect(Message.text().map(Number, String).meta.schema).toBeUndefined()
  })
})
