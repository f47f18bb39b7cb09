import { describe, expect, test } from 'vitest'
import { WebSocketProxyException } from '../../../src/node/client/proxy.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { isRetryable } from '../../../src/websocket/client/is-retryable.ts'
import {
  ConnectionLostException,
  type ConnectStage,
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import { NEVER_CONNECTED } from '../../../src/websocket/never-connected.ts'

describe('another attempt may help', () => {
  test.each([1001, 1005, 1006, 1009, 1011, 1012, 1013, 1014, 3001, 4000, 4001, 4013, 4999])(
    'after a close with %i',
    (code) => {
      expect(isRetryable(new CloseReason(code), undefined)).toBe(true)
    },
  )

  test.each<ConnectStage>(['unknown', 'dns', 'tcp', 'tls', 'proxy', 'http', 'timeout'])(
    'after a failure at the stage %s',
    (stage) => {
      expect(isRetryable(NEVER_CONNECTED, new WebSocketConnectException(stage, 'no'))).toBe(true)
    },
  )

  test.each([408, 425, 429, 500, 502, 503, 504])('after a refusal with %i', (status) => {
    for (const refusal of refusals(status)) expect(isRetryable(NEVER_CONNECTED, refusal)).toBe(true)
  })

  test('after an error of another kind, such as that of a token which could not be fetched', () => {
    expect(isRetryable(NEVER_CONNECTED, new TypeError('fetch failed'))).toBe(true)
  })

  test('after a lost connection', () => {
    const cause = new ConnectionLostException('gone')
    expect(isRetryable(new CloseReason(1006), cause)).toBe(true)
  })
})

describe('another attempt does not help', () => {
  test.each([1000, 1002, 1003, 1007, 1008, 1010, 3000, 3003])('after a close with %i', (code) => {
    expect(isRetryable(new CloseReason(code), undefined)).toBe(false)
  })

  test.each([200, 301, 400, 401, 403, 404, 426])('after a refusal with %i', (status) => {
    for (const refusal of refusals(status))
      expect(isRetryable(NEVER_CONNECTED, refusal)).toBe(false)
  })

  test('after a 101 that is not valid', () => {
    const response = { status: 101, headers: new Headers(), body: '' }
    const invalid = new WebSocketUpgradeException('wrong key', response, 'handshake')
    expect(isRetryable(NEVER_CONNECTED, invalid)).toBe(false)
  })

  test('after an abort', () => {
    const aborted = new WebSocketConnectException('aborted', 'given up')
    expect(isRetryable(NEVER_CONNECTED, aborted)).toBe(false)
  })
})

/** Those of a server and of a proxy. */
function refusals(status: number): WebSocketConnectException[] {
  const headers = new Headers()
  return [
    new WebSocketUpgradeException('refused', { status, headers, body: '' }),
    new WebSocketProxyException('refused', status, headers),
  ]
}
