import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Corpus } from '../../fuzz/corpus.ts'
import { fuzzGuided } from '../../fuzz/guided.ts'
import { mutate } from '../../fuzz/mutate.ts'
import { randomFrom } from '../../fuzz/support/bytes.ts'
import type { Target } from '../../fuzz/target.ts'
import { bytes, hex } from '../support/hex.ts'

const harmless: Target = {
  name: 'harmless',
  seeds: [bytes('00')],
  words: [bytes('c0ffee')],
  inputs: fc.uint8Array(),
  check() {},
}

describe('the guided fuzzer', () => {
  it('finds an input that breaks a promise, and says how', () => {
    const error = new Error('here it is')
    const target: Target = {
      ...harmless,
      check(input) {
        if (hex(input).includes('c0ffee')) throw error
      },
    }
    const { failure } = fuzzGuided({ target, corpus: [], random: randomFrom(1), seconds: 10 })
    expect(failure?.error).toBe(error)
    expect(hex(failure!.input)).toContain('c0ffee')
  })

  it('stops after its time when nothing is found', () => {
    const found = fuzzGuided({ target: harmless, corpus: [], random: randomFrom(1), seconds: 0.05 })
    expect(found.failure).toBeUndefined()
    expect(found.executions).toBeGreaterThan(0)
  })

  it('makes the same mutations from the same seed, none too long', () => {
    const pool = [new Uint8Array(1024), bytes('01 02 03'), bytes('')]
    const make = (): string[] => {
      const random = randomFrom(42)
      return Array.from({ length: 300 }, () => hex(mutate(pool, [bytes('c0ffee')], random)))
    }
    const made = make()
    expect(make()).toEqual(made)
    expect(new Set(made).size).toBeGreaterThan(200)
    expect(Math.max(...made.map((digits) => digits.length))).toBe(2048)
  })
})

describe('a corpus', () => {
  it('gives back what it keeps, each once', () => {
    const root = mkdtempSync(join(tmpdir(), 'corpus-'))
    try {
      const corpus = new Corpus(root, 'one')
      expect(corpus.inputs()).toEqual([])
      const inputs = [bytes('00 ff'), new Uint8Array(100).fill(7), bytes('')]
      for (const input of [...inputs, ...inputs]) corpus.keep(input)
      expect(corpus.inputs().map(hex).sort()).toEqual(inputs.map(hex).sort())
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
