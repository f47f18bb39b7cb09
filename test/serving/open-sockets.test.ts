import { expect, test } from 'vitest'
import { OpenSockets, type Stoppable } from '../../src/serving/open-sockets.ts'
import { stopPlan } from '../../src/serving/stop-plan.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { settled } from '../support/socket-rig.ts'

interface Rig {
  readonly clock: VirtualClock
  readonly sockets: OpenSockets
  readonly did: string[]
  /** A socket that notes what is asked of it. */
  add(name: string): Stoppable
}

function rig(): Rig {
  const clock = new VirtualClock()
  const sockets = new OpenSockets(clock)
  const did: string[] = []
  return {
    clock,
    sockets,
    did,
    add(name) {
      const socket: Stoppable = {
        shutDown: ({ code }, timeout) => did.push(`${name} ${code} ${timeout}`),
        terminate: () => did.push(`${name} terminated`),
      }
      sockets.add(socket)
      return socket
    },
  }
}

test('a stop closes every socket, and waits until they are gone', async () => {
  const { sockets, did, clock, add } = rig()
  const [a, b] = [add('a'), add('b')]
  expect([sockets.size, sockets.stopping]).toEqual([2, false])
  let stopped = false
  const stopping = sockets.stop(stopPlan({ drain: 100 })).then(() => {
    stopped = true
  })
  expect([did, sockets.stopping]).toEqual([['a 1001 100', 'b 1001 100'], true])
  sockets.delete(a)
  await settled()
  expect(stopped).toBe(false)
  sockets.delete(b)
  await stopping
  expect(clock.pending).toBe(0)
})

test('past the deadline it lets go', async () => {
  const { sockets, did, clock, add } = rig()
  add('a')
  const stopping = sockets.stop(stopPlan({ drain: 100 }))
  clock.advance(100)
  await stopping
  expect(did).toEqual(['a 1001 100', 'a terminated'])
})

test('closes are spread over a time', async () => {
  const { sockets, did, clock, add } = rig()
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) add(name)
  const stopping = sockets.stop(stopPlan({ over: 1_000, drain: 5_000 }))
  expect(did).toEqual([])
  clock.advance(1_000)
  expect(did).toHaveLength(8)
  clock.advance(4_000)
  await stopping
})

test('a server without sockets has nothing to wait for', async () => {
  const { sockets, clock } = rig()
  await sockets.stop(stopPlan({}))
  expect([sockets.stopping, clock.pending]).toEqual([true, 0])
})
