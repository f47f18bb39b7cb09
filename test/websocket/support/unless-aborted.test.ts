import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { unlessAborted } from '../../../src/websocket/support/unless-aborted.ts'
import { failureOf } from '../../support/session-client.ts'

const reason = new Error('leaving')
const never = new Promise<never>(() => {})

test('a value is passed on, and so is what it is rejected with', async () => {
  const { signal } = new AbortController()
  expect(await unlessAborted(1, signal)).toBe(1)
  expect(await unlessAborted(Promise.resolve(2), signal)).toBe(2)
  expect(await failureOf(unlessAborted(Promise.reject(reason), signal))).toBe(reason)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('an abort rejects at once, and is not listened to any more', async () => {
  const aborting = new AbortController()
  const failure = failureOf(unlessAborted(never, aborting.signal))
  aborting.abort(reason)
  expect(await failure).toBe(reason)
  expect(getEventListeners(aborting.signal, 'abort')).toHaveLength(0)
})

test('an abort that came before counts, even if there is a value', async () => {
  const signal = AbortSignal.abort(reason)
  expect(await failureOf(unlessAborted('too late', signal))).toBe(reason)
  const errorOf = ({ reason: cause }: AbortSignal): Error => new Error('late', { cause })
  const failure = await failureOf(unlessAborted('too late', signal, errorOf))
  expect(failure).toMatchObject({ message: 'late', cause: reason })
})
