import { describe, expect, test } from 'vitest'
import { durableObject, hibernatable } from '../../src/cloudflare/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import {
  expectClosed,
  expectMessages,
  testDurableObject,
  testWsClient,
} from '../../src/testing/index.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'

describe('an error pushed into the socket', () => {
  const telling: WsHandler = () => (socket) => {
    socket.onError((error) => socket.send(`heard ${error.message}`))
    socket.onMessage((message) => socket.send(message))
  }

  test('reaches onError, and the socket stays open', () => {
    const client = testWsClient(telling)
    client.pushError(new Error('disk full'))
    client.send('still here')
    expect([...client.received()].map((message) => message.text())).toEqual([
      'heard disk full',
      'still here',
    ])
  })

  test('closes with 1011 and reaches the hook where nobody listens for errors', async () => {
    const reports: string[] = []
    const client = testWsClient(() => () => {}, '/', {
      webSockets: { onError: (error) => reports.push(error.message) },
    })
    client.pushError(new Error('disk full'))
    expect((await client.closed).code).toBe(1011)
    expect(reports).toEqual(['disk full'])
  })

  test('waits until it is open, behind what was sent', async () => {
    const client = testWsClient(async (request) => await telling(request))
    client.send('first')
    client.pushError(new Error('second'))
    const heard: string[] = []
    for await (const message of client.received()) {
      heard.push(message.text())
      if (heard.length === 2) break
    }
    expect(heard).toEqual(['first', 'heard second'])
  })

  test('does nothing once the socket is closed, or when it never opened', async () => {
    const client = testWsClient(telling)
    client.close()
    client.pushError(new Error('too late'))
    const refused = testWsClient(() => new Response('no', { status: 403 }))
    refused.pushError(new Error('never'))
    expect((await client.closed).code).toBe(1000)
    expect((await refused.closed).code).toBe(-1)
    expect([...client.received()]).toEqual([])
  })

  test('reaches the sockets of a Durable Object, those that sleep and those that cannot', async () => {
    const reports: string[] = []
    const Room = durableObject(
      (state) => {
        const heard = hibernatable({
          state,
          error: (socket, { message }) => socket.send(`heard ${message}`),
        })
        const unheard = hibernatable({ state, name: 'unheard' })
        return websockets(
          bind('/plain', telling),
          bind('/heard', () => heard()),
          bind('/unheard', () => unheard()),
        )
      },
      { webSockets: { onError: (error) => reports.push(error.message) } },
    )
    const room = testDurableObject(Room)
    const plain = testWsClient(room, '/plain')
    plain.pushError(new Error('disk full'))
    await expectMessages(plain, ['heard disk full'])
    plain.close()
    const [heard, unheard] = [testWsClient(room, '/heard'), testWsClient(room, '/unheard')]
    await Promise.all([heard.opened, unheard.opened])
    await room.sleep()
    for (const client of [heard, unheard]) client.pushError(new Error('disk full'))
    await expectMessages(heard, ['heard disk full'])
    await expectClosed(unheard, 1011)
    expect(reports).toEqual(['disk full'])
    heard.close()
  })
})
