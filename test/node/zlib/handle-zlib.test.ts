import { expect, test } from 'vitest'
import { handleZlib } from '../../../src/node/zlib/handle-zlib.ts'

const DEFLATER = { windowBits: 15, level: -1, memLevel: 8 }

test('connections that keep no window share a deflater of their settings', () => {
  const contextTakeover = false
  const shared = handleZlib.deflater({ ...DEFLATER, contextTakeover })
  expect(handleZlib.deflater({ ...DEFLATER, contextTakeover })).toBe(shared)
  for (const other of [{ windowBits: 10 }, { level: 9 }, { memLevel: 5 }]) {
    expect(handleZlib.deflater({ ...DEFLATER, ...other, contextTakeover })).not.toBe(shared)
  }
})

test('connections that keep no window share one inflater', () => {
  const contextTakeover = false
  const shared = handleZlib.inflater({ windowBits: 15, contextTakeover })
  expect(handleZlib.inflater({ windowBits: 10, contextTakeover })).toBe(shared)
})

test('connections that keep a window share nothing', () => {
  const deflaters = [1, 2].map(() => handleZlib.deflater({ ...DEFLATER, contextTakeover: true }))
  expect(deflaters[0]).not.toBe(deflaters[1])
  const inflaters = [1, 2].map(() => handleZlib.inflater({ windowBits: 15, contextTakeover: true }))
  expect(inflaters[0]).not.toBe(inflaters[1])
  for (const each of [...deflaters, ...inflaters]) each.close()
})
