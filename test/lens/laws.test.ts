import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { cbor } from '../../src/format/cbor.ts'
import { messagepack } from '../../src/format/messagepack.ts'
import { Body } from '../../src/lens/body.ts'
import { Header } from '../../src/lens/header.ts'
import type { ReadLens } from '../../src/lens/lens.ts'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import type { RequestLens, RequestSpec, RequestSpecs } from '../../src/lens/request-lens.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { anyText, character } from '../support/text.ts'
import { requestFor } from './requests.ts'

type Part = 'query' | 'header' | 'path'
const parts: readonly (readonly [string, RequestSpecs<Part>])[] = [
  ['query', Query],
  ['header', Header],
  ['path', Path],
]

const texts: fc.Arbitrary<string> = fc.oneof(
  anyText,
  fc.string(),
  fc.constantFrom('true', '1', '-0', '2024-02-30', '%', '%zz', '+', ',', 'a, b', '/', '..', ''),
)

/** A spec of each type, with values for it. */
function eachSpec<Result>(
  specs: RequestSpecs<Part>,
  use: <T>(spec: RequestSpec<T, T, Part>, values: fc.Arbitrary<T>) => Result,
): Result[] {
  const int = fc.maxSafeInteger()
  return [
    use(specs.string(), texts),
    use(specs.int(), int),
    use(specs.number(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    use(specs.boolean(), fc.boolean()),
    use(specs.date(), fc.date({ noInvalidDate: true })),
    use(specs.uuid(), fc.uuid()),
    use(specs.enum('', 'asc', 'des c', 'é'), fc.constantFrom('', 'asc', 'des c', 'é')),
    use(
      specs.bytes().map(
        (bytes) => bytes,
        (bytes: Uint8Array<ArrayBuffer>) => bytes,
      ),
      fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
    ),
    use(specs.int().map(String, Number), int.map(String)),
    use(specs.string().schema(z.string()), texts),
    use(specs.string().schema(v.string()), texts),
    use(specs.string().schema(type('string')), texts),
  ]
}

/** What `lens` wrote, it reads; what it does not write, it refuses with a `LensFailure`. */
function readsWhatItWrote<T>(lens: RequestLens<T>, request: UpgradeRequest, value: T): void {
  const written = attempt(() => lens.create(value)(request))
  if (written !== undefined) expect(lens(written.value)).toStrictEqual(value)
}

/** `undefined` when `step` throws a `LensFailure`; nothing else may be thrown. */
function attempt<T>(step: () => T): { readonly value: T } | undefined {
  try {
    return { value: step() }
  } catch (thrown) {
    if (thrown instanceof LensFailure) return undefined
    throw thrown
  }
}

describe.each(parts)('lenses for a %s', (_, specs) => {
  test('read what they wrote', () => {
    eachSpec(specs, (spec, values) =>
      fc.assert(
        fc.property(values, values, (value, before) => {
          const lens = spec.required('name')
          const fresh = requestFor('/rooms/x?a=1#b')
          const request = attempt(() => lens.create(before)(fresh))?.value ?? fresh
          readsWhatItWrote(lens, request, value)
          readsWhatItWrote(spec.defaulted('name', before), request, value)
          readsWhatItWrote<typeof value | undefined>(spec.optional('name'), request, value)
          expect(spec.optional('name')(spec.optional('name').create(undefined)(fresh))).toBe(
            undefined,
          )
        }),
        { numRuns: 50 },
      ),
    )
  })

  test('read the lists they wrote', () => {
    eachSpec(specs, (spec, values) =>
      fc.assert(
        fc.property(fc.array(values, { maxLength: 4 }), (list) => {
          const { multi } = spec
          const write = multi.required('name')
          const written = attempt(() => write.create(list)(requestFor()))
          if (written !== undefined) expect(write(written.value)).toStrictEqual(list)
          expect(multi.defaulted('name', list)(requestFor())).toEqual(list)
        }),
        { numRuns: 50 },
      ),
    )
  })

  test('write every value that they can', () => {
    // The law above would hold for lenses that refuse everything.
    eachSpec(specs, (spec, values) => {
      const written = fc
        .sample(values, 50)
        .filter((value) => attempt(() => spec.required('name').create(value)) !== undefined)
      expect(written.length).toBeGreaterThan(10)
    })
  })

  test('throw nothing but failures, whatever stands there', () => {
    eachSpec(specs, (spec) =>
      fc.assert(
        fc.property(texts, (text) => {
          const request = attempt(() => Header.string().required('name').create(text))
          const inHeader = request?.value(requestFor()) ?? requestFor()
          const junk = inHeader
            .withUrl(`http://example.org/?name=${text}&name=${encodeURIComponent(text)}`)
            .withParams({ name: text })
          attempt(() => spec.required('name')(junk))
          attempt(() => spec.optional('name')(junk))
          attempt(() => spec.multi.required('name')(junk))
        }),
        { numRuns: 50 },
      ),
    )
  })

  test('throw nothing but failures, whatever is to be written', () => {
    eachSpec(specs, (spec) =>
      fc.assert(
        fc.property(fc.anything(anyValue), (value) => {
          // What the types forbid, callers without types still do.
          attempt(() => spec.required('name').create(value as never)(requestFor('/:name')))
        }),
        { numRuns: 50 },
      ),
    )
  })
})

const anyValue = { withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true }
const jsonValue = fc.jsonValue({ stringUnit: character }).map((value): unknown => {
  return JSON.parse(JSON.stringify(value)) // 0 for -0, as JSON writes it
})
const Item = z.object({ id: z.number(), tags: z.array(z.string()), note: z.string().optional() })
const items = fc.record(
  { id: fc.integer(), tags: fc.array(fc.string()), note: fc.string() },
  { requiredKeys: ['id', 'tags'], noNullPrototype: true },
)
const content: fc.Arbitrary<string | Uint8Array> = fc.oneof(fc.uint8Array(), anyText, fc.json())

describe('lenses for messages', () => {
  test('read what they wrote', () => {
    const text = Message.text()
    const binary = Message.binary()
    const words = text.map(
      (all) => all.split(' '),
      (list) => list.join(' '),
    )
    fc.assert(
      fc.property(texts, fc.uint8Array(), jsonValue, items, (string, bytes, value, item) => {
        expect(text(text.create(string))).toBe(string)
        expect(words(words.create(string.split(' ')))).toEqual(string.split(' '))
        expect(binary(binary.create(bytes))).toEqual(Uint8Array.from(bytes))
        expect(Message.json()(Message.json().create(value))).toEqual(value)
        for (const lens of [
          Message.json(Item),
          Message.format(messagepack, Item),
          Message.format(cbor, Item),
        ]) {
          expect(lens(lens.create(item))).toEqual(item)
        }
      }),
    )
  })

  test('throw nothing but failures, whatever comes and whatever is to go', () => {
    const lenses: readonly (ReadLens<WsMessage, unknown> & { create(value: never): WsMessage })[] =
      [
        Message.text(),
        Message.binary(),
        Message.json(),
        Message.json(Item),
        Message.json(v.object({ id: v.number() })),
        Message.json(type({ id: 'number' })),
        Message.format(messagepack),
        Message.format(cbor),
      ]
    fc.assert(
      fc.property(content, fc.anything(anyValue), (junk, value) => {
        for (const lens of lenses) {
          attempt(() => lens(WsMessage.of(junk)))
          attempt(() => lens.create(value as never))
        }
      }),
    )
  })
})

describe('lenses for bodies', () => {
  test('read what they wrote', async () => {
    const text = Body.text()
    const bytes = Body.bytes()
    const item = Body.json(Item)
    await fc.assert(
      fc.asyncProperty(texts, fc.uint8Array(), items, async (string, binary, value) => {
        expect(await text(text.create(string)(new Response()))).toBe(string)
        expect(await bytes(bytes.create(binary)(new Response()))).toEqual(Uint8Array.from(binary))
        expect(await item(item.create(value)(new Response()))).toEqual(value)
      }),
      { numRuns: 50 },
    )
  })

  test('reject with nothing but failures', async () => {
    await fc.assert(
      fc.asyncProperty(content, async (junk) => {
        for (const lens of [Body.text(), Body.json(Item), Body.format(cbor)]) {
          const thrown: unknown = await lens(
            new Response(Uint8Array.from(Buffer.from(junk))),
          ).catch((failure: unknown) => failure)
          if (thrown instanceof Error) expect(thrown).toBeInstanceOf(LensFailure)
        }
      }),
      { numRuns: 50 },
    )
  })
})
