import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  bodyOf,
  type ResponseHead,
  shownReason,
  shownRedirect,
  shownStatus,
} from '../../../src/node/client/response-facts.ts'

const REDIRECT = " (it redirects to '/b', which is not followed)"

function head(status: number, headers: Record<string, string> = {}, statusText = ''): ResponseHead {
  return { status, statusText, headers: new Headers(headers) }
}

function response(): IncomingMessage {
  return new IncomingMessage(new Socket())
}

test.each([
  [299, '/b', ''],
  [300, '/b', REDIRECT],
  [399, '/b', REDIRECT],
  [400, '/b', ''],
  [302, undefined, ''],
])(
  'a response of status %i with the location %s redirects, or does not',
  (status, location, shown) => {
    const headers = location === undefined ? {} : { location }
    expect(shownRedirect(head(status, headers))).toBe(shown)
  },
)

test('a status without a text of its own is shown as its number', () => {
  expect(shownStatus(head(404))).toBe('404')
})

test('of a status, no more is shown than of a first line', () => {
  expect(shownStatus(head(403, {}, 'x'.repeat(15_000)))).toBe(`403 ${'x'.repeat(196)}...`)
})

test.each([
  ['text/plain', '\r\n why \r\nmore', ': why'],
  ['text/plain;charset=utf-8', 'why\rmore', ': why'],
  ['text/plain', 'why\u0007', ': why\\u0007'],
  ['text/plain', 'y'.repeat(200), `: ${'y'.repeat(200)}`],
  ['text/plain', 'y'.repeat(201), `: ${'y'.repeat(200)}...`],
  ['text/plain', 'Forbidden\nmore', ''],
  ['text/plain', ' \n', ''],
  ['text/html', 'why', ''],
  [undefined, 'why', ''],
])('of a body of type %s, %j, the reason shown is %j', (type, text, shown) => {
  const headers = type === undefined ? undefined : { 'content-type': type }
  expect(shownReason(head(403, headers, 'Forbidden'), text)).toBe(shown)
})

describe('the body of a response', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function body(message: IncomingMessage, time: number): Promise<string> {
    return bodyOf(message, time, new AbortController().signal)
  }

  test('is there when it ends, and nothing waits for more', async () => {
    const message = response()
    const text = body(message, 1_000)
    message.push('gone')
    message.push(null)
    expect(await text).toBe('gone')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is cut after 64 KiB, and the rest not waited for', async () => {
    const message = response()
    const text = body(message, 1_000)
    for (const size of [65_535, 2]) message.push('x'.repeat(size))
    expect(await text).toHaveLength(65_536)
    expect(message.destroyed).toBe(true)
  })

  test('is what came in before the signal', async () => {
    const message = response()
    const controller = new AbortController()
    const text = bodyOf(message, 1_000, controller.signal)
    message.push('go')
    await new Promise(setImmediate)
    controller.abort()
    expect(await text).toBe('go')
    expect([message.destroyed, vi.getTimerCount()]).toEqual([true, 0])
  })

  test.each([
    [100, 100],
    [10_000, 2_000],
  ])('of %i ms to come in is what came in %i', async (time, patience) => {
    const message = response()
    const over = vi.fn()
    const text = body(message, time).finally(over)
    message.push('go')
    await new Promise(setImmediate)
    vi.advanceTimersByTime(patience - 1)
    await new Promise(setImmediate)
    expect(over).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(await text).toBe('go')
  })
})
