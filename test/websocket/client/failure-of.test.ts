import { expect, test } from 'vitest'
import { failureOf } from '../../../src/websocket/client/failure-of.ts'
import { WebSocketClosedException } from '../../../src/websocket/errors.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

test('a normal end is no failure', () => {
  const normal = [WsStatus.NORMAL, WsStatus.GOING_AWAY, WsStatus.NOCODE]
  expect(normal.map((status) => failureOf(status))).toEqual([undefined, undefined, undefined])
})

test('any other end is one, with its status and what made it fail', () => {
  const cause = new Error('cable cut')
  const failure = failureOf(WsStatus.ABNORMAL_CLOSE, cause)
  expect(failure).toBeInstanceOf(WebSocketClosedException)
  expect(failure).toMatchObject({ reason: { code: 1006 }, cause })
  expect(failureOf(WsStatus.POLICY_VALIDATION)).not.toHaveProperty('cause')
})

test('what could not be opened is what made opening fail, or was given up', () => {
  const cause = new Error('no route')
  expect(failureOf(WsStatus.NEVER_CONNECTED, cause)).toBe(cause)
  expect(failureOf(WsStatus.NEVER_CONNECTED)).toMatchObject({ stage: 'aborted' })
})
