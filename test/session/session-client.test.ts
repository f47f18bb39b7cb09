import { describe, expect, test } from 'vitest'
import { CloseReason } from '../../src/protocol/close-reason.ts'
import { FrameSessionClient } from '../../src/session/frame-session-client.ts'
import {
  BaseSessionClient,
  type SessionClientOptions,
  type SocketOpener,
} from '../../src/session/session-client.ts'
import { NotSupportedException, WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { rig } from '../support/socket-rig.ts'

/** A client for a runtime that opens sockets as it is told. */
class MemoryClient extends BaseSessionClient<Websocket> {
  constructor(opener: SocketOpener<Websocket>, options: SessionClientOptions = {}) {
    super(opener, options)
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
      { headers: { a: '1' }, protocols: 'chat' },
    )
    const seen: string[] = []
    const code = await client.webSocket({ port: 9000 }, async (session) => {
      for await (const frame of session.incoming) seen.push(frame.type)
      return (await session.closeReason).code
    })
    expect([seen, code]).toEqual([['text'], 1000])
    expect(asked).toEqual({
      url: 'ws://localhost:9000/',
      headers: [['a', '1']],
      protocols: ['chat'],
      mode: 'messages',
      aborted: false,
    })
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
