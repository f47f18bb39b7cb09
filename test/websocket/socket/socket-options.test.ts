import { afterEach, describe, expect, test, vi } from 'vitest'
import { CLIENT_LIMITS, SERVER_LIMITS } from '../../../src/protocol/frame/limits.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import {
  connectionLimits,
  type ResolvedSettings,
  type SocketOptions,
  socketSettings,
} from '../../../src/websocket/socket/socket-options.ts'
import { systemClock } from '../../../src/websocket/support/clock.ts'
import { showError } from '../../../src/websocket/support/show-error.ts'
import { settled } from '../../support/socket-rig.ts'

/** As options come from JavaScript. */
const untyped = (options: object): SocketOptions => options

const settingsOf = (options: SocketOptions): ResolvedSettings => socketSettings(options)

afterEach(() => {
  vi.restoreAllMocks()
})

describe('settings', () => {
  test('have the defaults of the documentation', () => {
    const { onError, ...settings } = settingsOf({})
    expect(settings).toEqual({
      clock: systemClock,
      highWaterMark: 65_536,
      maxBufferedAmount: 16_777_216,
      slowConsumer: 'close',
      inboundMark: { bytes: 1_048_576, messages: 256 },
      closeTimeout: 10_000,
      pingInterval: 0,
      pongTimeout: 15_000,
    })
    expect(onError).toBeTypeOf('function')
  })

  test.each(['close', 'drop', 'wait'] as const)('may be to %s what is too slow', (slowConsumer) => {
    expect(settingsOf({ slowConsumer }).slowConsumer).toBe(slowConsumer)
  })

  test('are what they are told to be', () => {
    const clock = new VirtualClock()
    const options = {
      clock,
      highWaterMark: 1,
      maxBufferedAmount: Number.POSITIVE_INFINITY,
      slowConsumer: 'drop',
      inboundMark: { messages: 3 },
      closeTimeout: 0,
      pingInterval: null,
      pongTimeout: 2_147_483_647,
    } as const
    const { onError: _, ...settings } = settingsOf(options)
    expect(settings).toEqual({
      ...options,
      inboundMark: { bytes: 1_048_576, messages: 3 },
      pingInterval: 0,
    })
  })

  test.each<[SocketOptions, string]>([
    [
      untyped({ highWaterMark: '5' }),
      "the option highWaterMark is '5': it must be a number from 0",
    ],
    [untyped({ maxBufferedAmount: null }), 'the option maxBufferedAmount is null: it must be a '],
    [{ highWaterMark: -1 }, 'the option highWaterMark is -1: it must be a number from 0 up'],
    [{ maxBufferedAmount: Number.NaN }, 'the option maxBufferedAmount is NaN'],
    [{ inboundMark: { bytes: -2 } }, 'the option inboundMark.bytes is -2'],
    [{ inboundMark: { messages: -3 } }, 'the option inboundMark.messages is -3'],
    [{ pingInterval: -4 }, 'the option pingInterval is -4'],
    [
      { closeTimeout: Number.POSITIVE_INFINITY },
      'the option closeTimeout is Infinity: it must be at most 2147483647 ms, which is 24 days',
    ],
    [{ pongTimeout: 2 ** 31 }, 'the option pongTimeout is 2147483648'],
    [
      { slowConsumer: 'wait a bit' as 'wait' },
      'the option slowConsumer is wait a bit, not close or drop or wait',
    ],
    [{ closeTimeout: '5' as never }, "the option closeTimeout is '5'"],
  ])('refuse %j', (options, message) => {
    expect(() => settingsOf(options)).toThrow(RangeError)
    expect(() => settingsOf(options)).toThrow(message)
  })
})

describe('the hook', () => {
  test('writes to the console where there is none', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const error = new Error('unheard')
    settingsOf({}).onError(error, undefined)
    expect(log).toHaveBeenCalledExactlyOnceWith(
      'antiphon: a handler or listener failed',
      showError(error),
    )
  })

  test('is called with the error and the socket', () => {
    const onError = vi.fn()
    const error = new Error('unheard')
    settingsOf({ onError }).onError(error, undefined)
    expect(onError).toHaveBeenCalledExactlyOnceWith(error, undefined)
  })

  test('may fail, and only the console hears of it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const thrown = new Error('thrown')
    const throwing = settingsOf({
      onError() {
        throw thrown
      },
    })
    throwing.onError(new Error('first'), undefined)
    expect(log).toHaveBeenLastCalledWith('antiphon: the onError hook failed', showError(thrown))
    const rejected = new Error('rejected')
    const rejecting = settingsOf({ onError: async () => Promise.reject(rejected) })
    rejecting.onError(new Error('second'), undefined)
    await settled()
    expect(log).toHaveBeenLastCalledWith('antiphon: the onError hook failed', showError(rejected))
  })
})

describe('limits', () => {
  test('are those of the role by default', () => {
    expect(connectionLimits({}, SERVER_LIMITS)).toEqual({
      maxMessageSize: 1_048_576,
      maxFrameSize: 1_048_576,
      maxEmptyFragments: 16_384,
      maxPendingPongs: 64,
    })
    expect(connectionLimits({}, CLIENT_LIMITS)).toEqual({
      maxMessageSize: 67_108_864,
      maxFrameSize: Number.MAX_SAFE_INTEGER,
      maxEmptyFragments: 16_384,
      maxPendingPongs: 64,
    })
  })

  test('on a server the one for messages is the one for frames, unless that is given', () => {
    const { maxFrameSize } = connectionLimits({ maxMessageSize: 5 }, SERVER_LIMITS)
    expect(maxFrameSize).toBe(5)
    const both = { maxMessageSize: 5, maxFrameSize: 3 }
    expect(connectionLimits(both, SERVER_LIMITS)).toMatchObject(both)
  })

  test('on a client the one for messages leaves frames alone', () => {
    const { maxFrameSize } = connectionLimits({ maxMessageSize: 5 }, CLIENT_LIMITS)
    expect(maxFrameSize).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('refuse what cannot be', () => {
    expect(() => connectionLimits({ maxPendingPongs: -1 }, SERVER_LIMITS)).toThrow(
      'the option maxPendingPongs is -1',
    )
  })
})
