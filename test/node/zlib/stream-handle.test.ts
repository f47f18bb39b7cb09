import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw } from 'node:zlib'
import { expect, test } from 'vitest'
import { StreamHandle } from '../../../src/node/zlib/stream-handle.ts'
import { bytes, hex } from '../../support/hex.ts'

const HELLO = new TextEncoder().encode('Hello')

/** As Node's, when zlib gets no memory: its first use tells, and the second one would end the process. */
function withoutMemory(stream: DeflateRaw): DeflateRaw {
  const handle = Reflect.get(stream, '_handle')
  const ended = () => {
    throw new Error('Node would have ended the process')
  }
  handle.writeSync = () => {
    Object.assign(handle, { writeSync: ended, reset: ended })
    handle.onerror('insufficient memory', constants.Z_MEM_ERROR, 'Z_MEM_ERROR')
  }
  return stream
}

test('a stream that got no memory is not used again, and a reset begins another', () => {
  let memory = false
  const handle = new StreamHandle(() =>
    memory ? createDeflateRaw() : withoutMemory(createDeflateRaw()),
  )
  const output = new Uint8Array(100)
  const deflated = () => {
    handle.write(constants.Z_SYNC_FLUSH, HELLO, 0, output, 0, output.length)
    return output.subarray(0, output.length - handle.outputLeft)
  }
  for (let i = 0; i < 2; i++) {
    expect(deflated).toThrow('insufficient memory')
    expect(deflated).toThrow('this zlib stream is closed')
    handle.reset()
  }
  memory = true
  expect(deflated).toThrow('insufficient memory')
  handle.reset()
  for (let i = 0; i < 2; i++) {
    expect(hex(deflated())).toBe(hex('f2 48 cd c9 c9 07 00 00 00 ff ff'))
    handle.reset()
  }
  handle.close()
  expect(deflated).toThrow('this zlib stream is closed')
})

test('a stream that was given corrupt data is mended by a reset, and not made anew', () => {
  let made = 0
  const handle = new StreamHandle(() => {
    made++
    return createInflateRaw()
  })
  const output = new Uint8Array(100)
  const inflated = (data: Uint8Array) => {
    handle.write(constants.Z_SYNC_FLUSH, data, 0, output, 0, output.length)
    return output.subarray(0, output.length - handle.outputLeft)
  }
  for (let i = 0; i < 2; i++) {
    expect(() => inflated(bytes('ff'))).toThrow('invalid block type')
    handle.reset()
    expect(inflated(bytes('f2 48 cd c9 c9 07 00'))).toEqual(HELLO)
    handle.reset()
  }
  expect(made).toBe(1)
  handle.close()
})
