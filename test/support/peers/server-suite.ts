import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConnectOptions, connect, openSocket } from '../../../src/node/index.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { WebSocketExtensions } from '../../../src/protocol/deflate/web-socket-extensions.ts'
import { FrameTooBigException, WebSocketUpgradeException } from '../../../src/websocket/errors.ts'
import type { FrameSocket } from '../../../src/websocket/frame-socket.ts'
import type { WsMessage } from '../../../src/websocket/ws-message.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { ca } from '../tls.ts'
import { CONTENTS, type Content, digest, LARGE, type PeerServer, patterned } from './peer.ts'

/** Talks to a server of somebody else with the client of `antiphon/node`. */
export function testServerPeer(
  name: string,
  start: (secure: boolean) => Promise<PeerServer>,
): void {
  describe.each([
    ['ws', false],
    ['wss', true],
  ])(`our client and ${name}, over %s`, (_, secure) => {
    let server: PeerServer

    beforeAll(async () => {
      server = await start(secure)
    })

    afterAll(() => server.stop())

    async function open(path: string, options: ConnectOptions = {}): Promise<FrameSocket> {
      const { socket } = await openSocket(server.url + path, { tls: { ca }, ...options })
      return socket
    }

    async function echoed(content: Content, options: ConnectOptions = {}): Promise<void> {
      const client = connect(`${server.url}/echo`, { tls: { ca }, ...options })
      client.send(content)
      for await (const message of client.received()) {
        expect(digest(contentOf(message))).toBe(digest(content))
        client.close()
      }
      await server.closing()
    }

    test.each([...CONTENTS, ...LARGE])('echo %s', async (_, content) => {
      await echoed(content)
    })

    test.each([...CONTENTS, ...LARGE])('echo %s, compressed', async (_, content) => {
      await echoed(content, { extensions: [WebSocketExtensions.deflate()] })
    })

    test('agree on an extension that is offered', async () => {
      const socket = await open('/echo', { extensions: [WebSocketExtensions.deflate()] })
      expect(socket.link.extensions).toHaveLength(1)
      socket.close()
      await server.closing()
    })

    test('agree on a subprotocol', async () => {
      const socket = await open('/echo', { protocols: ['other', 'chat.v1'] })
      expect(socket.protocol).toBe('chat.v1')
      socket.close()
      await server.closing()
    })

    test('join fragments', async () => {
      const socket = await open('/fragments')
      const text = await new Promise((resolve) => socket.onMessage((it) => resolve(it.text())))
      expect(text).toBe('Hellö 😀')
      socket.close()
      await server.closing()
    })

    test('answer a Ping with its payload, both ways', async () => {
      const socket = await open('/ping')
      const text = await new Promise((resolve) => socket.onMessage((it) => resolve(it.text())))
      expect(text).toBe('pong: are you there?')
      const pong = new Promise((resolve) => socket.link.onPong?.((data) => resolve([...data])))
      socket.link.ping?.(Uint8Array.of(1, 2, 3))
      expect(await pong).toEqual([1, 2, 3])
      socket.close()
      await server.closing()
    })

    test('have nothing left to send after a flush', async () => {
      const socket = await open('/echo')
      socket.send('hello')
      await socket.link.flush?.()
      expect(socket.bufferedAmount).toBe(0)
      socket.close()
      await server.closing()
    })

    test.each([
      [new CloseReason(1000)],
      [new CloseReason(3000, 'tschüß 👋')],
      [new CloseReason(4999, 'x'.repeat(123))],
    ])('close with %s, this side beginning', async (reason) => {
      const socket = await open('/echo')
      socket.close(reason)
      expect(await server.closing()).toEqual({ code: reason.code, reason: reason.message })
      await new Promise((resolve) => socket.onClose(resolve))
      expect(socket.link.closeRecord).toMatchObject({ initiator: 'local', clean: true, reason })
    })

    test.each([
      [1000, ''],
      [1001, 'going'],
      [4000, 'tschüß 👋'],
    ])('close with %i %j, the server beginning', async (code, reason) => {
      const socket = await open(`/close?code=${code}&reason=${encodeURIComponent(reason)}`)
      const status = await new Promise((resolve) => socket.onClose(resolve))
      expect(status).toMatchObject({ code, message: reason })
      expect(socket.link.closeRecord).toMatchObject({
        initiator: 'remote',
        clean: true,
        local: { code },
        remote: { code, message: reason },
      })
      expect((await server.closing()).code).toBe(code)
    })

    test('close with 1009 what is larger than the limit', async () => {
      const socket = await open('/echo', { maxMessageSize: 1000 })
      const failure = new Promise((resolve) => socket.onError(resolve))
      socket.send(patterned(1001))
      expect((await server.closing()).code).toBe(1009)
      expect(await failure).toMatchObject({ frameSize: 1001 })
      expect(await failure).toBeInstanceOf(FrameTooBigException)
    })

    test('tell a lost connection by 1006', async () => {
      const socket = await open('/vanish')
      const status = await new Promise((resolve) => socket.onClose(resolve))
      expect(status).toMatchObject({ code: WsStatus.ABNORMAL_CLOSE.code })
      await server.closing()
    })

    test('let the server see a connection that was dropped', async () => {
      const socket = await open('/echo')
      socket.terminate()
      expect((await server.closing()).code).toBe(1006)
    })

    test('tell why the server refused', async () => {
      const failure: unknown = await open('/refuse').catch((error: unknown) => error)
      if (!(failure instanceof WebSocketUpgradeException)) throw failure
      expect(failure).toMatchObject({ stage: 'http', status: 403, body: 'go on' })
      expect(failure.headers.get('x-why')).toBe('members only')
    })

    if (!secure) return

    test('refuse a certificate that nobody trusts', async () => {
      await expect(openSocket(server.url)).rejects.toMatchObject({
        stage: 'tls',
        message: expect.stringMatching(/^cannot connect to wss:.*certificate/),
      })
    })

    test('take a certificate that nobody trusts when told to', async () => {
      const socket = await open('/echo', { tls: { rejectUnauthorized: false } })
      socket.close()
      expect((await server.closing()).code).toBe(1000)
    })
  })
}

function contentOf(message: WsMessage): Content {
  return message.mode === 'text' ? message.text() : message.bytes()
}
