import { describe, expect, test } from 'vitest'
import { game, state, steer } from '../../examples/typed-game-loop.ts'
import { typed } from '../../src/index.ts'
import {
  expectMessages,
  testWsClient,
  VirtualClock,
  withLeakCheck,
} from '../../src/testing/index.ts'

function table(clock: VirtualClock) {
  const app = game(clock)
  return {
    join: () => typed(testWsClient(app, '/game', { clock }), { receive: state, send: steer }),
  }
}

describe('the game', () => {
  test(
    'moves everybody at each tick, and tells everybody',
    withLeakCheck(async () => {
      const clock = new VirtualClock()
      const { join } = table(clock)
      const [ann, ben] = [join(), join()]
      ann.send({ go: 'right' })
      clock.advance(49)
      await expectMessages(ann, [])
      clock.advance(1)
      clock.advance(50)
      await expectMessages(ann, [
        { tick: 1, you: 1, others: [0] },
        { tick: 2, you: 2, others: [0] },
      ])
      await expectMessages(ben, [
        { tick: 1, you: 0, others: [1] },
        { tick: 2, you: 0, others: [2] },
      ])
      ann.close()
      ben.send({ go: 'left' })
      clock.advance(50)
      await expectMessages(ben, [{ tick: 3, you: 0, others: [] }])
      ben.close()
    }),
  )

  test('stands still while nobody plays, and goes on once a tick for whoever comes', () => {
    const clock = new VirtualClock()
    const { join } = table(clock)
    join().close()
    expect(clock.pending).toBe(0)
    clock.advance(1_000)
    const ann = join()
    clock.advance(100)
    expect([...ann.received()].map(({ tick }) => tick)).toEqual([1, 2])
  })

  test('has an end on either side', () => {
    const clock = new VirtualClock()
    const ann = table(clock).join()
    ann.send({ go: 'right' })
    clock.advance(50 * 110)
    expect([...ann.received()].at(-1)).toMatchObject({ you: 99 })
  })

  test('does not take other moves', async () => {
    const { join } = table(new VirtualClock())
    // @ts-expect-error: there is no way up
    expect(() => join().send({ go: 'up' })).toThrow('message')
  })
})
