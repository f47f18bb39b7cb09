import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import assembler from 'wabt'
import { MODULE, simdMemory } from '../../../src/node/bytes/simd-unmask.ts'
import { applyMask } from '../../../src/protocol/bytes/mask.ts'

const memory = simdMemory()
if (memory === undefined) throw new Error('this Node has no WebAssembly with SIMD')

describe('the module that unmasks', () => {
  it('is what unmask.wat says', async () => {
    const source = readFileSync(
      new URL('../../../src/node/bytes/unmask.wat', import.meta.url),
      'utf8',
    )
    const wabt = await assembler()
    const { buffer } = wabt.parseWat('unmask.wat', source, { simd: true }).toBinary({})
    expect(MODULE).toBe(Buffer.from(buffer).toString('base64'))
  })

  it('unmasks as applyMask does, at every alignment, and nothing around it', () => {
    const { buffer } = memory
    const key = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(70), key, (payload, start, mask) => {
        buffer.fill(0xa5, 0, 600)
        buffer.set(payload, start)
        const expected = Buffer.from(buffer.subarray(0, 600))
        const end = start + payload.length
        const high = applyMask(expected, start, end, mask)
        expect(memory.unmask(start, end, mask) === 0).toBe(high === 0)
        expect(buffer.toString('hex', 0, 600)).toBe(expected.toString('hex'))
      }),
      { numRuns: 300 },
    )
  })

  it('tells an octet that is not ASCII from the others, wherever it is', () => {
    const { buffer } = memory
    for (const length of [1, 3, 4, 7, 63, 64, 65, 130]) {
      for (let at = 0; at < length; at++) {
        buffer.fill(0x61, 8, 8 + length)
        buffer[8 + at] = 0xe4
        expect(memory.unmask(8, 8 + length, 0), `${at} of ${length}`).not.toBe(0)
      }
      buffer.fill(0x61, 8, 8 + length)
      expect(memory.unmask(8, 8 + length, 0), `${length}`).toBe(0)
    }
  })

  it('works up to the end of the memory', () => {
    const { buffer } = memory
    const start = buffer.length - 100
    buffer.fill(0, start)
    memory.unmask(start, buffer.length, 0x04030201)
    expect(buffer.subarray(-4).toString('hex')).toBe('01020304')
  })
})
