import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { clientUrl } from '../../../src/protocol/handshake/client-url.ts'
import { clientSession } from '../../../src/session/client/client-session.ts'
import {
  FrameSessionClient,
  withHeaders,
} from '../../../src/session/client/frame-session-client.ts'
import {
  BaseSessionClient,
  type SessionClientOptions,
  type SocketOpener,
} from '../../../src/session/client/session-client.ts'
import { NotSupportedException, WebSocketUpgradeException } from '../../../src/websocket/errors.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { rig } from '../../support/socket-rig.ts'

/** A client for a runtime that opens sockets as it is told. */
class MemoryClient extends BaseSessionClient<Websocket> {
  constructor(open: SocketOpener<Websocket>, options: SessionClientOptions = {}) {
    super(
      { open, urlOf: clientUrl, sessionOf: (opened) => clientSession(opened, options) },
      options,
    )
  }
}

/** The same for one whose sockets may have frames. */
class FrameClient extends FrameSessionClient {}

const response = { status: 101, headers: new Headers() }

describe('a client of sessions, whatever the runtime', () => {
  test('gives the opener all of a request, and the session what comes before opening is over', async () => {
    const { socket, peer } = rig({ role: 'client' })
    let asked: unknown
    const client = new MemoryClient(
      async ({ signal, ...request }, mode, use) => {
        asked = { ...request, url: request.url.href, mode, aborted: signal.aborted }
        use({ socket, response })
        peer.send('81 02 6869  88 02 03e8')
      },
      { protocols: 'chat' },
    )
    const seen: string[] = []
    const code = await client.webSocket({ port: 9000 }, async (session) => {
      for await (const frame of session.incoming) seen.push(frame.type)
      return (await session.closeReason).code
    })
    expect([seen, code]).toEqual([['text'], 1000])
    expect(asked).toEqual({
      url: 'ws://localhost:9000/',
      headers: [],
      protocols: ['chat'],
      mode: 'messages',
      aborted: false,
    })
  })

  test('keeps no hold of a signal once a session has ended, or did not open', async () => {
    const { signal } = new AbortController()
    const { socket, peer } = rig({ role: 'client' })
    const client = new MemoryClient(async (_, __, use) => use({ socket, response }))
    const session = await client.webSocketSession('ws://localhost/', { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    peer.end()
    await session.closed
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    const failing = new MemoryClient(() => Promise.reject(new Error('no')))
    await expect(failing.webSocketSession('ws://localhost/', { signal })).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  test('does not close with a code that cannot be sent', async () => {
    const { socket } = rig({ role: 'client' })
    const client = new MemoryClient(async (_, __, use) => use({ socket, response }))
    await expect(client.close(new CloseReason(1005))).rejects.toThrow(RangeError)
    expect((await client.webSocketSession('ws://localhost/')).closeRecord).toBeUndefined()
  })

  test('drops a socket that cannot do what its sessions are to do', async () => {
    const { socket, gone } = rig({ role: 'client' })
    const plain: Websocket = Object.create(socket, {
      link: { value: { extensions: [] } },
      state: { value: 'open' },
    })
    Object.assign(plain, { onClose: () => () => {}, terminate: () => socket.terminate() })
    const client = new MemoryClient(
      async (_request, _mode, use) => use({ socket: plain, response }),
      {
        controlFrames: true,
      },
    )
    await expect(client.webSocketSession('ws://localhost/')).rejects.toThrow(NotSupportedException)
    expect(gone()).toBe(1)
  })

  test('sends headers with every request, but for those that it names itself', async () => {
    const tried: unknown[] = []
    const client = new FrameClient(
      async ({ headers }) => {
        tried.push(headers)
        throw new Error('enough')
      },
      { headers: { 'User-Agent': 'me', 'X-Id': '1' } },
    )
    const headers = new Headers({ 'x-id': '2' })
    await expect(client.webSocketSession('ws://localhost/')).rejects.toThrow('enough')
    await expect(client.webSocketSession('ws://localhost/', { headers })).rejects.toThrow('enough')
    expect(tried).toEqual([
      [
        ['User-Agent', 'me'],
        ['X-Id', '1'],
      ],
      [
        ['User-Agent', 'me'],
        ['x-id', '2'],
      ],
    ])
  })

  test('asks for credentials once for each session', async () => {
    const tried: unknown[] = []
    const client = new FrameClient(
      async ({ headers }) => {
        tried.push(headers)
        throw new WebSocketUpgradeException('no', { ...response, status: 401, body: '' })
      },
      {
        headers: { Accept: 'x', Authorization: '0' },
        authenticate: () => ({ authorization: '1' }),
      },
    )
    await expect(client.webSocketSession('ws://localhost/')).rejects.toThrow('no')
    expect(tried).toEqual([
      [
        ['Accept', 'x'],
        ['Authorization', '0'],
      ],
      [
        ['Accept', 'x'],
        ['authorization', '1'],
      ],
    ])
  })

  test('closes a session that its opener has only just handed over', async () => {
    const { socket, peer } = rig({ role: 'client' })
    const client = new MemoryClient(async (_request, _mode, use) => {
      use({ socket, response })
      const closing = client.close(new CloseReason(4000))
      peer.send('88 02 0fa0')
      await closing
    })
    const session = await client.webSocketSession('ws://localhost/')
    expect(await session.closed).toMatchObject({ clean: true, local: { code: 4000 } })
  })
})

test('headers of one name stay together', () => {
  const fields: [string, string][] = [
    ['Cookie', 'a=1'],
    ['Via', 'x'],
  ]
  expect(
    withHeaders(fields, [
      ['cookie', 'b=1'],
      ['cookie', 'c=1'],
    ]),
  ).toEqual([
    ['Via', 'x'],
    ['cookie', 'b=1'],
    ['cookie', 'c=1'],
  ])
})
