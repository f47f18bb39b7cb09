import { once } from 'node:events'
import { request as requestTls } from 'node:https'
import { text } from 'node:stream/consumers'
import type { TlsOptions } from 'node:tls'
import { expect, test } from 'vitest'
import { clientCertificate, connect, node } from '../../src/node/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { testWsClient } from '../../src/testing/index.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { Server } from '../../src/websocket/server.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { ca, device, tls } from '../support/tls.ts'

const nameIn = (request: UpgradeRequest): string =>
  `${clientCertificate(request)?.subject.CN ?? 'nobody'}`

const app = poly(
  routes(bind('/http', (request) => new Response(nameIn(request)))),
  websockets(
    bind('/ws/:id', (request) => (socket) => {
      socket.send(nameIn(request.withHeader('x-a', '1')))
      socket.onMessage(() => socket.send(nameIn(socket.upgradeRequest)))
    }),
  ),
)

const asking: TlsOptions = { ...tls, ca: device.cert, requestCert: true }

function serving(options: TlsOptions | undefined): Promise<Server> {
  return serve(app, node({ tls: options }))
}

async function named({ url }: Server, own: { cert?: string; key?: string }): Promise<string[]> {
  await using client = connect(`${url}/ws/1`, { tls: { ca, ...own } })
  client.send('again')
  const heard: string[] = []
  for await (const message of client.received()) {
    if (heard.push(message.text()) === 2) break
  }
  return heard
}

test('a client that has shown a certificate is known by it, to handlers and from the socket', async () => {
  await using server = await serving(asking)
  expect(await named(server, device)).toEqual(['device-7', 'device-7'])
})

test('HTTP routes are told as well', async () => {
  await using server = await serving(asking)
  const body = await new Promise<string>((resolve, reject) => {
    requestTls(`${server.url}/http`, { ca, ...device, agent: false }, (response) => {
      resolve(text(response))
    })
      .on('error', reject)
      .end()
  })
  expect(body).toBe('device-7')
})

test('a client that has shown none, or one that is not trusted, is nobody', async () => {
  await using lenient = await serving({ ...asking, rejectUnauthorized: false })
  expect(await named(lenient, {})).toEqual(['nobody', 'nobody'])
  await using distrusting = await serving({ ...tls, requestCert: true, rejectUnauthorized: false })
  expect(await named(distrusting, device)).toEqual(['nobody', 'nobody'])
})

test('a server that asks for certificates drops those who have none', async () => {
  await using server = await serving(asking)
  await using client = connect(`${server.url}/ws/1`, { tls: { ca } })
  await expect(client.opened).rejects.toMatchObject({ name: 'WebSocketConnectException' })
})

test('nobody has a certificate where none is asked for, without TLS, and in memory', async () => {
  await using secure = await serving(tls)
  expect(await named(secure, device)).toEqual(['nobody', 'nobody'])
  await using plain = await serving(undefined)
  expect(await named(plain, {})).toEqual(['nobody', 'nobody'])
  expect([...testWsClient(app, '/ws/1').received()].map((message) => message.text())).toEqual([
    'nobody',
  ])
})

test('once the connection has ended, the certificate is gone', async () => {
  const seen: string[] = []
  const ended = new EventTarget()
  const handler: WsHandler = (request) => (socket) => {
    seen.push(nameIn(request))
    socket.onClose(() => {
      setImmediate(() => {
        seen.push(nameIn(request))
        ended.dispatchEvent(new Event('end'))
      })
    })
  }
  const end = once(ended, 'end')
  await using server = await serve(handler, node({ tls: asking }))
  const client = connect(server.url, { tls: { ca, ...device } })
  const socket = await client.opened
  socket.terminate()
  await end
  expect(seen).toEqual(['device-7', 'nobody'])
})
