import { describe, expect, test } from 'vitest'
import { setSubprotocol } from '../../src/filters/set-subprotocol.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { taken } from './fixtures.ts'

const tells: WsHandler = () => (socket) => socket.send(`[${socket.protocol}]`)

function spoken(
  choose: Parameters<typeof setSubprotocol>[0],
  offered: readonly string[],
  handler = tells,
): unknown[] {
  return taken(testWsClient(setSubprotocol(choose)(handler), '/', { protocols: offered }))
}

describe('setSubprotocol', () => {
  test.each([
    [['chat.v2', 'chat.v1'], ['chat.v1', 'chat.v2'], '[chat.v2]'],
    [['chat.v2', 'chat.v1'], ['chat.v1'], '[chat.v1]'],
    [[], [], '[]'],
    [['chat.v1'], [], '[]'],
  ])('of a list %j takes the first that %j has', (supported, offered, said) => {
    expect(spoken(supported, offered)).toEqual([said])
  })

  test('answers none where there is none in common, or the offer is malformed', async () => {
    // The client of the tests would leave then, as browsers do.
    for (const offer of ['chat.v1', 'a b, "', '']) {
      const headers = { 'sec-websocket-protocol': offer }
      const request = requestOf(new Request('http://localhost/', { headers }))
      const decision = await setSubprotocol(['chat.v2', 'a'])(tells)(request)
      expect(decision).toMatchObject({ consumer: expect.any(Function), protocol: undefined })
    }
  })

  test('asks a function, which sees the offer and the request', () => {
    const choose = (offered: readonly string[], { path }: { readonly path: string }) =>
      path === '/' ? offered.at(-1) : undefined
    expect(spoken(choose, ['a', 'b', 'c'])).toEqual(['[c]'])
  })

  test('leaves what the handler has chosen', () => {
    const own: WsHandler = () => accept((socket) => socket.send(socket.protocol), { protocol: 'a' })
    expect(spoken(['b', 'a'], ['a', 'b'], own)).toEqual(['a'])
  })

  test('leaves alone what takes no upgrade', async () => {
    const refused = new Response('no', { status: 403 })
    const client = testWsClient(setSubprotocol(['a'])(() => refused))
    await expect(client.opened).rejects.toMatchObject({ status: 403 })
  })

  test.each([5, Promise.resolve('a')])('names what is chosen and is no text: %s', (choice) => {
    const handler = setSubprotocol(() => choice as never)(() => () => {})
    expect(() => handler(requestOf(new Request('http://host/')))).toThrow(
      new TypeError(`a subprotocol that is chosen has to be a string, not ${typeof choice}`),
    )
  })

  test('refuses a list that could not be offered', () => {
    expect(() => setSubprotocol(['no token'])).toThrow(TypeError)
    expect(() => setSubprotocol(['a', 'a'])).toThrow('given twice')
  })
})
