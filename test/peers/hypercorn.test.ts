import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connect, openSocket } from '../../src/node/index.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import { CONTENTS, digest, LARGE, type PeerServer } from '../support/peers/peer.ts'
import { ca } from '../support/tls.ts'
import { checkHypercorn, startHypercorn } from './support/python.ts'

let server: PeerServer

beforeAll(async () => {
  checkHypercorn()
  server = await startHypercorn()
})

afterAll(() => server.stop())

function connection(): ClientHttp2Session {
  const http2 = connectHttp2(server.url.replace('wss', 'https'), { ca })
  onTestFinished(() => http2.close())
  return http2
}

test.each([...CONTENTS, ...LARGE])('over HTTP/2, Hypercorn echoes %s', async (_, content) => {
  const http2 = connection()
  for (const extensions of [[], [WebSocketExtensions.deflate()]]) {
    const client = connect(`${server.url}/echo`, { http2, extensions })
    client.send(content)
    for await (const message of client.received()) {
      const echoed = message.mode === 'text' ? message.text() : message.bytes()
      expect(digest(echoed)).toBe(digest(content))
      client.close()
    }
    expect((await client.closed).code).toBe(1000)
    await server.closing()
  }
})

test('over HTTP/2, Hypercorn agrees on a subprotocol', async () => {
  const http2 = connection()
  const protocols = ['other', 'chat.v1']
  const { socket, response } = await openSocket(`${server.url}/echo`, { http2, protocols })
  expect([socket.protocol, response.headers.get('x-http-version')]).toEqual(['chat.v1', '2'])
  socket.close()
  await server.closing()
})

test('over HTTP/2, Hypercorn has many sockets on one connection', async () => {
  const http2 = connection()
  const clients = Array.from({ length: 50 }, () => connect(`${server.url}/echo`, { http2 }))
  for (const [i, client] of clients.entries()) {
    client.send(`hello ${i}`)
    for await (const message of client.received()) {
      expect(message.text()).toBe(`hello ${i}`)
      break
    }
  }
  for (const client of clients) client.close()
  for (const client of clients) {
    expect((await client.closed).code).toBe(1000)
    await server.closing()
  }
})

test('over HTTP/2, Hypercorn and our client close, either one beginning', async () => {
  const http2 = connection()
  const reason = new CloseReason(4000, 'tschüß')
  const { socket: ours } = await openSocket(`${server.url}/echo`, { http2 })
  const ended = new Promise((resolve) => ours.onClose(resolve))
  ours.close(reason)
  await ended
  expect(ours.link.closeRecord).toMatchObject({ initiator: 'local', clean: true, reason })
  const { socket: theirs } = await openSocket(`${server.url}/close?code=4001&reason=bye`, { http2 })
  const status = await new Promise((resolve) => theirs.onClose(resolve))
  expect(status).toMatchObject({ code: 4001, message: 'bye' })
  for (let i = 0; i < 2; i++) await server.closing()
})

test('over HTTP/2, Hypercorn sees a socket that was dropped', async () => {
  const http2 = connection()
  const { socket } = await openSocket(`${server.url}/echo`, { http2 })
  socket.terminate()
  await server.closing()
  expect(http2.closed).toBe(false)
})

test('over HTTP/2, Hypercorn refuses with a status, headers and a body', async () => {
  const http2 = connection()
  const failure = connect(`${server.url}/refuse`, { http2 }).opened
  await expect(failure).rejects.toMatchObject({ stage: 'http', status: 403, body: 'go on' })
  expect(http2.closed).toBe(false)
})
