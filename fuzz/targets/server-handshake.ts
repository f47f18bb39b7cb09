import {
  checkUpgrade,
  formatResponse,
  type HandshakeRequest,
  upgradeHeaders,
} from 'antiphon/protocol'
import fc from 'fast-check'
import { utf8 } from '../support/bytes.ts'
import { promised, same } from '../support/promise.ts'
import type { Target } from '../target.ts'

/** Method and version in the first line, then one header a line; what came twice is joined. */
function requestOf(text: string): HandshakeRequest {
  const [start = '', ...lines] = text.split('\n')
  const [method = '', httpVersion] = start.split(' ')
  const fields = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { method, httpVersion, header: (name) => fields.get(name) ?? null }
}

const GOOD = [
  'GET 1.1',
  'Host: a',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
] as const

const extra = fc.constantFrom(
  'Sec-WebSocket-Protocol: chat, superchat',
  'Sec-WebSocket-Protocol: chat,chat',
  'Sec-WebSocket-Protocol: a b',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
  'Sec-WebSocket-Extensions: a="',
  'Content-Length: 0',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Upgrade: h2c',
)

/** A client's opening handshake, as the server's check sees it. */
export const serverHandshake: Target = {
  name: 'server-handshake',
  seeds: [
    GOOD,
    GOOD.slice(0, 5),
    ['POST 1.1', ...GOOD.slice(1)],
    [...GOOD, 'Content-Length: 7'],
  ].map((lines) => utf8(lines.join('\n'))),
  words: [
    ...GOOD,
    '\n',
    ': ',
    ', ',
    '13',
    'websocket',
    'GET 1.0',
    'Sec-WebSocket-Protocol: a,b',
  ].map(utf8),
  inputs: fc
    .tuple(fc.subarray([...GOOD], { minLength: 4 }), fc.array(extra, { maxLength: 3 }))
    .map(([good, more]): Uint8Array => utf8([...good, ...more].join('\n'))),
  check(input) {
    const request = requestOf(Buffer.from(input).toString('latin1'))
    const check = checkUpgrade(request)
    if (!check.ok) {
      promised([400, 405, 426].includes(check.status), 'a refusal has one of three statuses')
      promised(/^[ -~]{1,600}$/.test(check.message), 'a refusal is one short line of ASCII')
      return
    }
    const { key, protocols, extensions } = check
    promised(
      request.method === 'GET' && request.header('sec-websocket-version') === '13',
      'only GET and 13 pass',
    )
    promised(Buffer.from(key, 'base64').length === 16, 'a key is 16 bytes')
    promised(new Set(protocols).size === protocols.length, 'no subprotocol is offered twice')
    const answer = upgradeHeaders({
      key,
      protocol: protocols[0] ?? '',
      extensions: extensions.slice(0, 1),
    })
    const lines = formatResponse(101, 'Switching Protocols', answer).split(/\r\n|\r|\n/)
    same(lines.length, answer.length + 3, 'what the client offers cannot add a line to the answer')
  },
}
