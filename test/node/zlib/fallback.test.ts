import { expect, test, vi } from 'vitest'
import { createNodeZlib } from '../../../src/node/zlib/zlib-port.ts'
import { hex } from '../../support/hex.ts'

vi.mock('node:zlib', async (original) => {
  const zlib = await original<typeof import('node:zlib')>()
  const without = <T extends object>(stream: T, member: string): T => {
    Reflect.deleteProperty(stream, member)
    return stream
  }
  return {
    ...zlib,
    createDeflateRaw: (options: object) => without(zlib.createDeflateRaw(options), '_writeState'),
    createInflateRaw: (options: object) => without(zlib.createInflateRaw(options), '_handle'),
  }
})

test('a Node whose streams have no such handle is served by the public functions', () => {
  const zlib = createNodeZlib({ fast: true })
  const options = { windowBits: 15, level: -1, memLevel: 8, contextTakeover: true }
  const deflater = zlib.deflater(options)
  const inflater = zlib.inflater(options)
  for (const expected of ['f2 48 cd c9 c9 07 00', 'f2 00 11 00 00']) {
    const deflated = deflater.deflate(new TextEncoder().encode('Hello'))
    expect(hex(deflated)).toBe(hex(expected))
    expect(new TextDecoder().decode(inflater.inflate(deflated, 5))).toBe('Hello')
  }
})
