import { describe, expect, it } from 'vitest'
import { open } from '../../src/node/client/connect.ts'
import { checkUpgrade } from '../../src/protocol/handshake/server-handshake.ts'
import { Besieged } from '../support/besieged.ts'
import { countSteps } from '../support/count-steps.ts'
import { handshake, KEY } from '../support/raw-client.ts'
import { rawServer } from '../support/raw-server.ts'

const withLines = (lines: string): string => `${handshake().slice(0, -2)}${lines}\r\n`

describe('a server', () => {
  it.each([
    ['one header of 32 KiB', `X: ${'x'.repeat(32_768)}\r\n`],
    ['one header without an end', `X: ${'x'.repeat(200_000)}`],
    ['a name of 32 KiB', `${'x'.repeat(32_768)}: x\r\n`],
    ['many headers of more than 16 KiB', 'X-Header: x\r\n'.repeat(2000)],
    ['more headers than Node keeps, in less', 'a:b\r\n'.repeat(1500)],
  ])('answers %s with 431', async (_, lines) => {
    await using server = await Besieged.start()
    const attacker = await server.stranger()
    attacker.write(withLines(lines))
    expect(await attacker.head()).toMatch(/^HTTP\/1\.1 431 /)
    expect(server.open.size).toBe(0)
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })

  it('does not let headers in front push out those it checks', async () => {
    await using server = await Besieged.start()
    for (const line of ['Origin: https://evil.example', 'Transfer-Encoding: chunked']) {
      const attacker = await server.stranger()
      attacker.write(withLines(`${'a:b\r\n'.repeat(1100)}${line}\r\n`))
      expect(await attacker.head()).not.toMatch(/^HTTP\/1\.1 101 /)
    }
    expect(server.open.size).toBe(0)
  })

  it('takes what is just below the limit', async () => {
    await using server = await Besieged.start()
    const peer = await server.stranger()
    peer.write(withLines(`X: ${'x'.repeat(15_000)}\r\n`))
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /)
  })

  it('looks at long lists of tokens once', () => {
    const size = 100_000
    const lists = [
      'a,'.repeat(size / 2),
      ','.repeat(size),
      ' '.repeat(size),
      'a;b=c,'.repeat(size / 6),
    ]
    for (const list of lists) {
      const fields: Readonly<Record<string, string>> = {
        host: 'a',
        upgrade: `${list}websocket`,
        connection: `${list}upgrade`,
        'sec-websocket-version': '13',
        'sec-websocket-key': KEY,
        'sec-websocket-protocol': list,
        'sec-websocket-extensions': list,
      }
      const request = { method: 'GET', header: (name: string) => fields[name] ?? null }
      expect(countSteps(() => checkUpgrade(request))).toBeLessThan(40 * size)
    }
  })
})

describe('a client', () => {
  it.each([
    ['one header', `X: ${'x'.repeat(2_000_000)}`],
    ['many headers', 'X: x\r\n'.repeat(200_000)],
  ])('gives up a server that answers with %s and no end', async (_, lines) => {
    await using server = await rawServer((connection) => {
      connection.socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}`)
    })
    const socket = open(server.url, {}, () => {})
    const error = await new Promise<Error>((resolve) => socket.onError(resolve))
    expect(error.message).toMatch(/^cannot connect to ws:/)
  })
})
