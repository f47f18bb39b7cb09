import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type ConnectOptions, connect, open } from '../../src/client/index.ts'
import { node } from '../../src/node/index.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { serve } from '../../src/serving/engine.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import {
  ConnectionLostException,
  FrameTooBigException,
  OverflowException,
} from '../../src/websocket/errors.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsConsumer, WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { usePlatformWebSocket } from '../support/platform-websocket.ts'
import { type RawConnection, rawServer } from '../support/raw-server.ts'

usePlatformWebSocket()

/** What the server's side of a connection ended with. */
interface Ended {
  readonly url: string
  readonly seen: Promise<string>
}

/** A server whose consumer is `consumer`, for the time of the test. */
async function serving(consumer: WsConsumer): Promise<Ended> {
  let tell: (status: string) => void
  const seen = new Promise<string>((resolve) => {
    tell = resolve
  })
  const handler: WsHandler = () => (socket) => {
    socket.onClose(({ code, message }) => tell(`${code} ${message}`.trimEnd()))
    return consumer(socket)
  }
  const server = await serve(handler, node())
  onTestFinished(() => server.stop({ drain: 0 }))
  return { url: server.url.replace('http', 'ws'), seen }
}

/** A server of bytes, for the time of the test. */
async function servingRaw(talk: (connection: RawConnection) => unknown): Promise<string> {
  const server = await rawServer(talk)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server.url
}

const ended = (socket: Websocket): Promise<string> =>
  new Promise((resolve) => {
    socket.onClose(({ code, message }) => resolve(`${code} ${message}`.trimEnd()))
  })

const listening = (url: string, options: ConnectOptions = {}): Promise<Websocket> =>
  new Promise((resolve) => {
    open(url, options, resolve)
  })

describe('closing from here', () => {
  test.each([
    [undefined, '1000'],
    [new CloseReason(1000, 'bye'), '1000 bye'],
    [new CloseReason(3000), '3000'],
    [new CloseReason(4999, 'ä'.repeat(61)), `4999 ${'ä'.repeat(61)}`],
  ])('with %o reaches the server', async (status, told) => {
    const { url, seen } = await serving(() => {})
    const socket = await listening(url)
    expect(socket.state).toBe('open')
    socket.close(status)
    socket.close(new CloseReason(4000, 'the second does not count'))
    expect([socket.state, socket.send('late')]).toEqual(['closing', false])
    expect([await ended(socket), await seen]).toEqual([told, told])
    expect(socket.state).toBe('closed')
    expect(socket.link.closeRecord).toMatchObject({ initiator: 'local', clean: true })
  })

  test.each([1001, 1005, 1006, 1011, 2999, 5000])('with %i throws', async (code) => {
    const { url } = await serving(() => {})
    const socket = await listening(url)
    expect(() => socket.close(new CloseReason(code))).toThrow(RangeError)
    expect(socket.state).toBe('open')
    socket.terminate()
  })

  test('with what it ended with does nothing, even if that cannot be sent', async () => {
    const { url } = await serving(() => {})
    const socket = await listening(url)
    socket.terminate()
    expect(await ended(socket)).toMatch(/^1006/)
    expect(() => socket.close(WsStatus.ABNORMAL_CLOSE)).not.toThrow()
  })

  test('with more than fits into a Close frame throws, also for callers without types, and closes nothing', async () => {
    const { url, seen } = await serving(() => {})
    const status = { code: 4000, message: 'ä'.repeat(62) } as CloseReason
    const opened = new Promise<Websocket>((resolve) => {
      const socket = open(url, {}, resolve)
      expect(() => socket.close(status)).toThrow(RangeError)
      expect(socket.state).toBe('connecting')
    })
    const socket = await opened
    expect(() => socket.close(status)).toThrow('a close reason of 124 bytes')
    expect(socket.state).toBe('open')
    socket.close({ code: 4000, message: 'ä'.repeat(61) } as CloseReason)
    expect(await seen).toBe(`4000 ${'ä'.repeat(61)}`)
  })

  test('waits for the server no longer than the timeout', async () => {
    const url = await servingRaw(({ upgrade }) => upgrade())
    const clock = new VirtualClock()
    const socket = await listening(url, { clock, closeTimeout: 3_000 })
    socket.close(new CloseReason(4000))
    clock.advance(2_999)
    expect(socket.state).toBe('closing')
    clock.advance(1)
    expect(await ended(socket)).toBe('1006 Connection lost')
    const { link } = socket
    expect(link.closeRecord).toMatchObject({ local: { code: 4000 }, remote: undefined })
    expect(link.closeRecord?.cause?.message).toContain('within 3000 ms')
  })
})

describe('closing from the other side', () => {
  test.each([
    [new CloseReason(1001, 'Going away'), '1001 Going away'],
    [new CloseReason(1011, 'oops'), '1011 oops'],
    [new CloseReason(4321), '4321'],
  ])('with %o is told as it came', async (status, told) => {
    const { url } = await serving((socket) => socket.close(status))
    const socket = await listening(url)
    expect(await ended(socket)).toBe(told)
    expect(socket.link.closeRecord).toMatchObject({ initiator: 'remote', clean: true })
  })

  test('without a code is 1005', async () => {
    const url = await servingRaw(({ upgrade, socket }) => {
      upgrade(undefined, { opcode: 8 })
      socket.end()
    })
    expect(await ended(await listening(url))).toBe('1005')
  })

  test('without a Close frame is 1006', async () => {
    const url = await servingRaw((connection) => {
      connection.upgrade()
      connection.socket.end()
    })
    const onError = vi.fn()
    const socket = await listening(url, { onError })
    expect(await ended(socket)).toBe('1006 Connection lost')
    expect(socket.link.closeRecord).toMatchObject({ initiator: 'transport', clean: false })
    expect(socket.link.closeRecord?.cause).toBeInstanceOf(ConnectionLostException)
    expect(onError).not.toHaveBeenCalled()
  })

  test.each([
    // `workerd` before 1.20261117: it has no `bufferedAmount`, as React Native.
    { wasClean: false, bufferedAmount: undefined },
    // `workerd` for a Close with 1006, which no peer may send.
    { wasClean: true, bufferedAmount: 0 },
  ])('with 1006 is not clean where the platform says %o, and no error', async (says) => {
    class Ending {
      readonly url = 'ws://127.0.0.1/'
      readonly bufferedAmount = says.bufferedAmount
      onopen = (_event: object): void => {}
      onclose = (_event: object): void => {}
      constructor() {
        queueMicrotask(() => {
          this.onopen({})
          this.onclose({ code: 1006, reason: '', wasClean: says.wasClean })
        })
      }
      close(): void {}
    }
    const platform = globalThis.WebSocket
    vi.stubGlobal('WebSocket', Ending)
    onTestFinished(() => void vi.stubGlobal('WebSocket', platform))
    const socket = await listening('ws://127.0.0.1/')
    expect(await ended(socket)).toBe('1006 Connection lost')
    expect(socket.link.closeRecord).toMatchObject({ initiator: 'transport', clean: false })
    expect(socket.link.closeRecord?.cause).toBeInstanceOf(ConnectionLostException)
  })
})

test('terminating ends it here at once, and nothing is heard any more', async () => {
  const { url, seen } = await serving((socket) => {
    socket.onMessage((message) => socket.send(message))
  })
  const socket = await listening(url)
  const heard = vi.fn()
  socket.onMessage(heard)
  socket.send('an echo that comes too late')
  socket.terminate()
  expect(socket.state).toBe('closed')
  expect(await ended(socket)).toBe('1006 Connection lost')
  expect(await seen).toBe('1005')
  expect(heard).not.toHaveBeenCalled()
  socket.terminate()
  socket.close()
})

describe('what a listener throws', () => {
  test('closes with 4011 when nobody hears of errors, and goes to the hook', async () => {
    const { url, seen } = await serving((socket) => {
      socket.send('a')
    })
    const onError = vi.fn()
    const socket = await listening(url, { onError })
    const fault = new Error('a fault')
    socket.onMessage(() => Promise.reject(fault))
    expect(await ended(socket)).toBe('4011 Internal error')
    expect(await seen).toBe('4011 Internal error')
    expect(onError).toHaveBeenCalledExactlyOnceWith(fault, socket)
  })

  test('goes to the error listeners, and the socket stays open', async () => {
    const { url } = await serving((socket) => {
      socket.send('a')
    })
    const socket = await listening(url)
    const heard = new Promise((resolve) => {
      socket.onError(resolve)
    })
    socket.onMessage(() => {
      throw new Error('a fault')
    })
    expect(await heard).toEqual(new Error('a fault'))
    expect(socket.state).toBe('open')
    socket.close()
  })

  test('by the consumer is the same, thrown or rejected', async () => {
    const { url } = await serving(() => {})
    for (const consumer of [
      () => {
        throw new Error('a fault')
      },
      () => Promise.reject(new Error('a fault')),
    ]) {
      const onError = vi.fn()
      expect(await ended(open(url, { onError }, consumer))).toBe('4011 Internal error')
      expect(onError).toHaveBeenCalledOnce()
    }
  })
})

describe('more than is handled', () => {
  test('closes with 4013, since the platform cannot pause', async () => {
    const { url, seen } = await serving((socket) => {
      for (let i = 0; i < 300; i++) socket.send('a')
    })
    const socket = await listening(url)
    const errors: Error[] = []
    socket.onError((error) => errors.push(error))
    socket.onMessage(() => new Promise(() => {}))
    expect(await ended(socket)).toBe('4013 Try again later')
    expect(await seen).toBe('4013 Try again later')
    expect(errors).toEqual([expect.any(OverflowException)])
  })

  test('is dropped once nobody will listen, and the hook hears of it once', async () => {
    const { url } = await serving((socket) => {
      for (let i = 0; i < 600; i++) socket.send('a')
      socket.close()
    })
    const onError = vi.fn()
    await ended(open(url, { onError }, (socket) => void socket))
    expect(onError.mock.calls.map(([{ message }]) => message)).toEqual([
      '257 messages were dropped: no listener was set',
    ])
  })
})

describe('a message', () => {
  test.each(['ééé', Uint8Array.of(1, 2, 3, 4, 5, 6)])(
    'of maxMessageSize comes, and a larger one closes with 4009: %o',
    async (content) => {
      const { url } = await serving((socket) => {
        socket.send(content)
      })
      const fits = await listening(url, { maxMessageSize: 6 })
      const message = await new Promise((resolve) => {
        fits.onMessage(({ byteLength }) => resolve(byteLength))
      })
      expect(message).toBe(6)
      fits.close()
      const socket = await listening(url, { maxMessageSize: 5 })
      const heard = vi.fn()
      const errors: Error[] = []
      socket.onMessage(heard)
      socket.onError((error) => errors.push(error))
      expect(await ended(socket)).toBe('4009 A message may have 5 bytes')
      expect(errors).toEqual([expect.any(FrameTooBigException)])
      expect(errors).toEqual([expect.objectContaining({ frameSize: 6 })])
      expect(heard).not.toHaveBeenCalled()
    },
  )
})

describe('sending faster than the server reads', () => {
  const part = new Uint8Array(1024 * 1024)

  /** A socket to a server that reads only when it is told to. */
  async function slow(): Promise<{ socket: Websocket; clock: VirtualClock; read(): void }> {
    let read = (): void => {}
    const url = await servingRaw(({ upgrade, socket }) => {
      socket.pause()
      upgrade()
      read = () => socket.resume()
    })
    const clock = new VirtualClock()
    const socket = await listening(url, { clock })
    return { socket, clock, read: () => read() }
  }

  test('is told by send, and over by drained and flush', async () => {
    const { socket, clock, read } = await slow()
    await expect(socket.drained()).resolves.toBeUndefined()
    let sent = 0
    while (socket.send(part) && sent < 12) sent++
    expect(socket.bufferedAmount).toBeGreaterThan(65_536)
    const done: string[] = []
    void socket.drained().then(() => done.push('drained'))
    void socket.link.flush?.().then(() => done.push('flushed'))
    clock.advance(5)
    await Promise.resolve()
    expect(done).toEqual([])
    read()
    await vi.waitFor(() => {
      clock.advance(5)
      expect(done).toEqual(['drained', 'flushed'])
    })
    expect(socket.bufferedAmount).toBe(0)
    socket.terminate()
  })

  test('past the limit closes with 4013, and drained resolves', async () => {
    const { socket, clock } = await slow()
    const drained = vi.fn()
    for (let i = 0; i < 64 && socket.state === 'open'; i++) socket.send(part)
    expect(socket.state).toBe('closing')
    void socket.drained().then(drained)
    clock.advance(10_000)
    expect(await ended(socket)).toBe('1006 Connection lost')
    expect(socket.link.closeRecord?.cause).toBeInstanceOf(OverflowException)
    clock.advance(5)
    await vi.waitFor(() => expect(drained).toHaveBeenCalled())
  })
})

test('its link says what it can do, and no more', async () => {
  const { url } = await serving(() => {})
  const { link } = await listening(url)
  expect(Object.keys(link).sort()).toEqual(['closeRecord', 'engine', 'extensions', 'flush'])
  expect([link.extensions, link.closeRecord]).toEqual([[], undefined])
})

test('after its own close it hears no messages: the platform drops them', async () => {
  const { url } = await serving((socket) => {
    socket.onMessage(() => socket.send('the answer'))
  })
  const client = connect(url)
  client.send('a question')
  client.close()
  await client.closed
  expect([...client.received()]).toEqual([])
})

test('WsStatus.NORMAL is what closing without a status says', async () => {
  const { url, seen } = await serving(() => {})
  await using client = connect(url)
  await client.opened
  client.close()
  expect((await client.closed).equals(WsStatus.NORMAL)).toBe(true)
  expect(await seen).toBe('1000')
})
