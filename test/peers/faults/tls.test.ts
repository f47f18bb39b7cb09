import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect, openSocket } from '../../../src/node/client/connect.ts'
import { node } from '../../../src/node/engine.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { Server } from '../../../src/websocket/server.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { RawClient } from '../../support/raw-client.ts'
import { rawServer } from '../../support/raw-server.ts'
import { ca, tls } from '../../support/tls.ts'
import { corruptingProxy } from '../support/corrupting-proxy.ts'

const faults: Error[] = []
let server: Server
let url: string
/** The sockets of the server, the newest last. */
const served: Websocket[] = []

beforeAll(async () => {
  const webSockets = { onError: (error: Error) => faults.push(error) }
  server = await serve(
    () => (socket) => {
      served.push(socket)
      socket.onMessage((message) => socket.send(message))
    },
    node({ tls, handshakeTimeout: 300, webSockets }),
  )
  url = server.url.replace(/^http/, 'ws')
})

afterAll(() => server?.stop())

beforeEach(() => {
  faults.length = 0
})

/** The server goes on, and has nothing to complain about. */
async function expectService(): Promise<void> {
  const client = connect(url, { tls: { ca } })
  client.send('hello')
  for await (const message of client.received()) {
    expect(message.text()).toBe('hello')
    break
  }
  client.close()
  expect((await client.closed).code).toBe(1000)
  expect(faults).toEqual([])
}

function ended(socket: Websocket): Promise<number> {
  return new Promise((resolve) => socket.onClose(({ code }) => resolve(code)))
}

describe('a client', () => {
  test.each([
    ['of an authority it does not trust', {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['for another name', { ca, servername: 'example.com' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('rejects a certificate %s', async (_, options, code) => {
    await expect(connect(url, { tls: options }).opened).rejects.toMatchObject({
      name: 'WebSocketConnectException',
      stage: 'tls',
      cause: { code },
    })
    await expectService()
  })

  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['bytes that mean nothing', '\0\xff\x13\x37'.repeat(100)],
    ['nothing at all', ''],
  ])('fails to open in TLS when the server answers with %s', async (_, answer) => {
    const other = createServer((socket) => socket.on('error', () => {}).end(answer, 'latin1'))
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(connect(`wss://127.0.0.1:${port}/`).opened).rejects.toMatchObject({
      name: 'WebSocketConnectException',
      stage: 'tls',
    })
    other.close()
  })

  test('does not wait for a TLS handshake beyond its time', async () => {
    await using silent = await rawServer()
    const secure = silent.url.replace('ws:', 'wss:')
    await expect(connect(secure, { timeout: 200 }).opened).rejects.toMatchObject({
      stage: 'timeout',
      message: expect.stringContaining('it got to: tls'),
    })
  })
})

describe('a server', () => {
  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['bytes that mean nothing', '\0\xff\x13\x37'.repeat(100)],
    ['a hello that is cut off', '\x16\x03\x01\x02\x00\x01'],
  ])('lets go of a peer that says %s in place of a TLS hello', async (_, garbage) => {
    await using client = await RawClient.open(server.port)
    client.write(garbage)
    await client.closed
    await expectService()
  })

  test('lets go of a peer that resets the connection within the TLS handshake', async () => {
    const client = await RawClient.open(server.port)
    client.write('\x16\x03\x01')
    client.socket.resetAndDestroy()
    await client.closed
    await expectService()
  })

  test('loses a connection whose bytes were changed on the way, and no other', async () => {
    await using proxy = await corruptingProxy(server.port)
    const { socket } = await openSocket(`wss://127.0.0.1:${proxy.port}/`, { tls: { ca } })
    const { socket: other } = await openSocket(url, { tls: { ca } })
    socket.send('sound')
    expect(await new Promise((resolve) => socket.onMessage((m) => resolve(m.text())))).toBe('sound')
    const end = ended(socket)
    const atServer = ended(served.at(-2)!)
    proxy.corrupt()
    socket.send('changed on the way')
    expect(await atServer).toBe(1006)
    expect(await end).toBe(1006)
    expect(socket.link.closeRecord).toMatchObject({ initiator: 'transport', clean: false })
    expect(other.state).toBe('open')
    other.close()
    await expectService()
  })
})
