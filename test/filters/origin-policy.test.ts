import { describe, expect, test } from 'vitest'
import { originPolicy } from '../../src/filters/origin-policy.ts'
import { compose } from '../../src/routing/compose.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import type { HandshakeFilter, WsHandler } from '../../src/websocket/ws-handler.ts'
import { echo } from './fixtures.ts'

async function opens(filter: HandshakeFilter, origin: string, handler: WsHandler = () => echo) {
  const client = testWsClient(filter(handler), '/', { headers: { origin } })
  return client.opened.then(
    () => true,
    () => false,
  )
}

describe('originPolicy', () => {
  test("loosens the server's", async () => {
    expect(await opens((next) => next, 'https://a.example'), 'as it is').toBe(false)
    expect(await opens(originPolicy('any'), 'https://a.example')).toBe(true)
    expect(await opens(originPolicy(['https://a.example']), 'https://a.example')).toBe(true)
    expect(await opens(originPolicy(['https://a.example']), 'https://b.example')).toBe(false)
  })

  test("tightens the server's", async () => {
    expect(await opens((next) => next, 'http://localhost'), 'as it is').toBe(true)
    expect(await opens(originPolicy([]), 'http://localhost')).toBe(false)
    expect(
      await opens(
        originPolicy(() => false),
        'http://localhost',
      ),
    ).toBe(false)
  })

  test('yields to a policy nearer to the handler', async () => {
    const inner = compose(originPolicy('any'), originPolicy([]))
    expect(await opens(inner, 'https://a.example')).toBe(false)
    const own: WsHandler = () => accept(echo, { origin: [] })
    expect(await opens(originPolicy('any'), 'https://a.example', own)).toBe(false)
  })

  test('leaves alone what takes no upgrade', async () => {
    const refused = new Response()
    const request = requestOf(new Request('http://localhost/'))
    expect(originPolicy('any')(() => refused)(request)).toBe(refused)
    expect(await originPolicy('any')(async () => undefined)(request)).toBeUndefined()
  })

  test('refuses origins that no browser sends, as accept does', () => {
    const origin = ['https://a.example/chat']
    expect(() => originPolicy(origin)).toThrow("the option origin has 'https://a")
    expect(() => accept(echo, { origin })).toThrow("the option origin has 'https://a")
    expect(() => webSocket('/', { origin }, () => {})).toThrow("the option origin has 'https://a")
  })
})
