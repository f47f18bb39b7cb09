import { describe, expect, test } from 'vitest'
import { handleZlib } from '../../../src/node/zlib/handle-zlib.ts'
import { publicZlib } from '../../../src/node/zlib/public-zlib.ts'
import { isSoundZlib } from '../../../src/node/zlib/self-test.ts'
import type { Deflater, Inflater, ZlibPort } from '../../../src/protocol/bytes/zlib-port.ts'
import { ExtensionFailure } from '../../../src/protocol/extension/extension.ts'

/** The public functions, with something changed. */
function changed(change: {
  readonly deflate?: (deflater: Deflater, data: Uint8Array) => Uint8Array<ArrayBuffer>
  readonly inflate?: (
    inflater: Inflater,
    data: Uint8Array,
    maxLength: number,
  ) => Uint8Array<ArrayBuffer>
  readonly contextTakeover?: boolean
}): ZlibPort {
  return {
    deflater(given) {
      const { contextTakeover = given.contextTakeover } = change
      const deflater = publicZlib.deflater({ ...given, contextTakeover })
      return {
        deflate: (data) => change.deflate?.(deflater, data) ?? deflater.deflate(data),
        close: () => deflater.close(),
      }
    },
    inflater(given) {
      const inflater = publicZlib.inflater(given)
      return {
        inflate: (data, maxLength) =>
          change.inflate?.(inflater, data, maxLength) ?? inflater.inflate(data, maxLength),
        close: () => inflater.close(),
      }
    },
  }
}

describe('the test of a zlib port', () => {
  test.each([
    ['the native handles', handleZlib],
    ['the public functions', publicZlib],
    ['a port that changes nothing', changed({})],
  ])('finds %s sound', (_, zlib) => {
    expect(isSoundZlib(zlib)).toBe(true)
  })

  test.each<[string, ZlibPort]>([
    ['throws', changed({ deflate: () => raise(new TypeError('no handle')) })],
    ['gives nothing', changed({ deflate: () => new Uint8Array() })],
    ['loses a byte', changed({ inflate: (own, data, max) => own.inflate(data, max).subarray(1) })],
    [
      'loses the last byte',
      changed({ inflate: (own, data, max) => own.inflate(data, max).subarray(0, -1) }),
    ],
    [
      'cuts long messages off',
      changed({ inflate: (own, data, max) => own.inflate(data, max).subarray(0, 65_536) }),
    ],
    [
      'changes a byte',
      changed({
        inflate(own, data, max) {
          const inflated = own.inflate(data, max)
          inflated[inflated.length >> 1]! ^= 1
          return inflated
        },
      }),
    ],
    ['forgets the window', changed({ contextTakeover: false })],
    ['keeps the window when it should not', changed({ contextTakeover: true })],
    ['knows no limit', changed({ inflate: (own, data) => own.inflate(data, 1_000_000) })],
    [
      'takes what is corrupt',
      changed({
        inflate(own, data, max) {
          try {
            return own.inflate(data, max)
          } catch (error) {
            if (error instanceof ExtensionFailure && error.code === 1007) return new Uint8Array()
            throw error
          }
        },
      }),
    ],
    ['refuses a final block', brokenBy((data) => data[0] === 0xf3, 1)],
    ['takes nothing after a final block', brokenBy((data) => data[0] === 0xf3, 2)],
    [
      'fails in some way of its own',
      changed({
        inflate(own, data, max) {
          try {
            return own.inflate(data, max)
          } catch {
            throw new Error('failed')
          }
        },
      }),
    ],
  ])('notices a port that %s', (_, zlib) => {
    expect(isSoundZlib(zlib)).toBe(false)
  })
})

/** Refuses all from the `first` call on, counted from the one with such data. */
function brokenBy(isSuch: (data: Uint8Array) => boolean, first: number): ZlibPort {
  let calls = 0
  return changed({
    inflate(own, data, max) {
      if (calls > 0 || isSuch(data)) calls++
      return calls < first ? own.inflate(data, max) : raise(new ExtensionFailure(1007, 'refused'))
    },
  })
}

function raise(error: Error): never {
  throw error
}
