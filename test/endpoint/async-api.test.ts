import { createRequire } from 'node:module'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { Ajv } from 'ajv'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AsyncApiDocument, asyncApi } from '../../src/endpoint/async-api.ts'
import { type Endpoint, endpoint } from '../../src/endpoint/endpoint.ts'
import type { RequestLensMap } from '../../src/endpoint/endpoint-lenses.ts'
import { cbor } from '../../src/format/cbor.ts'
import { messagepack } from '../../src/format/messagepack.ts'
import { Header } from '../../src/lens/header.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import { requestFor } from '../lens/requests.ts'

const require = createRequire(import.meta.url)
const official: object = require('@asyncapi/specs/schemas/3.0.0-without-$id.json')
const isAsyncApi = new Ajv({ strict: false, validateFormats: false }).compile(official)

const info = { title: 'Chat', version: '1.0.0' }

/** The document, as it comes out of JSON, once the official schema has accepted it. */
function documentOf(channels: Readonly<Record<string, Endpoint>>): AsyncApiDocument {
  const document = asyncApi({ info, channels })
  expect(isAsyncApi(document), JSON.stringify(isAsyncApi.errors)).toBe(true)
  const text = JSON.stringify(document)
  expect(JSON.parse(text)).toStrictEqual(document)
  for (const [, ref = ''] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
    expect(found(document, ref), ref).toBeDefined()
  }
  return document
}

/** What a reference within a document leads to (RFC 6901, section 6). */
function found(document: unknown, ref: string): unknown {
  expect(ref).toMatch(/^#\//)
  const names = decodeURIComponent(ref.slice(2)).split('/')
  return names
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((at, name) => Reflect.get(Object(at), name), document)
}

test('a document says all that an endpoint does', () => {
  const chat = endpoint('/rooms/:room/:seat', {
    protocol: 'chat.v1',
    description: 'One room.',
    request: {
      seat: Path.int().required('seat'),
      after: Query.int().optional('after'),
      user: Header.string().required('X-User'),
    },
    fromClient: Message.json(z.object({ say: z.string() })),
    fromServer: Message.text(),
  })
  expect(
    asyncApi({
      info,
      servers: { live: { host: 'example.com', protocol: 'wss', pathname: '/api' } },
      channels: { chat },
    }),
  ).toStrictEqual({
    asyncapi: '3.0.0',
    info,
    servers: { live: { host: 'example.com', protocol: 'wss', pathname: '/api' } },
    channels: {
      chat: {
        address: '/rooms/{room}/{seat}',
        description: 'One room.',
        parameters: { room: {}, seat: { description: 'int' } },
        messages: {
          fromClient: {
            contentType: 'application/json',
            payload: {
              title: 'chat fromClient',
              type: 'object',
              properties: { say: { type: 'string' } },
              required: ['say'],
            },
          },
          fromServer: {
            contentType: 'text/plain',
            payload: { title: 'chat fromServer', type: 'string' },
          },
        },
        bindings: {
          ws: {
            method: 'GET',
            query: { type: 'object', properties: { after: { type: 'integer' } }, required: [] },
            headers: {
              type: 'object',
              properties: {
                'X-User': { type: 'string' },
                'Sec-WebSocket-Protocol': { type: 'string', enum: ['chat.v1'] },
              },
              required: ['X-User', 'Sec-WebSocket-Protocol'],
            },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: {
      'chat.receive': {
        action: 'receive',
        channel: { $ref: '#/channels/chat' },
        messages: [{ $ref: '#/channels/chat/messages/fromClient' }],
      },
      'chat.send': {
        action: 'send',
        channel: { $ref: '#/channels/chat' },
        messages: [{ $ref: '#/channels/chat/messages/fromServer' }],
      },
    },
  })
})

test('a document says nothing of what an endpoint does not have', () => {
  const bindings = { ws: { method: 'GET', bindingVersion: '0.1.0' } }
  expect(documentOf({ none: endpoint('/', {}) })).toStrictEqual({
    asyncapi: '3.0.0',
    info,
    channels: { none: { address: '/', messages: {}, bindings } },
    operations: {},
  })
})

test('the official schema accepts documents of all kinds of endpoints', () => {
  const Move = { zod: z.object({ x: z.int() }), arktype: type({ x: 'number.integer' }) }
  documentOf({
    text: endpoint('/text', { fromClient: Message.text(), fromServer: Message.text() }),
    binary: endpoint('/:binary', { fromClient: Message.binary() }),
    none: endpoint('/', {}),
    untyped: endpoint('/untyped', { fromServer: Message.json() }),
    zod: endpoint('/zod', { fromClient: Message.json(Move.zod) }),
    arktype: endpoint('/arktype', { fromServer: Message.format(cbor, Move.arktype) }),
    valibot: endpoint('/valibot', {
      fromServer: Message.format(messagepack, v.object({ x: v.number() })),
    }),
    'a/b~1c %7Bd': endpoint('/odd', { protocol: 'odd', fromClient: Message.text() }),
  })
  documentOf({})
})

test('the official schema refuses what is no document', () => {
  expect(isAsyncApi({ ...documentOf({}), operations: { a: { action: 'shout' } } })).toBe(false)
})

describe('a payload', () => {
  const payloads = (given: Endpoint): unknown[] => {
    const { messages } = documentOf({ given }).channels.given ?? {}
    return Object.values(Object(messages))
  }

  test('is what stands on the wire, in both directions', () => {
    const at = Message.json(z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }))
    const payload = {
      title: expect.any(String),
      type: 'object',
      properties: { at: expect.objectContaining({ type: 'string', format: 'date-time' }) },
      required: ['at'],
    }
    const message = { contentType: 'application/json', payload }
    expect(payloads(endpoint('/', { fromClient: at, fromServer: at }))).toEqual([message, message])
  })

  test('is told by each library that keeps to Standard JSON Schema', () => {
    const payload = {
      title: 'given fromClient',
      type: 'object',
      properties: { x: { type: 'number' } },
      required: ['x'],
    }
    for (const schema of [
      z.object({ x: z.number() }),
      type({ x: 'number' }),
      toStandardJsonSchema(v.object({ x: v.number() })),
    ]) {
      const fromClient = Message.json<unknown, unknown>(schema)
      expect(payloads(endpoint('/', { fromClient }))).toEqual([
        { contentType: 'application/json', payload },
      ])
    }
  })

  test('stays open where nobody tells', () => {
    const fromClient = Message.format(messagepack, v.object({ x: v.number() }))
    const fromServer = Message.binary()
    expect(payloads(endpoint('/', { fromClient, fromServer }))).toStrictEqual([
      { contentType: messagepack.contentType },
      { contentType: 'application/octet-stream' },
    ])
  })

  test('is that below a map', () => {
    const fromClient = Message.json(z.string()).map(Number, String)
    const fromServer = Message.text().map(Number, String)
    expect(payloads(endpoint('/', { fromClient, fromServer }))).toStrictEqual([
      {
        contentType: 'application/json',
        payload: { title: 'given fromClient', type: 'string' },
      },
      { contentType: 'text/plain', payload: { title: 'given fromServer', type: 'string' } },
    ])
  })

  test('may be given', () => {
    const chat = endpoint('/', { fromClient: Message.binary(), fromServer: Message.text() })
    const { channels } = asyncApi({
      info,
      channels: { chat },
      payloads: { chat: { fromClient: { $schema: 'draft', pattern: 'x', not: { $ref: '#' } } } },
    })
    expect(channels.chat?.messages).toStrictEqual({
      fromClient: {
        contentType: 'application/octet-stream',
        payload: {
          title: 'chat fromClient',
          pattern: 'x',
          not: { $ref: '#/channels/chat/messages/fromClient/payload' },
        },
      },
      fromServer: {
        contentType: 'text/plain',
        payload: { title: 'chat fromServer', type: 'string' },
      },
    })
  })

  test('of a schema that JSON Schema cannot express has to be given', () => {
    const chat = endpoint('/', { fromServer: Message.format(cbor, z.object({ at: z.date() })) })
    expect(() => asyncApi({ info, channels: { chat } })).toThrow(
      "the schema of 'chat fromServer' has no JSON Schema (Date cannot be represented in JSON Schema): give one in payloads",
    )
    const given = asyncApi({ info, channels: { chat }, payloads: { chat: { fromServer: {} } } })
    expect(given.channels.chat?.messages).toEqual({
      fromServer: { contentType: 'application/cbor', payload: { title: 'chat fromServer' } },
    })
  })

  test('keeps the title of its schema', () => {
    const fromClient = Message.json(z.object({}).meta({ title: 'Hello' }))
    expect(payloads(endpoint('/', { fromClient }))).toMatchObject([{ payload: { title: 'Hello' } }])
  })

  test('refers to itself where it is in the document', () => {
    const Tree = z.object({
      get kids() {
        return z.array(Tree)
      },
    })
    const fromClient = Message.json(Tree)
    const document = documentOf({ 'a/b': endpoint('/', { fromClient }) })
    const place = '#/channels/a~1b/messages/fromClient/payload'
    expect(JSON.stringify(document)).toContain(`"$ref":"${place}"`)
    expect(found(document, place)).toMatchObject({ type: 'object', required: ['kids'] })
  })

  test('keeps its definitions', () => {
    const Named = z.object({ x: z.number() }).meta({ id: 'Named' })
    const fromClient = Message.json(z.object({ a: Named, b: Named }))
    const { chat } = documentOf({ chat: endpoint('/', { fromClient }) }).channels
    expect(JSON.stringify(chat)).toContain(
      '"#/channels/chat/messages/fromClient/payload/definitions/Named"',
    )
  })
})

test('a field has the type of its text, and what its schema says beyond it', () => {
  const fields = {
    int: Query.int().schema(z.number().max(9)).optional('int'),
    list: Query.uuid().multi.required('list'),
    order: Query.enum('asc', 'desc').optional('order'),
    date: Query.date().schema(z.date()).optional('date'),
    bytes: Query.bytes().optional('bytes'),
    flag: Query.boolean().optional('flag'),
    number: Query.number().optional('number'),
    length: Query.string()
      .map((text) => text.length, String)
      .schema(z.number())
      .optional('length'),
    seat: Path.enum('a', 'b').required('seat'),
    row: Path.int()
      .schema(z.literal([1, 2]))
      .required('row'),
    room: Path.uuid().schema(z.string().describe('Where it is.')).required('room'),
  }
  const { chat } = documentOf({
    chat: endpoint('/:room/:row/:seat', { request: fields }),
  }).channels
  expect(chat).toMatchObject({
    parameters: {
      seat: { enum: ['a', 'b'] },
      row: { enum: ['1', '2'] },
      room: { description: 'Where it is.' },
    },
    bindings: {
      ws: {
        query: {
          properties: {
            int: { type: 'integer', maximum: 9 },
            list: { type: 'array', items: { type: 'string', format: 'uuid' } },
            order: { type: 'string', enum: ['asc', 'desc'] },
            date: { type: 'string', format: 'date-time' },
            bytes: { type: 'string', pattern: '^[\\w-]*$' },
            flag: { type: 'boolean' },
            number: { type: 'number' },
            length: { type: 'string' },
          },
          required: ['list'],
        },
      },
    },
  })
})

test('the schema of a field refers to itself where it is in the document', () => {
  const named = Query.string().schema(z.string().meta({ id: 'Named' }))
  const request = { 'a/b': named.optional('a/b'), list: named.multi.optional('list') }
  const text = JSON.stringify(documentOf({ chat: endpoint('/', { request }) }))
  const place = '#/channels/chat/bindings/ws/query/properties'
  expect(text).toContain(`"${place}/a~1b/definitions/Named"`)
  expect(text).toContain(`"${place}/list/items/definitions/Named"`)
})

describe('the default of a field', () => {
  const fieldsIn = (part: 'query' | 'headers', fields: RequestLensMap): unknown => {
    const { given } = documentOf({ given: endpoint('/', { request: fields }) }).channels
    return found(given, `#/bindings/ws/${part}/properties`)
  }

  test('is what stands for it on the wire', () => {
    const fields = {
      page: Query.int().defaulted('page', 1),
      scale: Query.number().defaulted('scale', 1e300),
      loud: Query.boolean().defaulted('loud', false),
      name: Query.string().defaulted('name', ''),
      digits: Query.string().defaulted('digits', '12'),
      order: Query.enum('asc', 'desc').defaulted('order', 'asc'),
      since: Query.date().defaulted('since', new Date('2026-01-31')),
      key: Query.bytes().defaulted('key', Uint8Array.of(0xff, 0xfe)),
      ids: Query.int().multi.defaulted('ids', [1, 2]),
      tags: Query.string().multi.defaulted('tags', []),
      none: Query.string().multi.optional('none'),
      maybe: Query.int().optional('maybe'),
    }
    expect(fieldsIn('query', fields)).toStrictEqual({
      page: { type: 'integer', default: 1 },
      scale: { type: 'number', default: 1e300 },
      loud: { type: 'boolean', default: false },
      name: { type: 'string', default: '' },
      digits: { type: 'string', default: '12' },
      order: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
      since: { type: 'string', format: 'date-time', default: '2026-01-31T00:00:00.000Z' },
      key: { type: 'string', pattern: '^[\\w-]*$', default: '__4' },
      ids: { type: 'array', items: { type: 'integer' }, default: [1, 2] },
      tags: { type: 'array', items: { type: 'string' }, default: [] },
      none: { type: 'array', items: { type: 'string' } },
      maybe: { type: 'integer' },
    })
    const headers = {
      one: Header.string().defaulted('X-One', 'a, b'),
      many: Header.int().multi.defaulted('X-Many', [1, 2]),
    }
    expect(fieldsIn('headers', headers)).toStrictEqual({
      'X-One': { type: 'string', default: 'a, b' },
      'X-Many': { type: 'array', items: { type: 'integer' }, default: [1, 2] },
    })
  })

  test('is that below a map and a schema', () => {
    const fields = {
      size: Query.int().schema(z.number().max(100)).defaulted('size', 20),
      trim: Query.string().schema(z.string().trim()).defaulted('trim', 'a'),
      big: Query.string().map(BigInt, String).defaulted('big', 5n),
      next: Query.int()
        .map(
          (n) => n + 1,
          (n) => n - 1,
        )
        .defaulted('next', 5),
    }
    expect(fieldsIn('query', fields)).toMatchObject({
      size: { type: 'integer', maximum: 100, default: 20 },
      trim: { type: 'string', default: 'a' },
      big: { type: 'string', default: '5' },
      next: { type: 'integer', default: 4 },
    })
  })

  test('is not told where nothing on the wire would be read as it', () => {
    const fields = {
      twice: Query.int()
        .schema(z.number().transform((n) => n * 2))
        .defaulted('twice', 20),
      lower: Query.string().schema(z.string().toLowerCase()).defaulted('lower', 'A'),
      large: Query.int().schema(z.number().max(9)).defaulted('large', 20),
      length: Query.string()
        .schema(z.string().transform((text) => text.length))
        .defaulted('length', 3),
    }
    for (const field of Object.values(Object(fieldsIn('query', fields)))) {
      expect(field).not.toHaveProperty('default')
    }
    const umlaut = Header.string().defaulted('X-Snow', '\u2603')
    expect(fieldsIn('headers', { umlaut })).toStrictEqual({ 'X-Snow': { type: 'string' } })
  })

  test('is not that of its schema, which is not asked where the field is missing', () => {
    const five = Query.int().schema(z.number().default(5))
    expect(five.optional('n')(requestFor())).toBeUndefined()
    const fields = { n: five.optional('n'), six: five.defaulted('six', 6) }
    expect(fieldsIn('query', fields)).toStrictEqual({
      n: { type: 'integer' },
      six: { type: 'integer', default: 6 },
    })
  })

  test('of a lens of another make is told if it can be written', () => {
    const meta = { target: 'query', name: 'n', type: 'int', required: false } as const
    const n = Query.int().defaulted('n', 1)
    const wrapped = Object.assign((request: UpgradeRequest) => n(request), { ...n, meta })
    const broken = Object.assign(() => 7, { ...n, meta: { ...meta, name: 'b' } })
    expect(fieldsIn('query', { wrapped, broken })).toStrictEqual({
      n: { type: 'integer', default: 1 },
      b: { type: 'integer' },
    })
  })
})

test('an unknown option is an error', () => {
  expect(() => Reflect.apply(asyncApi, undefined, [{ info, channels: {}, endpoints: {} }])).toThrow(
    'asyncApi() has no option endpoints',
  )
})
