import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type ConnectOptions, connect, open } from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { serve } from '../../src/serving/engine.ts'
import { OverflowException } from '../../src/websocket/errors.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'

const NOWHERE = 'ws://127.0.0.1:1/'

usePlatformWebSocket()

/** A server, for the time of the test, that notes what it receives and how each connection ends. */
async function noting(): Promise<{ readonly url: string; readonly noted: readonly string[] }> {
  const noted: string[] = []
  const server = await serve(
    () => (socket) => {
      socket.onMessage((message) => {
        noted.push(message.text())
        socket.send(message)
      })
      socket.onClose(({ code }) => noted.push(String(code)))
    },
    node(),
  )
  onTestFinished(() => server.stop({ drain: 0 }))
  return { url: server.url.replace('http', 'ws'), noted }
}

const ended = (socket: Websocket): Promise<number> =>
  new Promise((resolve) => {
    socket.onClose(({ code }) => resolve(code))
  })

const nothing = (): void => {}

describe('a socket that is opening', () => {
  test('holds what is sent, counts its bytes, and sends it behind what its consumer sends', async () => {
    const { url, noted } = await noting()
    const socket = open(url, {}, (opened) => opened.send('consumer'))
    const bytes = Uint8Array.of(0x61)
    expect([socket.state, socket.protocol, socket.bufferedAmount]).toEqual(['connecting', '', 0])
    expect([socket.send('€'), socket.send(bytes), socket.send(WsMessage.text('b'))]).toEqual([
      true,
      true,
      true,
    ])
    bytes[0] = 0x7a
    expect(socket.bufferedAmount).toBe(5)
    await socket.drained()
    expect([socket.state, socket.bufferedAmount]).toEqual(['open', 0])
    await vi.waitFor(() => expect(noted).toEqual(['consumer', '€', 'a', 'b']))
    socket.terminate()
  })

  test('says when it holds more than 64 KiB, and drains once it is open', async () => {
    const { url, noted } = await noting()
    const socket = open(url, {}, nothing)
    expect(socket.send('x'.repeat(65_536))).toBe(true)
    expect(socket.send('y')).toBe(false)
    await socket.drained()
    expect(socket.send('z')).toBe(true)
    await vi.waitFor(() => expect(noted.map((text) => text.length)).toEqual([65_536, 1, 1]))
    socket.terminate()
  })

  test('has its listeners from the start, those removed excepted', async () => {
    const { url } = await noting()
    const heard: string[] = []
    const socket = open(url, {}, nothing)
    socket.onMessage(() => heard.push('removed'))()
    const listener = (message: WsMessage): unknown => heard.push(message.text())
    const removeFirst = socket.onMessage(listener)
    socket.onMessage(listener)
    removeFirst()
    removeFirst()
    socket.onMessage(() => socket.close())
    socket.onClose(() => heard.push('removed'))()
    socket.send('a')
    await ended(socket)
    expect(heard).toEqual(['a'])
  })

  test('tells a listener that comes while a message is handed out of the next one only', async () => {
    const { url } = await noting()
    const heard: string[] = []
    const socket = open(url, {}, nothing)
    const remove = socket.onMessage((message) => {
      heard.push(`first ${message.text()}`)
      remove()
      socket.onMessage((next) => heard.push(`second ${next.text()}`))
    })
    for (const text of ['a', 'b']) socket.send(text)
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    expect(heard).toEqual(['first a', 'second b'])
    socket.terminate()
  })

  test('closes behind what it holds, with the first status', async () => {
    const { url, noted } = await noting()
    const socket = open(url, {}, nothing)
    socket.send('owed')
    socket.close(new CloseReason(4000))
    socket.close(new CloseReason(4001))
    expect([socket.state, socket.send('late')]).toEqual(['closing', false])
    expect(await ended(socket)).toBe(4000)
    expect(noted).toEqual(['owed', '4000'])
    expect(socket.link.closeRecord).toMatchObject({ initiator: 'local', clean: true })
  })

  test.each(['close', 'terminate'] as const)(
    'gives up when it is told to %s, and that is no failure',
    async (end) => {
      const { url, noted } = await noting()
      const [consumer, onError, heard] = [vi.fn(), vi.fn(), vi.fn()]
      const socket = open(url, { onError }, consumer)
      socket.onError(heard)
      const over = ended(socket)
      if (end === 'terminate') socket.send('never sent')
      socket[end]()
      socket[end]()
      expect(await over).toBe(-1)
      expect([socket.state, socket.bufferedAmount, socket.send('late')]).toEqual([
        'closed',
        0,
        false,
      ])
      expect(socket.link.closeRecord).toMatchObject({
        reason: WsStatus.NEVER_CONNECTED,
        local: undefined,
        remote: undefined,
        initiator: 'local',
        clean: false,
      })
      for (const fn of [consumer, onError, heard]) expect(fn).not.toHaveBeenCalled()
      expect(noted).toEqual([])
    },
  )

  test('tells a failure to its listeners, and what those throw to the hook', async () => {
    const reports: string[] = []
    const onError: ConnectOptions['onError'] = ({ message }) => reports.push(message)
    const heard: string[] = []
    const socket = open(NOWHERE, { onError }, nothing)
    socket.onError((error) => {
      heard.push(error.name)
      throw new Error('thrown by onError')
    })
    socket.onClose(async ({ code }) => {
      heard.push(String(code))
      throw new Error('thrown by onClose')
    })
    socket.send('lost')
    await socket.drained()
    await vi.waitFor(() => expect(reports).toEqual(['thrown by onError', 'thrown by onClose']))
    expect(heard).toEqual(['WebSocketConnectException', '-1'])
  })

  test('fails once it holds more than 16 MiB in several messages', async () => {
    const onError = vi.fn()
    const socket = open(NOWHERE, { onError }, nothing)
    socket.send(new Uint8Array(2 ** 24 + 1))
    expect([socket.state, onError.mock.calls]).toEqual(['connecting', []])
    expect(socket.send('x')).toBe(false)
    expect([socket.state, socket.bufferedAmount, socket.send('y')]).toEqual(['closed', 0, false])
    expect(onError.mock.calls).toEqual([[new OverflowException('the peer is too slow'), socket]])
    expect(await ended(socket)).toBe(-1)
    expect(socket.link.closeRecord?.cause).toBe(onError.mock.calls[0]?.[0])
  })

  test('of a client fails as well, and opened tells why', async () => {
    const client = connect(NOWHERE)
    client.send(new Uint8Array(2 ** 24))
    client.send('y')
    expect(client.send('x')).toBe(false)
    await expect(client.opened).rejects.toThrow(OverflowException)
    expect((await client.closed).code).toBe(-1)
    expect(() => [...client.received()]).toThrow(OverflowException)
  })

  test('tells a failure to the hook when nobody else listens, also when it was closed meanwhile', async () => {
    for (const close of [false, true]) {
      const onError = vi.fn()
      const socket = open(NOWHERE, { onError }, nothing)
      socket.send('owed')
      if (close) socket.close()
      expect(await ended(socket)).toBe(-1)
      expect(onError).toHaveBeenCalledExactlyOnceWith(socket.link.closeRecord?.cause, socket)
    }
  })
})

test('who listens to the end after it hears of it in a microtask, unless removed', async () => {
  const socket = open(NOWHERE, { onError: nothing }, nothing)
  await ended(socket)
  const heard: string[] = []
  socket.onClose(() => heard.push('removed'))()
  socket.onClose(({ code }) => {
    heard.push(String(code))
    socket.onClose(() => heard.push('nested'))
  })
  expect(heard).toEqual([])
  await Promise.resolve()
  await Promise.resolve()
  expect(heard).toEqual(['-1', 'nested'])
})

test('a hook that throws or rejects is only written down', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(nothing)
  onTestFinished(() => logged.mockRestore())
  const fault = new Error('from the hook')
  for (const onError of [
    (): never => {
      throw fault
    },
    () => Promise.reject(fault),
  ]) {
    await ended(open(NOWHERE, { onError }, nothing))
  }
  await vi.waitFor(() => expect(logged.mock.calls).toEqual([[fault], [fault]]))
})

test('one message may be larger than the inbound mark, however long it takes; behind it there is no room', async () => {
  const large = 'x'.repeat(1024 * 1024 + 1)
  const server = await serve(
    () => (socket) => {
      socket.onMessage(() => socket.send(large))
    },
    node(),
  )
  onTestFinished(() => server.stop({ drain: 0 }))
  const socket = open(server.url.replace('http', 'ws'), {}, nothing)
  const sizes: number[] = []
  let finish = nothing
  socket.onMessage(({ byteLength }) => {
    sizes.push(byteLength)
    return new Promise<void>((resolve) => {
      finish = resolve
    })
  })
  socket.send('one')
  await vi.waitFor(() => expect(sizes).toEqual([large.length]))
  expect(socket.state).toBe('open')
  finish()
  await Promise.resolve()
  socket.send('another')
  await vi.waitFor(() => expect(sizes).toHaveLength(2))
  expect(socket.state).toBe('open')
  socket.send('and one too many')
  expect(await ended(socket)).toBe(4013)
})
