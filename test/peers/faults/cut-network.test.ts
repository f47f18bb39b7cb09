import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, openSocket } from '../../../src/node/client/connect.ts'
import { SessionClient } from '../../../src/node/client/session-client.ts'
import { node } from '../../../src/node/engine.ts'
import { serve } from '../../../src/serving/engine.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { antiphon, echoing, Program } from '../../support/program.ts'
import { type Network, network } from '../support/system.ts'

let net: Network

// For each test, so that each fails, and says why, where there can be none.
beforeEach(() => {
  net = network()
})

afterEach(() => net?.[Symbol.dispose]())

const PINGS = { pingInterval: 50, pongTimeout: 400, closeTimeout: 300 }

/** What the record says of a peer that does not answer. */
const TIMED_OUT = {
  reason: { code: 1011, message: 'Ping timeout' },
  local: { code: 1011, message: 'Ping timeout' },
  remote: undefined,
  initiator: 'local',
  clean: false,
  cause: { name: 'PingTimeoutException', message: 'no Pong came within 400 ms' },
}

/** `antiphon echo` at the other end of the cable. */
function echoThere(): ReturnType<typeof echoing> {
  return echoing(net.command(antiphon('echo', '--hostname', net.there)))
}

/** Cuts the cable while it works, and mends it afterwards. */
async function whileCut<T>(work: () => Promise<T>): Promise<T> {
  net.cut()
  try {
    return await work()
  } finally {
    net.mend()
  }
}

/** Resolves once so many Pings were answered. */
function pongs({ link }: Websocket, count: number): Promise<void> {
  return new Promise((resolve) => {
    link.onControl?.((frame) => {
      if (frame.type === 'pong' && --count === 0) resolve()
    })
  })
}

describe('a cut network', () => {
  test('closes the sockets of a server that pings with 1011, and leaves nothing behind', async () => {
    let meet!: (socket: Websocket) => void
    const met = new Promise<Websocket>((resolve) => {
      meet = resolve
    })
    const server = await serve(() => meet, node({ hostname: net.here, webSockets: PINGS }))
    const url = server.url.replace(/^http/, 'ws')
    await using _ = new Program(net.command(antiphon('connect', '--wait', 'forever', url)))
    const socket = await met
    await pongs(socket, 3)
    await whileCut(async () => {
      const code = await new Promise((resolve) => socket.onClose((status) => resolve(status.code)))
      expect(code).toBe(1011)
      expect(socket.link.closeRecord).toMatchObject(TIMED_OUT)
      // What waits for the peer is given up after the time for the close handshake, long before the deadline.
      await server.stop({ drain: 20_000 })
    })
  })

  test('ends the session of a client that pings with 1011, and its record says why', async () => {
    await using server = await echoThere()
    await using client = new SessionClient(PINGS)
    const session = await client.webSocketSession(server.url)
    await session.send('before')
    expect(await session.incoming.receive()).toMatchObject({ type: 'text' })
    await whileCut(async () => {
      expect(await session.closed).toMatchObject(TIMED_OUT)
      await expect(session.incoming.receive()).rejects.toMatchObject({
        name: 'PingTimeoutException',
      })
    })
  })

  test('is not noticed without pings, and what was sent meanwhile comes once it is mended', async () => {
    await using server = await echoThere()
    const { socket } = await openSocket(server.url)
    const echoes: string[] = []
    const echoed = new Promise<void>((resolve) => {
      socket.onMessage((message) => {
        echoes.push(message.text())
        if (echoes.length === 100) resolve()
      })
    })
    await whileCut(async () => {
      for (let i = 0; i < 100; i++) socket.send(`${i}`)
      // Time has to pass: that nothing happens cannot be waited for.
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(echoes).toEqual([])
      expect(socket.state).toBe('open')
    })
    await echoed
    expect(echoes).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`))
    socket.close()
  })

  test('fails an opening when its time is over', async () => {
    await using server = await echoThere()
    await whileCut(async () => {
      const client = connect(server.url, { timeout: 300 })
      await expect(client.opened).rejects.toMatchObject({
        name: 'WebSocketConnectException',
        stage: 'timeout',
      })
    })
    const client = connect(server.url)
    await client.opened
    client.close()
    expect((await client.closed).code).toBe(1000)
  })

  test('does not keep a close waiting beyond its time', async () => {
    await using server = await echoThere()
    const { socket } = await openSocket(server.url, { closeTimeout: 300 })
    await whileCut(async () => {
      const ended = new Promise((resolve) => socket.onClose(resolve))
      socket.close()
      await ended
      expect(socket.link.closeRecord).toMatchObject({
        local: { code: 1000 },
        remote: undefined,
        clean: false,
      })
    })
  })
})
