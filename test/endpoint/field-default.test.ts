import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { fieldDefault } from '../../src/endpoint/field-default.ts'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { Query } from '../../src/lens/query.ts'
import type { RequestSpec } from '../../src/lens/request-lens.ts'
import { requestFor } from '../lens/requests.ts'
import { anyText } from '../support/text.ts'

/** What is told of a default stands for it in a query; nothing is told only of one that cannot be written. */
function isRead<T>(spec: RequestSpec<T, T, 'query'>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, fc.array(values, { maxLength: 3 }), (value, list) => {
      for (const [lens, fallback] of [
        [spec.defaulted('a', value), value],
        [spec.multi.defaulted('a', list), list],
      ] as const) {
        const told = fieldDefault(lens)
        if (told === undefined) {
          expect(() => lens.create(fallback as never)).toThrow(LensFailure)
          continue
        }
        const texts = [JSON.parse(JSON.stringify(told))].flat()
        const query = new URLSearchParams(texts.map((text) => ['a', String(text)]))
        expect(lens(requestFor(`/?${query}`))).toStrictEqual(fallback)
      }
    }),
    { numRuns: 50 },
  )
}

test('what is told of a default is read as it, whatever it is', () => {
  // JSON has no negative zero, and a document is for JSON.
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => n !== 0)
  isRead(Query.string(), anyText)
  isRead(Query.int(), fc.maxSafeInteger())
  isRead(Query.number(), number)
  isRead(Query.number(), fc.constantFrom(1, Number.NaN, Number.POSITIVE_INFINITY))
  isRead(Query.boolean(), fc.boolean())
  isRead(Query.date(), fc.date())
  isRead(Query.uuid(), fc.uuid())
  isRead(Query.string().map(BigInt, String), fc.bigInt())
  isRead(Query.string().schema(z.string().max(3)), anyText)
})

test('no lens is asked for a default that is required, and none that throws breaks a document', () => {
  const required = Query.int().required('a')
  const ask = vi.fn(() => 1)
  expect(fieldDefault(Object.assign(ask, { ...required }))).toBeUndefined()
  expect(ask).not.toHaveBeenCalled()
  const broken = Query.int().map(
    (): number => 1,
    () => {
      throw new Error('not today')
    },
  )
  expect(fieldDefault(broken.defaulted('a', 1))).toBeUndefined()
})
