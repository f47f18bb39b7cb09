import fc from 'fast-check'
import type { ExtensionHeader } from '../../src/protocol/headers/extension-header.ts'

const TOKEN_CHARACTERS =
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** Any UTF-16 at all, lone surrogates too. */
export const anyString: fc.Arbitrary<string> = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units))

export const token: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...TOKEN_CHARACTERS),
  minLength: 1,
  maxLength: 12,
})

/** Strings of the characters that matter in a header's list, mostly malformed. */
export const listLike: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom('a', 'B', '1', ',', ';', '=', '"', '\\', ' ', '\t', '/', '\u0000', 'é'),
  maxLength: 40,
})

export const extensionHeader: fc.Arbitrary<ExtensionHeader> = fc.record({
  name: token,
  parameters: fc.array(fc.record({ name: token, value: fc.option(token, { nil: undefined }) }), {
    maxLength: 4,
  }),
})
