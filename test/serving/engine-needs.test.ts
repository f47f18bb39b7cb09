import { describe, expect, test } from 'vitest'
import { checkNeeds, checkOptionNeeds } from '../../src/serving/engine-needs.ts'
import { type AcceptOptions, acceptance } from '../../src/websocket/accept.ts'
import { type EngineTraits, OWN_ENGINE } from '../../src/websocket/capability.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'

const bare: EngineTraits = {
  name: 'bare',
  lacks: ['frames', 'frameLimits', 'bufferedAmount', 'pings'],
}

describe('what an untyped application accepts', () => {
  test.each<[AcceptOptions, string]>([
    [{ mode: 'frames' }, "bare has no frames: accept(consumer, { mode: 'frames' })"],
    [{ mode: 'fragments' }, "bare has no frames: accept(consumer, { mode: 'fragments' })"],
    [
      { limits: { maxFrameSize: 1 } },
      'bare has no frameLimits: accept(consumer, { limits: { maxFrameSize } })',
    ],
    [
      { limits: { maxBufferedAmount: 1 } },
      'bare has no bufferedAmount: accept(consumer, { limits: { maxBufferedAmount } })',
    ],
    [
      { limits: { slowConsumer: 'drop' } },
      'bare has no bufferedAmount: accept(consumer, { limits: { slowConsumer } })',
    ],
  ])(
    'by %j is refused where the engine lacks what it needs, and only there',
    (options, message) => {
      const accepted = acceptance(() => {}, options)
      expect(() => checkNeeds(accepted, bare)).toThrow(new NotSupportedException(message))
      expect(() => checkNeeds(accepted, OWN_ENGINE)).not.toThrow()
    },
  )

  test.each<AcceptOptions>([{}, { limits: {} }, { limits: { maxMessageSize: 1 } }])(
    'by %j is taken by every engine',
    (options) => {
      expect(() =>
        checkNeeds(
          acceptance(() => {}, options),
          bare,
        ),
      ).not.toThrow()
    },
  )
})

test('an option is refused where the engine lacks what it needs, and only there', () => {
  const options = { pingInterval: 30_000 }
  expect(() => checkOptionNeeds(options, bare)).toThrow(
    new NotSupportedException('bare has no pings: leave out the option pingInterval'),
  )
  expect(() => checkOptionNeeds({ pingInterval: undefined }, bare)).not.toThrow()
  expect(() => checkOptionNeeds(options, { name: 'able', lacks: ['frames'] })).not.toThrow()
})
