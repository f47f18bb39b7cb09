import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { connect } from '../../../src/node/client/connect.ts'
import { node } from '../../../src/node/engine.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import { antiphon, echoing, Program, testProgram, withOpenFiles } from '../../support/program.ts'

// Above the number of modules that the programs load at once.
const ALLOWED = 256

async function echoOf(client: WsClient, text: string): Promise<string> {
  client.send(text)
  for await (const message of client.received()) return message.text()
  throw new Error('closed before the echo came')
}

/** Opens a connection and leaves it be; what the server does to it does not matter. */
async function occupy(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

describe('a process that is out of file descriptors', () => {
  test('as a server goes on with the sockets it has, and serves new ones once it can', async () => {
    await using server = await echoing(withOpenFiles(ALLOWED, antiphon('echo')))
    const port = Number(new URL(server.url).port)
    const kept = connect(server.url)
    expect(await echoOf(kept, 'before')).toBe('before')
    const occupied = await Promise.all(Array.from({ length: 2 * ALLOWED }, () => occupy(port)))
    for (let i = 0; i < 20; i++) expect(await echoOf(kept, `during ${i}`)).toBe(`during ${i}`)
    await expect(connect(server.url, { timeout: 500 }).opened).rejects.toMatchObject({
      name: 'WebSocketConnectException',
    })
    for (const socket of occupied) socket.destroy()
    await vi.waitFor(
      async () => {
        await using late = connect(server.url, { timeout: 500 })
        expect(await echoOf(late, 'after')).toBe('after')
      },
      { timeout: 10_000 },
    )
    expect(await echoOf(kept, 'to the end')).toBe('to the end')
    server.process.kill('SIGTERM')
    expect((await kept.closed).code).toBe(1001)
    expect(await server.exited).toBe(0)
    expect(server.errors.text).toBe('')
  })

  test('as a client is told so, and connects once it can', async () => {
    await using server = await serve(
      () => (socket) => socket.onMessage((message) => socket.send(message)),
      node(),
    )
    await using client = new Program(
      withOpenFiles(ALLOWED, testProgram('hungry-client.js', server.url)),
    )
    expect(await client.says(/^failed: (.*)\n/)).toBe('WebSocketConnectException tcp EMFILE')
    expect(await client.says(/^then: (.*)\n/m)).toBe('hello')
    expect(await client.exited).toBe(0)
  })
})
