import { type } from 'arktype'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Header } from '../../src/lens/header.ts'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { Query } from '../../src/lens/query.ts'
import type { StandardSchemaV1 } from '../../src/lens/standard-schema.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { requestFor } from './requests.ts'
import { lensFailureOf } from './thrown.ts'

const moves = {
  zod: Message.json(z.object({ to: z.string(), at: z.number().optional() })),
  valibot: Message.json(v.object({ to: v.string(), at: v.optional(v.number()) })),
  arktype: Message.json(type({ to: 'string', 'at?': 'number' })),
}

const text = WsMessage.text('"x"')

describe.each(Object.entries(moves))('a lens with a schema of %s', (_, move) => {
  test('reads and writes what the schema accepts', () => {
    expect(move(WsMessage.text('{"to":"e4"}'))).toEqual({ to: 'e4' })
    expect(move(move.create({ to: 'e4', at: 1 }))).toEqual({ to: 'e4', at: 1 })
  })

  test('refuses to read what the schema does not accept, with its issues', () => {
    const failure = lensFailureOf(() => move(WsMessage.text('{"to":1}')))
    expect(failure.message).toMatch(
      /^message: expected json that its schema accepts \(to: .*string.*\), got '\{"to":1\}'$/,
    )
    expect(failure.cause).toHaveLength(1)
    expect(failure.cause).toHaveProperty('0.message')
  })

  test('names no field when none is at fault', () => {
    expect(() => move(WsMessage.text('null'))).toThrow(
      /^message: expected json that its schema accepts \((?:Invalid|must be)[^:]*(?:: .*)?\), got 'null'$/,
    )
  })

  test('refuses to write it', () => {
    const wrong = { to: 1 } as unknown
    expect(() => move.create(wrong as never)).toThrow(
      /^message: expected a value that its schema accepts \(to: .*string.*\), got an object$/,
    )
  })
})

describe('a schema', () => {
  test('that transforms is run when reading, and only checks when writing', () => {
    const at = Message.json(z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }))
    expect(at(WsMessage.text('{"at":"2026-01-31T12:00:00Z"}'))).toEqual({
      at: new Date('2026-01-31T12:00:00Z'),
    })
    expect(at.create({ at: '2026-01-31T12:00:00Z' }).text()).toBe('{"at":"2026-01-31T12:00:00Z"}')
    expect(() => at.create({ at: 'tomorrow' })).toThrow(LensFailure)
  })

  test('checks the fields of a request, behind their type', () => {
    const size = Query.int().schema(z.number().max(100))
    expect(size.required('size')(requestFor('/?size=100'))).toBe(100)
    expect(() => size.required('size')(requestFor('/?size=101'))).toThrow(
      /^query 'size': expected an integer that its schema accepts \(Too big.*\), got '101'$/,
    )
    expect(() => size.required('size')(requestFor())).toThrow(
      "query 'size': expected an integer, got nothing",
    )
    expect(() => size.required('size').create(101)).toThrow(LensFailure)
    expect(() => size.multi.required('size').create([1, 101])).toThrow(LensFailure)
    const mail = Header.string().schema(v.pipe(v.string(), v.email())).optional('X-Mail')
    expect(mail(requestFor('/', { 'x-mail': 'a@b.org' }))).toBe('a@b.org')
    expect(() => mail(requestFor('/', { 'x-mail': 'a' }))).toThrow("header 'X-Mail': expected")
    expect(mail(requestFor())).toBeUndefined()
  })

  test('that coerces takes the text', () => {
    const page = Query.string().schema(z.coerce.number()).required('page')
    expect(page(requestFor('/?page=7'))).toBe(7)
    expect(page(page.create('7')(requestFor()))).toBe(7)
  })

  test.each([
    [
      'valibot',
      v.pipe(
        v.string(),
        v.transform((it) => BigInt(it)),
      ),
    ],
    ['arktype', type('string').pipe((text) => BigInt(text))],
    ['a test', schemaOf(() => ({ value: BigInt('x') }))],
  ])('of %s that throws makes a failure', (_, schema) => {
    const failure = lensFailureOf(() => Message.json<string, unknown>(schema)(text))
    expect(failure.message).toBe(`message: expected json that its schema accepts, got '"x"'`)
    expect(failure.cause).toBeInstanceOf(SyntaxError)
  })

  test('with few and short issues tells all of them', () => {
    const issues = ['no', 'not at all'].map((message) => ({ message }))
    expect(() => Message.json(schemaOf(() => ({ issues })))(text)).toThrow(
      'json that its schema accepts (no; not at all), got',
    )
  })

  test('with many issues, or long ones, is cut short', () => {
    const issues = Array.from({ length: 9 }, (_, index) => ({
      message: `no\r\n\u202e${'x'.repeat(1000)}`,
      path: [{ key: 'a' }, index],
    }))
    const failure = lensFailureOf(() => Message.json(schemaOf(() => ({ issues })))(text))
    const one = (index: number): string =>
      `a.${index}: no\\u000d\\u000a\\u202e${'x'.repeat(110)}...`
    expect(failure.expected).toBe(
      `json that its schema accepts (${one(0)}; ${one(1)}; ${one(2)}; and 6 more)`,
    )
  })

  test('is refused where the lens is made when it is none', () => {
    for (const wrong of [{}, null, z.string, { '~standard': {} }]) {
      expect(() => Message.json(wrong as never)).toThrow('a lens takes a Standard Schema')
      expect(() => Query.string().schema(wrong as never)).toThrow(TypeError)
    }
  })
})

function schemaOf(
  validate: StandardSchemaV1<string, unknown>['~standard']['validate'],
): StandardSchemaV1<string, unknown> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

describe('an asynchronous schema', () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): unknown => unhandled.push(reason)
  beforeAll(() => process.on('unhandledRejection', note))
  afterAll(() => process.off('unhandledRejection', note))

  test.each([
    ['zod', z.string().refine(async () => true)],
    [
      'valibot',
      v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
    ],
    ['test', schemaOf(() => Promise.reject(new Error('late')))],
    // zod starts over asynchronously when a transform throws.
    ['zod', z.string().transform(BigInt)],
  ])('of %s is refused by name, and leaves no rejection behind', async (vendor, schema) => {
    const why = `that its schema accepts (the ${vendor} schema answered with a promise: it is asynchronous`
    const move = Message.json<string, unknown>(schema)
    const user = Query.string().schema<string, unknown>(schema).required('user')
    expect(() => move(text)).toThrow(`message: expected json ${why}`)
    expect(() => move.create('x')).toThrow(`message: expected a value ${why}`)
    expect(() => user(requestFor('/?user=x'))).toThrow(`query 'user': expected text ${why}`)
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })
})
