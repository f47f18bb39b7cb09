import { describe, expect, it } from 'vitest'
import { createNodeZlib } from '../../src/node/zlib/zlib-port.ts'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import { SERVER_LIMITS } from '../../src/protocol/frame/limits.ts'
import { isSameOrigin } from '../../src/protocol/handshake/origin.ts'
import { checkUpgrade } from '../../src/protocol/handshake/server-handshake.ts'
import { parseExtensions } from '../../src/protocol/headers/extension-header.ts'
import { parseTokens } from '../../src/protocol/headers/header-tokens.ts'
import { countSteps } from '../support/count-steps.ts'
import { KEY } from '../support/raw-client.ts'

/** What backtracking expressions for lists, quoted strings and addresses are slow on, so many characters of it. */
const SIZE = 200_000

const repeated = (text: string): string => text.repeat(Math.ceil(SIZE / text.length))

/** CVE-2021-32640 (`ws`) was the second. */
const TRAPS: readonly (readonly [string, string])[] = [
  ['spaces', `a${repeated(' ')}b`],
  ['spaces and tabs', `a;${repeated(' \t')}=`],
  ['commas', `${repeated(',')}"`],
  ['commas and spaces', `${repeated(', ')}=`],
  ['parameters', `a${repeated(';b')}=`],
  ['equals signs', `a;b${repeated('=')}`],
  ['an open quote', `a;b="${repeated('c')}`],
  ['escapes', `a;b="${repeated('\\\\')}`],
  ['escaped quotes', `a;b="${repeated('\\"')}`],
  ['many quotes', `a;${repeated('b="c";')}`],
  ['a long token', `${repeated('x')}(`],
]

describe.each(TRAPS)('a list with %s', (_, value) => {
  it('is read once, from its beginning to its end', () => {
    expect(countSteps(() => parseTokens(value))).toBeLessThan(8 * value.length)
    expect(countSteps(() => parseExtensions(value))).toBeLessThan(8 * value.length)
  })

  it('is refused, or taken, as a whole handshake', () => {
    const fields: Readonly<Record<string, string>> = {
      host: 'a',
      upgrade: 'websocket',
      connection: 'upgrade',
      'sec-websocket-version': '13',
      'sec-websocket-key': KEY,
      'sec-websocket-protocol': value,
      'sec-websocket-extensions': value,
    }
    const check = checkUpgrade({ method: 'GET', header: (name) => fields[name] ?? null })
    expect(check.ok).toBe(false)
  })
})

// These use expressions. One that backtracks would take longer than the runner waits, by orders of magnitude.
describe('an expression', () => {
  it.each([
    ['of an origin', `http://${repeated('a.')}!`],
    ['of a port', `http://a:${repeated('1')}`],
    ['of an address', `http://[${repeated('0:')}`],
  ])('%s meets no trap', (_, value) => {
    expect(isSameOrigin(value, 'a')).toBe(false)
    expect(isSameOrigin('http://a', value.slice(7))).toBe(false)
  })

  it.each([
    ['host', `${repeated('a')}/`],
    ['host', `${repeated('%61')}%`],
    ['host', `[${repeated('::')}`],
    ['host', `a:${repeated('1')}x`],
    ['sec-websocket-key', repeated('A')],
  ])('of the header %s meets no trap', (name, value) => {
    const fields: Readonly<Record<string, string>> = {
      host: 'a',
      upgrade: 'websocket',
      connection: 'upgrade',
      'sec-websocket-version': '13',
      'sec-websocket-key': KEY,
      [name]: value,
    }
    expect(checkUpgrade({ method: 'GET', header: (asked) => fields[asked] ?? null }).ok).toBe(false)
  })

  it('of a parameter meets no trap', () => {
    const offers = [
      {
        name: 'permessage-deflate',
        parameters: [{ name: 'server_max_window_bits', value: repeated('1') }],
      },
    ]
    const context = { role: 'server', limits: SERVER_LIMITS, zlib: createNodeZlib() } as const
    expect(WebSocketExtensions.deflate().negotiate(offers, context)).toBeUndefined()
  })
})
