import { describe, expect, test } from 'vitest'
import { DelayLine } from '../../src/filters/delay-line.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { InboundGauge } from '../../src/websocket/socket/inbound-gauge.ts'
import { Inbox } from '../../src/websocket/socket/inbox.ts'
import { PausedMessages } from '../../src/websocket/whole-messages/paused-messages.ts'
import { movedItems } from '../support/moved-items.ts'
import { settled } from '../support/socket-rig.ts'

const MANY = 2_000
/** If each that goes moved the others, it would be half of `MANY`. */
const MOVES_PER_ITEM = 8

function times(act: (index: number) => void): void {
  for (let index = 0; index < MANY; index++) act(index)
}

function delayed(): { readonly line: DelayLine; readonly clock: VirtualClock } {
  const clock = new VirtualClock()
  const line = new DelayLine(clock)
  times(() => line.put(10, () => {}))
  return { line, clock }
}

const CASES: Readonly<Record<string, () => () => unknown>> = {
  'messages that were held for a listener': () => {
    const inbox = new Inbox<object>(
      {
        events: { report() {} },
        gauge: new InboundGauge({ bytes: MANY, messages: MANY }),
        regulate() {},
        fault: () => true,
        settled: false,
      },
      () => 1,
    )
    times((index) => inbox.deliver({ index }))
    return async () => {
      inbox.listen(() => {})
      await settled()
    }
  },
  'messages of a runtime that is paused after each': () => {
    const kept = new PausedMessages({ pause() {}, resume() {} })
    kept.hold(1, true)
    times(() => kept.keep(() => kept.hold(1, true)))
    return () => times(() => kept.hold(1, false))
  },
  'messages that are late': () => {
    const { clock } = delayed()
    return () => clock.advance(10)
  },
  'late messages that are let go': () => {
    const { line } = delayed()
    return () => line.flush()
  },
}

describe('whoever waits behind many others', () => {
  test.each(Object.keys(CASES))('is not moved for each of them: %s', async (name) => {
    const act = CASES[name]!()
    expect(await movedItems(act)).toBeLessThan(MANY * MOVES_PER_ITEM)
  })
})
