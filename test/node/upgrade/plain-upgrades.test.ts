import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { httpSettings } from '../../../src/node/http/http-server.ts'
import { plainUpgrades } from '../../../src/node/upgrade/plain-upgrades.ts'
import { duplexPair } from '../../support/duplex-pair.ts'
import { token } from '../../support/header-arbitraries.ts'
import { hex } from '../../support/hex.ts'
import { handshake, RawClient } from '../../support/raw-client.ts'
import { tls } from '../../support/tls.ts'

/** What a server made of the first request of a connection. */
interface Seen {
  readonly by: 'us' | 'node'
  readonly what: string
  readonly method: string | undefined
  readonly url: string | undefined
  readonly fields: readonly string[]
  readonly head: string
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** A server that is not listened to: connections are given to it. */
function server(plain: boolean, seen: (request: Seen) => void): Server {
  const http = createServer()
  const see = (what: string) => (message: IncomingMessage, _: unknown, head?: Uint8Array) => {
    const { method, url, rawHeaders: fields } = message
    seen({ by: 'node', what, method, url, fields, head: head === undefined ? '' : latin1(head) })
  }
  http.on('request', see('request'))
  http.on('upgrade', see('upgrade'))
  http.on('clientError', ({ message }: Error) =>
    seen({ by: 'node', what: message, method: '', url: '', fields: [], head: '' }),
  )
  if (plain) {
    plainUpgrades(http, httpSettings({}), (source, _, rest) => {
      const { method, url, path } = source
      const fields = [...source.headers()].flat()
      expect(url.endsWith(path ?? '')).toBe(!url.includes('?'))
      seen({ by: 'us', what: 'upgrade', method, url, fields, head: latin1(rest) })
    })
  }
  return http
}

/** What comes of these chunks; nothing, when that takes more of them. */
async function asked(plain: boolean, ...chunks: readonly string[]): Promise<Seen | undefined> {
  const [client, connection] = duplexPair()
  client.on('error', () => {})
  let first: Seen | undefined
  const http = server(plain, (request) => {
    first ??= request
  })
  http.emit('connection', connection)
  for (const chunk of chunks) {
    client.write(chunk, 'latin1')
    await new Promise((resolve) => setImmediate(resolve))
  }
  connection.destroy()
  return first
}

/** What the readers of heads could differ about. */
const NOISE: readonly string[] = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  ',',
  '\0',
  '\x7f',
  '\x80',
  '\xff',
  '#',
  '\\',
  '"',
  'a',
  '%',
  '\r\nContent-Length: 0',
  '\r\nContent-Length: 1',
  '\r\nTransfer-Encoding: chunked',
  '\r\nUpgrade: websocket',
  ' b: c',
]

describe('an upgrade that is the first request of its connection, in one piece', () => {
  test('is taken before Node makes anything of it', async () => {
    const seen = await asked(true, `${handshake('/a?b')}\x81\x00`)
    expect(seen).toMatchObject({ by: 'us', method: 'GET', url: 'http://localhost/a?b' })
    expect(seen?.head).toBe('\x81\x00')
  })

  test('may say that it has no body', async () => {
    const text = `${handshake('/', { 'Content-Length': '0' })}\x81\x00`
    const [ours, nodes] = [await asked(true, text), await asked(false, text)]
    expect([ours?.by, ours?.head]).toEqual(['us', '\x81\x00'])
    expect([nodes?.what, nodes?.head]).toEqual(['upgrade', '\x81\x00'])
  })

  test.each([
    ['in two pieces', [handshake().slice(0, 40), handshake().slice(40)]],
    ['without its last byte at first', [handshake().slice(0, -1), '\n']],
    ['of another method', [handshake('/', {}, 'POST')]],
    ['with a body', [handshake('/', { 'Content-Length': '2' })]],
    ['with chunks', [handshake('/', { 'Transfer-Encoding': 'chunked' })]],
    ['to something else', [handshake('/', { Upgrade: 'h2c' })]],
    ['without Connection: Upgrade', [handshake('/', { Connection: 'keep-alive' })]],
    ['of a target that is a URL', [handshake('http://localhost/')]],
    ['behind another request', [`GET / HTTP/1.1\r\nHost: a\r\n\r\n${handshake()}`]],
    ['with a head that is too large', [handshake('/', { a: 'b'.repeat(20_000) })]],
    ['that is malformed', [handshake('/', { 'a b': 'c' })]],
    [
      'with as many fields as Node keeps',
      [handshake().replace('Host', `${'a:\r\n'.repeat(995)}Host`)],
    ],
  ])('%s it is Node that reads it', async (_, chunks) => {
    const seen = await asked(true, ...chunks)
    expect(seen?.by).toBe('node')
    expect(seen).toEqual(await asked(false, ...chunks))
  })

  test('is read as Node reads it, whatever its bytes', async () => {
    const noise = fc.constantFrom(...NOISE)
    const edit = fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 2 }), noise)
    const extra = fc.dictionary(token, token, { maxKeys: 3, noNullPrototype: true })
    let ours = 0
    await fc.assert(
      fc.asyncProperty(extra, fc.array(edit, { maxLength: 2 }), async (fields, edits) => {
        let text = `${handshake('/a?b=c', fields)}\x81\x00`
        for (const [at, cut, put] of edits) text = text.slice(0, at) + put + text.slice(at + cut)
        const seen = await asked(true, text)
        const expected = await asked(false, text)
        if (seen?.by !== 'us') {
          expect(seen).toEqual(expected)
          return
        }
        ours++
        const { what, method, url, fields: list = [], head } = expected ?? {}
        const headers = new Headers()
        for (let i = 0; i < list.length; i += 2) headers.append(list[i]!, list[i + 1]!)
        const whole = `http://${headers.get('host') ?? 'localhost'}${url}`
        expect(seen).toEqual({
          by: 'us',
          what,
          method,
          url: whole,
          fields: [...headers].flat(),
          head,
        })
      }),
      { numRuns: 300 },
    )
    expect(ours).toBeGreaterThan(30)
  })
})

describe('a connection', () => {
  const connections: RawClient[] = []
  afterEach(() => {
    vi.useRealTimers()
    for (const { socket } of connections.splice(0)) socket.destroy()
  })

  async function open(http: Server): Promise<{ client: RawClient; socket: Socket }> {
    const accepted = once(http, 'connection')
    if (!http.listening) await once(http.listen(0, '127.0.0.1'), 'listening')
    const address = http.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const client = await RawClient.open(address.port)
    connections.push(client)
    const [socket] = await accepted
    return { client, socket }
  }

  test('that is closed before it says anything is closed', async () => {
    const http = server(true, () => {})
    const { client, socket } = await open(http)
    client.socket.end()
    await client.closed
    if (!socket.closed) await once(socket, 'close')
    http.close()
  })

  test('that breaks before it says anything breaks nothing else', async () => {
    const http = server(true, () => {})
    const { client, socket } = await open(http)
    client.socket.resetAndDestroy()
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
    expect(socket.destroyed).toBe(true)
    http.close()
  })

  test('that breaks while it is being closed breaks nothing else', async () => {
    // What is still to be sent does not get out.
    const connection = new Duplex({ read() {}, final() {} })
    server(true, () => {}).emit('connection', connection)
    connection.push(null)
    await once(connection, 'end')
    connection.destroy(new Error('reset'))
    await new Promise((resolve) => connection.once('close', resolve))
  })

  test('is Node’s from then on, request after request', async () => {
    const http = createServer((_, response) => response.end('hello'))
    plainUpgrades(http, httpSettings({}), () => expect.unreachable())
    const { client } = await open(http)
    for (let i = 0; i < 3; i++) {
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      expect(await client.head()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect((await client.bytes(5)).toString()).toBe('hello')
    }
    client.socket.destroy()
    http.close()
  })

  test.each([
    ['taken', handshake(), 0],
    ['handed over', 'GET / HTTP/1.1\r\n', 1],
  ])('that was %s is not handed over later', async (_, said, parsers) => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    const [client, connection] = duplexPair()
    const http = createServer()
    const handed = vi.fn()
    http.on('connection', handed)
    const listeners = (): number[] =>
      ['data', 'end'].map((event) => connection.listenerCount(event))
    const before = listeners()
    plainUpgrades(http, httpSettings({}), () => {})
    http.emit('connection', connection)
    client.write(said)
    await new Promise(setImmediate)
    vi.advanceTimersByTime(5_000)
    expect(handed).toHaveBeenCalledTimes(parsers)
    if (parsers === 0) expect(listeners()).toEqual(before)
    connection.destroy()
  })

  test('that says nothing for a while can still ask', async () => {
    const http = createServer((_, response) => response.end('hello'))
    const settings = { ...httpSettings({}), checkingInterval: 5 }
    plainUpgrades(http, settings, () => expect.unreachable())
    const upgraded = new Promise<Duplex>((resolve) =>
      http.once('upgrade', (_, stream: Duplex) => resolve(stream)),
    )
    const { client, socket } = await open(http)
    while (socket.listenerCount('timeout') === 0) await new Promise(setImmediate)
    client.write(handshake())
    ;(await upgraded).destroy()
    http.close()
  })

  test('with TLS goes the same way', async () => {
    const http = createTlsServer(tls)
    http.on('upgrade', () => expect.unreachable())
    const taken: string[] = []
    plainUpgrades(http, httpSettings({ tls }), ({ url }, stream, head) => {
      taken.push(url, hex(head))
      stream.destroy()
    })
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const client = await RawClient.open((http.address() as AddressInfo).port, true)
    connections.push(client)
    client.write(`${handshake('/a')}\x81\x00`)
    await client.closed
    expect(taken).toEqual(['https://localhost/a', '8100'])
    http.close()
  })
})

test('what is no HTTP server of Node’s is left as it is', () => {
  const http = createServer()
  http.removeAllListeners('connection')
  plainUpgrades(http, httpSettings({}), () => {})
  expect(http.listenerCount('connection')).toBe(0)
})
