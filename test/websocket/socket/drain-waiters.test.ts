import { expect, it } from 'vitest'
import { DrainWaiters } from '../../../src/websocket/socket/drain-waiters.ts'
import { settled } from '../../support/socket-rig.ts'

it('DrainWaiters wakes whom the amount satisfies, in order, and once', async () => {
  const waiters = new DrainWaiters()
  const woken: string[] = []
  for (const [name, below] of [
    ['ten', 10],
    ['none', 0],
    ['ten too', 10],
  ] as const) {
    void waiters.until(below).then(() => woken.push(name))
  }
  waiters.settle(11)
  await settled()
  expect(woken).toEqual([])
  waiters.settle(10)
  await settled()
  expect(woken).toEqual(['ten', 'ten too'])
  waiters.settle(0)
  waiters.settle(0)
  await settled()
  expect(woken).toEqual(['ten', 'ten too', 'none'])
})
