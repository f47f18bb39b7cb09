import { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { BY_STREAM, writeModeOf } from '../../../src/node/stream/write-mode.ts'
import { tcpPair } from '../../support/tcp-pair.ts'

test('sockets whose methods are their own keep nothing of what they have written', async () => {
  using pair = await tcpPair()
  expect([writeModeOf(pair.accepted).slabs, writeModeOf(pair.peer).slabs]).toEqual([true, true])
})

test('a stream that is no socket may keep what it is given', () => {
  expect(writeModeOf(new PassThrough()) === BY_STREAM).toBe(true)
})

test.each(['write', '_write', '_writeGeneric'])(
  'so may a socket whose %s is not its own',
  async (name) => {
    using pair = await tcpPair()
    const original: unknown = Reflect.get(pair.accepted, name)
    Object.assign(pair.accepted, {
      [name]: (...args: unknown[]) => Reflect.apply(Object(original), pair.accepted, args),
    })
    expect(writeModeOf(pair.accepted) === BY_STREAM).toBe(true)
  },
)

test('so may all sockets once their write was replaced', async () => {
  using pair = await tcpPair()
  const write = vi.spyOn(Socket.prototype, 'write')
  onTestFinished(() => write.mockRestore())
  expect(writeModeOf(pair.accepted) === BY_STREAM).toBe(true)
})
