import { describe, expect, it } from 'vitest'
import type { OriginPolicy } from '../../src/websocket/origin-policy.ts'
import { Besieged } from '../support/besieged.ts'
import { handshake } from '../support/raw-client.ts'

const HOST = 'app.example:8080'

/** The status that a page of this origin gets. */
async function status(
  server: Besieged,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const peer = await server.stranger()
  peer.write(handshake('/', { Host: HOST, Cookie: 'session=stolen', ...headers }))
  return Number((await peer.head()).split(' ')[1])
}

describe('a page of another site', () => {
  it.each([
    'https://evil.example',
    'http://evil.example:8080',
    'http://app.example',
    'http://app.example:8081',
    'http://app.example.evil.example:8080',
    'http://evil.example/app.example:8080',
    'http://app.example:8080@evil.example',
    'http://app.example:8080.evil.example',
    'http://app.example:8080/',
    'http://app.example:08080x',
    'http://xapp.example:8080',
    'http://app.examplé:8080',
    'file://app.example:8080',
    'app.example:8080',
    'null',
    '',
    'http://',
    'http://app.example:8080, https://evil.example',
  ])('%j cannot open a WebSocket', async (origin) => {
    await using server = await Besieged.start()
    expect(await status(server, { Origin: origin })).toBe(403)
    expect(server.open.size).toBe(0)
    expect(server.lines).toEqual([])
  })

  it('cannot with a second Origin either', async () => {
    await using server = await Besieged.start()
    const headers = { Origin: `http://${HOST}`, origin: 'https://evil.example' }
    expect(await status(server, headers)).toBe(403)
  })

  it('hears which option could allow it', async () => {
    await using server = await Besieged.start()
    const peer = await server.stranger()
    peer.write(handshake('/', { Origin: 'https://evil.example' }))
    expect(await peer.rest()).toContain("the option 'origin'")
  })
})

describe('whoever may connect', () => {
  it.each([`http://${HOST}`, `https://${HOST}`, 'HTTP://APP.EXAMPLE:8080'])(
    'is a page of the same host: %s',
    async (origin) => {
      await using server = await Besieged.start()
      expect(await status(server, { Origin: origin })).toBe(101)
    },
  )

  it('is any client that is no browser', async () => {
    await using server = await Besieged.start()
    expect(await status(server, {})).toBe(101)
  })

  it.each<[string, OriginPolicy, number]>([
    ['any', 'any', 101],
    ['a list that has it', ['https://evil.example'], 101],
    ['a list that has it in part', ['https://evil.exampl'], 403],
    ['a predicate', (origin) => origin === 'https://evil.example', 101],
  ])('is what the policy says: %s', async (_, origin, expected) => {
    await using server = await Besieged.start({ webSockets: { origin } })
    expect(await status(server, { Origin: 'https://evil.example' })).toBe(expected)
  })
})
