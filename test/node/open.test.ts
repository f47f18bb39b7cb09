import { describe, expect, test, vi } from 'vitest'
import { connect, open } from '../../src/node/client/connect.ts'
import { node } from '../../src/node/engine.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { serve } from '../../src/serving/engine.ts'
import { OverflowException } from '../../src/websocket/errors.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { type RawConnection, rawServer } from '../support/raw-server.ts'

const NOWHERE = 'ws://127.0.0.1:1/'

const closed = (socket: Websocket): Promise<number> =>
  new Promise((resolve) => {
    socket.onClose(({ code }) => resolve(code))
  })

/** It answers nobody: `connected` is called when somebody connects, and `gone` resolves when they hung up. */
async function silentServer(connected: () => void) {
  let connection: RawConnection | undefined
  const server = await rawServer((made) => {
    connection = made
    connected()
  })
  return {
    url: server.url,
    async gone(): Promise<void> {
      if (connection === undefined) throw new Error('nobody has connected')
      await connection.gone
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('open', () => {
  test('returns at once with a socket that is connecting, and then open', async () => {
    await using server = await serve(
      () => (socket) => socket.onMessage((message) => socket.send(message)),
      node(),
    )
    const heard: string[] = []
    const socket = open(`${server.url}/path`, { protocols: [] }, (opened) => {
      heard.push(`consumer ${opened.state}`)
    })
    expect([socket.state, socket.protocol, socket.bufferedAmount]).toEqual(['connecting', '', 0])
    expect(socket.upgradeRequest.url).toBe(`${server.url}/path`)
    expect(socket.link.extensions).toEqual([])
    expect(socket.send('hello')).toBe(true)
    expect(socket.bufferedAmount).toBe(5)
    await new Promise<void>((resolve) => {
      socket.onMessage((message) => {
        heard.push(`${socket.state} ${message.text()}`)
        resolve()
      })
    })
    expect(heard).toEqual(['consumer open', 'open hello'])
    expect(socket.link.limits?.maxMessageSize).toBe(64 * 1024 * 1024)
    socket.close(new CloseReason(4000))
    expect(await closed(socket)).toBe(4000)
  })

  test('lets the consumer close what it is given, by either of its names', async () => {
    await using server = await serve(() => () => {}, node())
    const outer: Websocket = open(server.url, {}, () => outer.close(new CloseReason(4001)))
    expect(await closed(outer)).toBe(4001)
    const inner = open(server.url, {}, (socket) => socket.close(new CloseReason(4002)))
    expect(await closed(inner)).toBe(4002)
    const terminated: Websocket = open(server.url, {}, () => terminated.terminate())
    expect(await closed(terminated)).toBe(1006)
  })

  test('has its listeners before the consumer and the first bytes', async () => {
    await using server = await rawServer(({ upgrade, accept }) =>
      upgrade(
        [`Sec-WebSocket-Accept: ${accept}`],
        { opcode: 1, payload: 'one' },
        { opcode: 1, payload: 'two' },
        { opcode: 3 },
      ),
    )
    const heard: string[] = []
    const onError = vi.fn()
    const socket = open(server.url, { onError }, (opened) => {
      opened.onMessage((message) => heard.push(`inner ${message.text()}`))
      socket.onMessage((message) => heard.push(`late ${message.text()}`))
      throw new Error('from the consumer')
    })
    socket.onMessage((message) => heard.push(`outer ${message.text()} ${socket.state}`))
    socket.onMessage(() => heard.push('removed'))()
    socket.onError((error) => heard.push(`${error.name}: ${error.message}`))
    expect(await closed(socket)).toBe(1002)
    expect(heard).toEqual([
      'Error: from the consumer',
      'outer one open',
      'inner one',
      'late one',
      'outer two open',
      'inner two',
      'late two',
      expect.stringMatching(/^WebSocketProtocolException: /),
    ])
    expect(onError).not.toHaveBeenCalled()
  })

  test('tells a failure to onError and then to onClose, once each', async () => {
    const heard: string[] = []
    const onError = vi.fn()
    const consumer = vi.fn()
    const socket = open(NOWHERE, { onError }, consumer)
    const removed = socket.onError(() => heard.push('removed'))
    removed()
    socket.onClose(() => heard.push('removed'))()
    socket.onError((error) => heard.push(error.name))
    socket.onClose(({ code }) => heard.push(String(code)))
    await closed(socket)
    expect(heard).toEqual(['WebSocketConnectException', '-1'])
    expect(onError).not.toHaveBeenCalled()
    expect(consumer).not.toHaveBeenCalled()
    expect([socket.state, socket.send('late'), socket.bufferedAmount]).toEqual(['closed', false, 0])
    await socket.drained()
  })

  test('tells the hook when nobody else listens', async () => {
    const onError = vi.fn()
    const socket = open(NOWHERE, { onError }, () => {})
    await closed(socket)
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ name: 'WebSocketConnectException' }),
      socket,
    )
  })

  test('tells the hook what listeners throw meanwhile', async () => {
    const onError = vi.fn()
    const socket = open(NOWHERE, { onError }, () => {})
    socket.onError(() => {
      throw new Error('from onError')
    })
    socket.onClose(async () => {
      throw new Error('from onClose')
    })
    await closed(socket)
    await Promise.resolve()
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual([
      'from onError',
      'from onClose',
    ])
  })

  test('closed before it opens hangs up, and that is no failure', async () => {
    await using server = await silentServer(() => {
      socket.close()
    })
    const onError = vi.fn()
    const socket = open(server.url, { onError }, () => {})
    expect(await closed(socket)).toBe(-1)
    await server.gone()
    expect(onError).not.toHaveBeenCalled()
  })

  test('holds no more than maxBufferedAmount for a server that does not answer: it hangs up', async () => {
    await using server = await silentServer(() => {
      socket.send('four')
      socket.send('x')
    })
    const options = { maxBufferedAmount: 4, onError: vi.fn() }
    const socket = open(server.url, options, () => {})
    expect(await closed(socket)).toBe(-1)
    await server.gone()
    expect(options.onError.mock.calls).toEqual([[expect.any(OverflowException), socket]])
  })

  test('and so does connect', async () => {
    await using server = await silentServer(() => {
      client.send('four')
      client.send('x')
    })
    const client = connect(server.url, { maxBufferedAmount: 4 })
    await expect(client.opened).rejects.toThrow(OverflowException)
    await server.gone()
  })

  test('throws for invalid arguments', () => {
    expect(() => open('nowhere', {}, () => {})).toThrow(TypeError)
    expect(() => open(NOWHERE, { closeTimeout: -1 }, () => {})).toThrow(RangeError)
    const nothing = undefined as never
    expect(() => open(NOWHERE, {}, nothing)).toThrow('open needs a consumer, the last argument')
  })
})
