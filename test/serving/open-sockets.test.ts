import { expect, test } from 'vitest'
import { deferred } from '../../src/client/deferred.ts'
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

test('a stop also waits for consumers that have something to finish when their socket is gone', async () => {
  const { sockets, clock, add } = rig()
  const done = deferred<void>()
  const gone = add('gone')
  sockets.waitFor(undefined)
  sockets.waitFor(done.promise)
  sockets.delete(gone)
  let stopped = false
  const stopping = sockets.stop(stopPlan({ drain: 100 })).then(() => {
    stopped = true
  })
  await settled()
  expect(stopped).toBe(false)
  done.resolve()
  await stopping
  expect(clock.pending).toBe(0)
})

test('consumers are not waited for past the deadline', async () => {
  const { sockets, clock } = rig()
  sockets.waitFor(new Promise(() => {}))
  const stopping = sockets.stop(stopPlan({ drain: 100 }))
  clock.advance(100)
  await stopping
})

test('a thenable that calls back more than once is one consumer', async () => {
  const { sockets, clock, add } = rig()
  const twice = (done: () => void): void => {
    done()
    done()
  }
  sockets.waitFor(new Proxy(Promise.resolve(), { get: () => twice }))
  await settled()
  add('a')
  let stopped = false
  const stopping = sockets.stop(stopPlan({ drain: 100 })).then(() => {
    stopped = true
  })
  await settled()
  expect(stopped).toBe(false)
  clock.advance(100)
  await stopping
})
