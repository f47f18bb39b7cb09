import { describe, expect, test } from 'vitest'
import { showClose, showFailure, showFrame, showHead } from '../../../src/cli/terminal/show.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import type { CloseRecord } from '../../../src/protocol/close/close-record.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import {
  ConnectionLostException,
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../../src/websocket/errors.ts'
import { bytes } from '../../support/hex.ts'

describe('showFrame', () => {
  test('shows text on one line', () => {
    expect(showFrame(new Frame.Text('a\n\u001b[31mb'), false)).toBe('a\\n\\u001b[31mb')
  })

  test('lays out JSON when asked, its strings escaped', () => {
    const message = new Frame.Text('{"a":"\u202e\u007f"}')
    expect(showFrame(message, true)).toBe('{\n  "a": "\\u202e\\u007f"\n}')
    expect(showFrame(message, false)).toBe('{"a":"\\u202e\\u007f"}')
  })

  test('shows text that is not JSON as it is when JSON is asked for', () => {
    expect(showFrame(new Frame.Text('hello\n'), true)).toBe('hello\\n')
  })

  test('shows bytes as a hex dump with their number', () => {
    expect(showFrame(new Frame.Binary(bytes('68 69')), false)).toBe(
      'binary, 2 bytes\n00000000  68 69                                             |hi|',
    )
    expect(showFrame(new Frame.Binary(bytes('00')), true)).toMatch(/^binary, 1 byte\n/)
    expect(showFrame(new Frame.Binary(new Uint8Array(0)), false)).toBe('binary, 0 bytes')
  })

  test('shows the beginning of many bytes', () => {
    const lines = showFrame(new Frame.Binary(new Uint8Array(2000)), false).split('\n')
    expect(lines).toHaveLength(1 + 1024 / 16 + 1)
    expect(lines[0]).toBe('binary, 2000 bytes')
    expect(lines.at(-1)).toBe('and 976 bytes more')
  })

  test('shows 1024 bytes whole', () => {
    const lines = showFrame(new Frame.Binary(new Uint8Array(1024)), false).split('\n')
    expect(lines).toHaveLength(1 + 1024 / 16)
  })
})

describe('showClose', () => {
  const normal = new CloseReason(1000)

  test.each<[string, Partial<CloseRecord>, string]>([
    [
      'the server began',
      { initiator: 'remote', remote: new CloseReason(4000, 'bye'), local: new CloseReason(4000) },
      "closed by the server, sent 4000, received 4000 'bye'",
    ],
    [
      'this side began',
      { initiator: 'local', remote: new CloseReason(1005), local: normal },
      'closed by this side, sent 1000, received a Close frame without a code',
    ],
    [
      'the connection was lost',
      { initiator: 'transport', cause: new ConnectionLostException('read ECONNRESET') },
      'the connection was lost, sent no Close frame, received no Close frame: read ECONNRESET',
    ],
  ])('tells when %s', (_, record, shown) => {
    const nothing = { reason: normal, local: undefined, remote: undefined, cause: undefined }
    expect(showClose({ ...nothing, initiator: 'local', clean: true, ...record })).toBe(shown)
  })
})

describe('showFailure', () => {
  test('is the message', () => {
    expect(showFailure(new WebSocketConnectException('tcp', 'refused'))).toEqual(['refused'])
  })

  test('names the option for a certificate that is not trusted', () => {
    const cause = Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(showFailure(new WebSocketConnectException('tls', 'self-signed', { cause }))).toEqual([
      'self-signed (--insecure accepts any certificate)',
    ])
  })

  test.each([
    { code: 'ECONNRESET', syscall: 'read' },
    { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', library: 'SSL routines' },
  ])('names no option where TLS failed with $code', (facts) => {
    const cause = Object.assign(new Error('failed'), facts)
    expect(showFailure(new WebSocketConnectException('tls', 'failed', { cause }))).toEqual([
      'failed',
    ])
  })

  test('names no option where the server hung up on the request', () => {
    const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    const failure = new WebSocketConnectException('http', 'socket hang up', { cause })
    expect(showFailure(failure)).toEqual(['socket hang up'])
  })

  test('shows status, headers and body of an answer', () => {
    const headers = new Headers({ 'Content-Type': 'text/plain', 'X-A': 'b' })
    const response = { status: 403, headers, body: 'go\r\n\r\naway\n' }
    expect(showFailure(new WebSocketUpgradeException('no upgrade', response))).toEqual([
      'no upgrade',
      '  HTTP 403',
      '  content-type: text/plain',
      '  x-a: b',
      '',
      '  go',
      '',
      '  away',
    ])
  })

  test('shows no empty body', () => {
    const response = { status: 101, headers: new Headers(), body: '' }
    expect(showFailure(new WebSocketUpgradeException('bad key', response, 'handshake'))).toEqual([
      'bad key',
      '  HTTP 101',
    ])
  })
})

test('showHead shows the status and the headers of a response', () => {
  const headers = new Headers({ Upgrade: 'websocket', 'X-Empty': '' })
  expect(showHead({ status: 101, headers })).toEqual([
    '  HTTP 101',
    '  upgrade: websocket',
    '  x-empty:',
  ])
})
