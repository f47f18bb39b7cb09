import { expect, onTestFinished, test, vi } from 'vitest'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { backoffOf } from '../../../src/websocket/client/backoff.ts'
import {
  type BackoffOptions,
  backoffOptions,
} from '../../../src/websocket/client/backoff-options.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

const LOST = WsStatus.ABNORMAL_CLOSE

function backoffRig(options: BackoffOptions = {}) {
  const clock = new VirtualClock()
  const delay = ({ failures }: { readonly failures: number }): number => failures * 1_000
  return { clock, backoff: backoffOf(backoffOptions({ clock, delay, ...options })) }
}

test('failures are counted until a connection has been open for five seconds', async () => {
  const { clock, backoff } = backoffRig()
  const waits = [4_999, 4_999, 5_000, 0].map((stays) => {
    const ended = backoff.opened()
    clock.advance(stays)
    ended()
    return backoff.failed(LOST, undefined)?.wait
  })
  expect(waits).toEqual([1_000, 2_000, 1_000, 2_000])
  expect(clock.pending).toBe(0)
})

test('an end that is not retried is followed by nothing', () => {
  const { backoff } = backoffRig()
  expect(backoff.failed(WsStatus.NORMAL, undefined)).toBeUndefined()
  expect(backoff.failed(WsStatus.NORMAL, undefined, true)).toEqual({
    end: { status: WsStatus.NORMAL, cause: undefined, failures: 2, retryable: true },
    wait: 2_000,
  })
})

test('a delay has to be a number of milliseconds', () => {
  const { backoff } = backoffRig({ delay: () => Number.NaN })
  expect(() => backoff.failed(LOST, undefined)).toThrow(RangeError)
})

test('a wait ends by itself, when it is stopped, and when the network is back', () => {
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
  const { clock, backoff } = backoffRig()
  const next = vi.fn()
  const online = (): boolean => page.dispatchEvent(new Event('online'))

  backoff.wait(1_000, next)
  clock.advance(999)
  expect(next).toHaveBeenCalledTimes(0)
  clock.advance(1)
  online()
  expect(next).toHaveBeenCalledTimes(1)

  backoff.wait(1_000, next)()
  online()
  clock.advance(1_000)
  expect(next).toHaveBeenCalledTimes(1)

  backoff.wait(1_000, next)
  online()
  online()
  clock.advance(1_000)
  expect(next).toHaveBeenCalledTimes(2)
  expect(clock.pending).toBe(0)
})
