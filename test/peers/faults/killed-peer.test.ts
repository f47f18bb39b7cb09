import { describe, expect, test } from 'vitest'
import { openSocket } from '../../../src/node/client/connect.ts'
import { SessionClient } from '../../../src/node/client/session-client.ts'
import { node } from '../../../src/node/engine.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { antiphon, echoing, Program } from '../../support/program.ts'

/** What the record says of a peer that went without a word. */
const LOST = {
  reason: { code: 1006 },
  local: undefined,
  remote: undefined,
  initiator: 'transport',
  clean: false,
  cause: { name: 'ConnectionLostException' },
}

function ended(socket: Websocket): Promise<number> {
  return new Promise((resolve) => socket.onClose(({ code }) => resolve(code)))
}

describe('kill -9', () => {
  test('of a client is 1006 at the server, which serves the others', async () => {
    let meet!: (socket: Websocket) => void
    const met = new Promise<Websocket>((resolve) => {
      meet = resolve
    })
    const errors: Error[] = []
    const webSockets = { onError: (error: Error) => errors.push(error) }
    await using server = await serve(
      (request) => (socket) => {
        if (request.url.endsWith('/killed')) meet(socket)
        socket.onMessage((message) => socket.send(message))
      },
      node({ webSockets }),
    )
    const { socket: other } = await openSocket(server.url)
    const url = `${server.url.replace(/^http/, 'ws')}/killed`
    await using client = new Program(antiphon('connect', '--wait', 'forever', url))
    const socket = await met
    const end = ended(socket)
    client.process.kill('SIGKILL')
    expect(await end).toBe(1006)
    expect(socket.link.closeRecord).toMatchObject(LOST)
    expect(socket.send('too late')).toBe(false)
    other.send('still there')
    expect(await new Promise((resolve) => other.onMessage((m) => resolve(m.text())))).toBe(
      'still there',
    )
    other.close()
    expect(errors).toEqual([])
  })

  test('of a client with megabytes on their way to it wakes whoever waits to send more', async () => {
    let meet!: (socket: Websocket) => void
    const met = new Promise<Websocket>((resolve) => {
      meet = resolve
    })
    await using server = await serve(() => meet, node())
    const url = server.url.replace(/^http/, 'ws')
    await using client = new Program(antiphon('connect', '--wait', 'forever', url))
    const socket = await met
    // Stopped, it reads nothing.
    client.process.kill('SIGSTOP')
    while (socket.bufferedAmount < 4_000_000) {
      socket.send(new Uint8Array(100_000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    const drained = socket.drained()
    const end = ended(socket)
    client.process.kill('SIGKILL')
    expect(await end).toBe(1006)
    await drained
    expect(socket.link.closeRecord).toMatchObject(LOST)
  })

  test('of a server is 1006 at a client, and ends the session of another', async () => {
    await using server = await echoing()
    const { socket } = await openSocket(server.url)
    const end = ended(socket)
    await using client = new SessionClient()
    const session = await client.webSocketSession(server.url)
    const receiving = session.incoming.receive().catch((error: unknown) => error)
    server.process.kill('SIGKILL')
    expect(await end).toBe(1006)
    expect(socket.link.closeRecord).toMatchObject(LOST)
    expect(await receiving).toMatchObject({ name: 'WebSocketClosedException' })
    expect(await session.closed).toMatchObject(LOST)
    expect(session.signal.aborted).toBe(true)
  })
})
