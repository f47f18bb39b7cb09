import { readdirSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { antiphon, echoing } from '../support/program.ts'
import { clientFrames, handshake, RawClient } from '../support/raw-client.ts'
import type { WireFrame } from '../support/wire.ts'

type Bytes = string | Uint8Array

const opened = (...frames: readonly WireFrame[]): Bytes[] => [handshake(), clientFrames(...frames)]
const many = (count: number, frame: WireFrame): WireFrame[] =>
  Array.from({ length: count }, () => frame)
const headers = (lines: string): Bytes => `${handshake().slice(0, -2)}${lines}\r\n`
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
const compressed = (payload: Uint8Array): Bytes[] => [
  handshake('/', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
  clientFrames({ opcode: 1, rsv: 4, payload }),
]
const bomb = deflateRawSync(new Uint8Array(2 ** 22), { finishFlush: constants.Z_SYNC_FLUSH })

/** For each file here, what one of its attackers writes. */
const ATTACKS: Readonly<Record<string, readonly Bytes[]>> = {
  'cross-site': [handshake('/', { Origin: 'https://evil.example' })],
  'decompression-bombs': compressed(bomb.subarray(0, -4)),
  diagnostics: compressed(Uint8Array.of(0xff, 0xff)),
  'endless-answers': [handshake('/events', { Upgrade: 'h2c' })],
  floods: opened(...many(1000, { opcode: 9, payload: 'x' })),
  fragments: opened(
    { opcode: 1, fin: false, payload: '' },
    ...many(20_000, { opcode: 0, fin: false, payload: '' }),
  ),
  'half-open-handshakes': [handshake().slice(0, 20)],
  'header-bombs': [headers(`X: ${'x'.repeat(200_000)}`)],
  'hostile-servers': ['HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  http2: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'log-injection': opened({ opcode: 8, payload: Buffer.from('\u000f\u00a0\r\n[ERROR] \u001b[2J') }),
  'malformed-requests': [handshake('http://[::1', { Host: 'a/b?c' })],
  'one-byte-chunks': Array.from(handshake().slice(0, 40)),
  'pinned-buffers': opened({ opcode: 2, payload: new Uint8Array(70_000) }),
  'pipelined-bytes': [handshake() + handshake()],
  'pipelined-requests': [get('/') + get('/') + handshake('/', { Upgrade: 'h2c' })],
  'prototype-pollution': [handshake('/__proto__?__proto__=1', { ['__proto__']: 'x' })],
  'regex-traps': [handshake('/', { 'Sec-WebSocket-Extensions': 'a;'.repeat(5000) })],
  'request-smuggling': [handshake('/', { 'Content-Length': '40' }) + get('/admin')],
  'reset-storm': opened({ opcode: 1, payload: 'x' }).map((bytes) => bytes.slice(0, -1)),
  'response-splitting': [
    handshake('/%0d%0aX-Evil:%201', { 'Sec-WebSocket-Protocol': 'a\r\nX-Evil: 1' }),
  ],
  'silent-reader': opened(...many(200, { opcode: 2, payload: new Uint8Array(65_536) })),
  'slow-loris': [headers('X-Slow: x\r\n').slice(0, -2)],
  'uninitialised-memory': opened({ opcode: 9, payload: new Uint8Array(125) }),
}

describe('one process under every attack', () => {
  it('ends as it was told to, serves others all the while, and has not written a line', async () => {
    const here = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
    const files = here.map((file) => file.replace('.test.ts', ''))
    expect(files.filter((file) => ATTACKS[file] === undefined)).toEqual([])
    const server = await echoing(antiphon('echo', '--deflate'))
    const port = Number(new URL(server.url).port)
    for (const attack of Object.values(ATTACKS)) {
      const ends = ['end', 'destroy', 'resetAndDestroy'] as const
      const attackers = ends.map(async (end) => {
        const { socket } = await RawClient.open(port)
        for (const bytes of attack) {
          if (socket.writable) socket.write(Buffer.from(bytes))
          await turn()
        }
        socket[end]()
        return socket
      })
      const gone = await Promise.all(attackers)
      await using good = await RawClient.upgraded(port)
      good.send({ opcode: 1, payload: 'still there?' })
      expect(await good.shown()).toBe('1 still there?')
      for (const socket of gone) socket.destroy()
    }
    expect(await server.stop()).toBe(0)
    expect(server.errors.text).toBe('')
  })
})
