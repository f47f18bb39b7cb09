import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { testDeflatePeer } from '../support/deflate-suite.ts'
import { deflateCases } from '../support/deflate-table.ts'
import { Queue } from '../support/queue.ts'

testDeflatePeer({
  name: 'ws',
  async talk(url, settings, messages) {
    const socket = new WebSocket(url, { perMessageDeflate: { threshold: 0, ...settings } })
    const received = new Queue<Uint8Array>()
    socket.on('message', (data: Buffer) => received.push(data))
    socket.on('error', (error) => received.fail(error))
    socket.on('close', (code) => received.fail(new Error(`closed with ${code}`)))
    await once(socket, 'open')
    for (const message of messages) {
      socket.send(message)
      const echo = await received.next()
      if (Buffer.compare(echo, message) !== 0) throw new Error('it came back changed')
    }
    socket.close()
    await once(socket, 'close')
  },
  async serve(settings) {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      perMessageDeflate: { threshold: 0, ...settings },
    })
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => socket.send(data))
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { url: `ws://127.0.0.1:${port}`, stop: () => server.close() }
  },
})

test('the tables of docs/deflate.md are about the peers that are tested', () => {
  const peers = (heading: 'Our server' | 'Our client'): string[] => [
    ...new Set(deflateCases(heading).map(({ peer }) => peer)),
  ]
  expect(peers('Our server')).toEqual(['ws', 'Chromium', 'Firefox', 'Python'])
  expect(peers('Our client')).toEqual(['ws', 'Python'])
})
