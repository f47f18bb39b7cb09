import fc from 'fast-check'

/**
 * Any character of well-formed UTF-16, of each length in UTF-8 alike. The unit `binary` of fast-check would list all
 * of them first, which takes a second.
 */
export const character: fc.Arbitrary<string> = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0x7ff }),
    fc.integer({ min: 0x800, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0xffff }),
    fc.integer({ min: 0x1_0000, max: 0x10_ffff }),
  )
  .map(String.fromCodePoint, (text) => {
    if (typeof text !== 'string' || [...text].length !== 1) throw new TypeError('not a character')
    return text.codePointAt(0)!
  })

/** Any text of well-formed UTF-16. */
export const anyText: fc.Arbitrary<string> = fc.string({ unit: character, maxLength: 30 })
