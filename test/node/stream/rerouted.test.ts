import { Agent } from 'node:http'
import { createConnection, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../../src/node/client/connect.ts'
import { node } from '../../../src/node/engine.ts'
import { isRerouted } from '../../../src/node/stream/rerouted.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { tcpPair } from '../../support/tcp-pair.ts'

type Chunk = Uint8Array | string
type Data = Chunk | readonly { readonly chunk: Chunk }[]

/** A socket whose own connection carries nothing: what is written to it goes to `other` in a later turn, as with nock. */
function rerouted(socket: Socket, other: Socket): Socket {
  Object.assign(socket, {
    _read: () => other.resume(),
    _writeGeneric(_writev: boolean, data: Data, _encoding: string, done: () => void) {
      const whole = typeof data === 'string' || data instanceof Uint8Array
      const chunks = whole ? [data] : data.map(({ chunk }) => chunk)
      setImmediate(() => {
        for (const chunk of chunks) other.write(chunk)
      })
      done()
    },
  })
  other.on('data', (chunk) => socket.push(chunk))
  other.on('end', () => socket.push(null))
  return socket
}

test('only a socket whose own methods somebody has replaced is rerouted', async () => {
  using pair = await tcpPair()
  expect([isRerouted(pair.accepted), isRerouted(pair.peer)]).toEqual([false, false])
  expect(isRerouted(rerouted(pair.peer, pair.accepted))).toBe(true)
})

test('a WebSocket works over a socket that passes everything on to another', async () => {
  const app = () => (socket: Websocket) => {
    socket.send('welcome')
    socket.onMessage((message) => socket.send(message))
  }
  await using server = await serve(app, node())
  const to = { port: server.port, host: '127.0.0.1' }
  const other = createConnection(to)
  onTestFinished(() => void other.destroy())
  const createSocket = () => rerouted(createConnection(to), other)
  const agent = Object.assign(new Agent(), { createConnection: createSocket })
  await using client = connect(server.url, { agent })
  const sent = ['a', 'b'.repeat(40_000), 'c', 'd'.repeat(40_000)]
  const received: string[] = []
  for await (const message of client.received()) {
    received.push(message.text())
    const next = sent[received.length - 1]
    if (next === undefined) break
    client.send(next)
  }
  expect(received).toEqual(['welcome', ...sent])
})
