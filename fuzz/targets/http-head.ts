import { type HeadProblem, type ResponseHead, ResponseHeadParser } from 'antiphon/protocol'
import fc from 'fast-check'
import { cut, joined, utf8 } from '../support/bytes.ts'
import { promised, same } from '../support/promise.ts'
import type { Target } from '../target.ts'

const LIMIT = 512

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** No control characters but tabs, and nothing that one byte cannot hold. */
const VALUE = /^[\t -~\u0080-\u00ff]*$/

/** All heads in the pieces, one behind the other, and how they end. */
function read(pieces: readonly Uint8Array[]): unknown[] {
  const parser = new ResponseHeadParser(LIMIT)
  const told: unknown[] = []
  for (const piece of pieces) {
    for (let start = 0; ; ) {
      const result = parser.push(piece, start)
      if (result === undefined) break
      if (isProblem(result)) {
        told.push(result.problem)
        same(parser.push(piece), result, 'a problem stays one')
        return told
      }
      promised(result.end > start && result.end <= piece.length, 'a head ends within the chunk')
      told.push([result.status, result.statusText, result.headers])
      hold(result)
      start = result.end
    }
  }
  return told
}

function isProblem(result: ResponseHead | HeadProblem): result is HeadProblem {
  return 'problem' in result
}

function hold({ status, statusText, headers }: ResponseHead): void {
  promised(status >= 100 && status <= 999, 'a status has three digits')
  promised(VALUE.test(statusText), 'the reason stays on its line')
  for (const [name, value] of headers) {
    promised(TOKEN.test(name), "a header's name is a token")
    promised(
      VALUE.test(value) && value === value.replace(/^[ \t]+|[ \t]+$/g, ''),
      'a value is trimmed and stays on its line',
    )
  }
}

const field = fc
  .tuple(
    fc.constantFrom('Upgrade', 'connection', 'Sec-WebSocket-Accept', 'X', 'Bad name', ''),
    fc.constantFrom(':', ': ', ':\t', ' :', ''),
    fc.string({
      unit: fc.constantFrom('a', ',', ' ', '\t', 'é', '\r', '\n', '\u0000', ';'),
      maxLength: 8,
    }),
  )
  .map((parts) => parts.join(''))

/** The heads of HTTP responses. The first octet says how the rest is cut. */
export const httpHead: Target = {
  name: 'http-head',
  seeds: [
    '\u0000HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u0081\u0000',
    '\u0001HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 101 \r\n\r\n',
    '\u0002HTTP/1.0 407\r\nA:b\r\n c\r\n\r\n',
    '\u0003HTTP/1.1 200 OK\nA: b\n\n',
  ].map((text) => Uint8Array.from(text, (c) => c.charCodeAt(0))),
  words: ['HTTP/1.1 101', '\r\n', '\r\n\r\n', ': ', ' ', '\t', '\u0000', 'Upgrade', '200'].map(
    utf8,
  ),
  inputs: fc
    .tuple(
      fc.nat(255),
      fc.constantFrom(
        'HTTP/1.1 101 Switching Protocols',
        'HTTP/1.0 200',
        'HTTP/2 101',
        'HTTP/1.1 99 x',
        'http/1.1 101 ',
      ),
      fc.array(field, { maxLength: 5 }),
      fc.constantFrom('\r\n\r\n', '\n\n', '\r\n', ''),
    )
    .map(([at, line, fields, end]) =>
      joined(Uint8Array.of(at), Buffer.from([line, ...fields].join('\r\n') + end, 'latin1')),
    ),
  check(input) {
    const [at = 0] = input
    const bytes = input.subarray(1)
    same(read(cut(bytes, at)), read([bytes]), 'it reads the same however it is cut')
  },
}
