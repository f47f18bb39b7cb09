import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { SocketSet } from '../../../src/node/upgrade/socket-set.ts'
import { claim, isHeld } from '../../../src/node/upgrade/stream-mark.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'

test('a stream is held until it is closed or released, whichever is first, and counted once', async () => {
  const sockets = new SocketSet(new VirtualClock())
  const [released, closed] = [new PassThrough(), new PassThrough()]
  const releases = [released, closed].map((stream) => sockets.hold(stream))
  expect([sockets.size, sockets.opened]).toEqual([2, 0])
  releases[0]?.()
  closed.destroy()
  await once(closed, 'close')
  for (const release of releases) release()
  expect([sockets.size, sockets.opened]).toEqual([0, 0])
  expect([released, closed].map(isHeld)).toEqual([false, false])
})

test('a stream that several servers decide about is held until all have', () => {
  const stream = new PassThrough()
  const releases = [1, 2].map(() => new SocketSet(new VirtualClock()).hold(stream))
  releases[0]?.()
  expect(isHeld(stream)).toBe(true)
  releases[1]?.()
  expect(isHeld(stream)).toBe(false)
})

test('a stream that one of them has claimed is held for good', () => {
  const stream = new PassThrough()
  const releases = [1, 2].map(() => new SocketSet(new VirtualClock()).hold(stream))
  expect(claim(stream)).toBe(true)
  for (const release of releases) release()
  expect([isHeld(stream), claim(stream)]).toEqual([true, false])
})
