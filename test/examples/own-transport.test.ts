import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { server } from '../../examples/own-transport.ts'
import { WebSocketExtensions } from '../../src/index.ts'
import { connect } from '../../src/node/index.ts'
import { expectClosed, expectMessages } from '../../src/testing/index.ts'

let url = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

describe('the core with a transport of its own', () => {
  test('echoes messages of any size, and takes part in the close handshake', async () => {
    const client = connect(url)
    const large = new Uint8Array(1024 * 1024).map((_, i) => i)
    client.send('h\u00e9llo')
    client.send(large)
    client.send('')
    await expectMessages(client, ['h\u00e9llo', large, ''])
    client.close()
    await expectClosed(client, 1000)
  })

  test('compresses for those who offer it', async () => {
    const client = connect(url, { extensions: [WebSocketExtensions.perMessageDeflate()] })
    const socket = await client.opened
    expect(socket.link.extensions.map(({ name }) => name)).toEqual(['permessage-deflate'])
    client.send('a'.repeat(100_000))
    await expectMessages(client, ['a'.repeat(100_000)])
    client.close()
    await expectClosed(client, 1000)
  })

  test('refuses what is no handshake, and closes for what is no message', async () => {
    const answer = await fetch(url.replace('ws', 'http'))
    expect(answer.status).toBe(426)
    const client = connect(url)
    client.send(new Uint8Array(1024 * 1024 + 1))
    await expectClosed(client, 1009)
  })

  test('answers every ping, however many there are', async () => {
    const socket = await connect(url).opened
    const pings = 200
    let pongs = 0
    const all = new Promise<void>((resolve) => {
      socket.link.onPong?.(() => {
        if (++pongs === pings) resolve()
        else socket.link.ping?.(Uint8Array.of(pongs))
      })
    })
    socket.link.ping?.(Uint8Array.of(0))
    await all
    socket.close()
  })
})
