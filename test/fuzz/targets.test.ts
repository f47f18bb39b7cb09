import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Corpus } from '../../fuzz/corpus.ts'
import { targets } from '../../fuzz/targets/all.ts'

const CORPUS = fileURLToPath(new URL('../../fuzz/corpus/', import.meta.url))

describe.each(targets)('what a peer sends to $name', (target) => {
  it('breaks no promise with any input of the corpus', () => {
    const inputs = new Corpus(CORPUS, target.name).inputs()
    expect(inputs.length).toBeGreaterThan(0)
    for (const input of [...target.seeds, ...inputs]) target.check(Uint8Array.from(input))
  })

  it('breaks no promise with inputs of its format', () => {
    const property = fc.property(target.inputs, (input) => target.check(Uint8Array.from(input)))
    fc.assert(property, { numRuns: 100 })
  })
})
