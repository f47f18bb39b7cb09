import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { echo } from '../../../src/cli/echo.ts'
import { node } from '../../../src/node/index.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { Server } from '../../../src/websocket/server.ts'
import { antiphon, echoing } from '../program.ts'
import { tls } from '../tls.ts'
import { CONTENTS, digest, LARGE, type PeerClient, type PeerSocket, patterned } from './peer.ts'

/** Talks to `antiphon echo` with a client of somebody else. */
export function testClientPeer(client: PeerClient): void {
  describe(`${client.name} and antiphon echo`, () => {
    let server: Awaited<ReturnType<typeof echoing>>

    beforeAll(async () => {
      server = await echoing(
        antiphon('echo', '--max-message-size', '16777216', '--protocol', 'chat.v1'),
      )
    })

    afterAll(() => server[Symbol.asyncDispose]())

    async function use<T>(
      talk: (socket: PeerSocket) => Promise<T>,
      url: string = server.url,
    ): Promise<T> {
      const socket = await client.open(url)
      try {
        return await talk(socket)
      } finally {
        await socket.close()
        await socket.closed
      }
    }

    async function echoed(socket: PeerSocket, content: string | Uint8Array): Promise<void> {
      await socket.send(content)
      expect(digest(await socket.receive())).toBe(digest(content))
    }

    test.each([...CONTENTS, ...LARGE])('echo %s', async (_, content) => {
      await use((socket) => echoed(socket, content))
    })

    test('keep 1,000 messages in order', async () => {
      await use(async (socket) => {
        const sent = Array.from({ length: 1_000 }, (_, i) => `message ${i}`)
        for (const text of sent) await socket.send(text)
        const received: unknown[] = []
        while (received.length < sent.length) received.push(await socket.receive())
        expect(received).toEqual(sent)
      })
    })

    test('agree on a subprotocol', async () => {
      const socket = await client.open(server.url, ['other', 'chat.v1'])
      expect(socket.protocol).toBe('chat.v1')
      await socket.close()
      await socket.closed
    })

    test.each([
      [1000, ''],
      [1000, 'bye'],
      [3000, 'tschüß 👋'],
      [4999, 'x'.repeat(123)],
    ])('close with %i %j', async (code, reason) => {
      const socket = await client.open(server.url)
      await socket.close(code, reason)
      expect(await socket.closed).toEqual({ code, reason })
    })

    test('use no extension that was not asked for', async () => {
      expect(await use(async (socket) => socket.extensions)).toBe('')
    })

    test('are told 1001 when the server stops', async () => {
      await using stopping = await echoing()
      const socket = await client.open(stopping.url)
      expect(await stopping.stop('SIGINT')).toBe(0)
      expect(await socket.closed).toEqual({ code: 1001, reason: 'Going away' })
    })

    test('are told 1009 for a message over 1 MiB, the default', async () => {
      await using usual = await echoing()
      const socket = await client.open(usual.url)
      await echoed(socket, patterned(1024 * 1024))
      await socket.send(patterned(1024 * 1024 + 1))
      expect((await socket.closed).code).toBe(1009)
    })

    test('compress when asked to', async () => {
      await using deflating = await echoing(antiphon('echo', '--deflate'))
      await use(async (socket) => {
        expect(socket.extensions).toMatch(/^permessage-deflate/)
        await echoed(socket, 'hello '.repeat(20_000))
        await echoed(socket, patterned(200_000))
        await echoed(socket, '')
      }, deflating.url)
    })

    describe.each([
      ['TLS', false],
      ['TLS, where the server has HTTP/2', true],
    ])('over %s', (_, http2) => {
      let secure: Server

      beforeAll(async () => {
        const webSockets = { origin: 'any', maxMessageSize: 16 * 1024 * 1024 } as const
        secure = await serve(() => echo, node({ hostname: 'localhost', tls, http2, webSockets }))
      })

      afterAll(() => secure.stop())

      test.each([...CONTENTS.slice(0, 4), ...LARGE.slice(0, 1)])('echo %s', async (_, content) => {
        await use((socket) => echoed(socket, content), secure.url.replace('https', 'wss'))
      })
    })
  })
}

/** The same for what not every client can do. */
export function testFrames(client: PeerClient): void {
  describe(`${client.name} and antiphon echo, frame by frame`, () => {
    test('join fragments', async () => {
      await using server = await echoing()
      const socket = await client.open(server.url)
      await socket.sendFragments?.(['Hel', '', 'lö ', '😀'])
      expect(await socket.receive()).toBe('Hellö 😀')
      await socket.close()
    })

    test.each([
      ['TCP', {}],
      ['TLS', { hostname: 'localhost', tls }],
    ])('answer every Ping with its payload, over %s', async (_, options) => {
      await using server = await serve(() => echo, node({ ...options }))
      const socket = await client.open(server.url.replace('http', 'ws'))
      // More than may wait behind a slow reader: 64.
      for (let i = 0; i < 100; i++) expect(await socket.ping?.(`ping ${i}`)).toBe(`ping ${i}`)
      await socket.close()
      await socket.closed
    })
  })
}
