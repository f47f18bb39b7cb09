import { WebSocketExtensions } from 'antiphon'
import { createNodeZlib } from 'antiphon/node'
import {
  type ExtensionHeader,
  formatExtensions,
  parseExtensions,
  SERVER_LIMITS,
} from 'antiphon/protocol'
import fc from 'fast-check'
import { utf8 } from '../support/bytes.ts'
import { promised, same } from '../support/promise.ts'
import type { Target } from '../target.ts'

const zlib = createNodeZlib()
const server = { role: 'server', limits: SERVER_LIMITS, zlib } as const
const client = { role: 'client', limits: SERVER_LIMITS, zlib } as const
const factory = WebSocketExtensions.deflate()

const parameter = fc.constantFrom(
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits=10',
  'server_max_window_bits="8"',
  'client_max_window_bits',
  'client_max_window_bits=15',
  'client_max_window_bits=016',
  'x = y',
  '=',
)

/** `Sec-WebSocket-Extensions`: the list itself, and what a server and a client make of it. */
export const extensionHeader: Target = {
  name: 'extension-header',
  seeds: [
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate',
    'permessage-deflate; client_no_context_takeover; client_no_context_takeover',
    'permessage-deflate; server_max_window_bits="1\\0"',
    'a;b=c;d="e",,f ; g = h',
  ].map(utf8),
  words: [
    'permessage-deflate',
    '; ',
    ', ',
    '="',
    '"',
    '\\',
    'client_max_window_bits',
    'server_max_window_bits=8',
    '=15',
  ].map(utf8),
  inputs: fc
    .array(
      fc.array(parameter, { maxLength: 4 }).map((all) => ['permessage-deflate', ...all].join('; ')),
      { maxLength: 3 },
    )
    .map((offers): Uint8Array => utf8(offers.join(', '))),
  check(input) {
    const value = Buffer.from(input).toString('latin1')
    const parsed = parseExtensions(value)
    if (parsed === undefined) return
    same(
      parseExtensions(formatExtensions(parsed)),
      parsed,
      'what is written reads as what was meant',
    )
    const offers = parsed.filter(({ name }) => name === factory.name)
    const choice = factory.negotiate(offers, server)
    if (choice !== undefined) {
      promised(offers.length > 0, 'nothing is chosen that was not offered')
      promised(
        namesIn(choice.answer).size === choice.answer.parameters.length,
        'no parameter is answered twice',
      )
      promised(
        typeof factory.accepted(choice.answer, client) !== 'string',
        'a client can take what our server answers',
      )
      choice.extension.close?.()
    }
    for (const answer of offers) {
      const accepted = factory.accepted(answer, client)
      if (typeof accepted === 'string')
        promised(/^[ -~]+$/.test(accepted), 'a problem is one line of ASCII')
      else accepted.close?.()
    }
  },
}

function namesIn({ parameters }: ExtensionHeader): Set<string> {
  return new Set(parameters.map(({ name }) => name))
}
