import { describe, expect, test } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { type ClientOptions, clientOf } from '../../../src/websocket/client/client.ts'
import type { WsClient } from '../../../src/websocket/client/ws-client.ts'
import {
  OverflowException,
  WebSocketClosedException,
  WebSocketConnectException,
} from '../../../src/websocket/errors.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { type OpeningRig, openingRig } from '../../support/opening-rig.ts'
import { rig, settled } from '../../support/socket-rig.ts'

/** A client whose socket opens, or fails to, when it is told to. */
function opening(options: ClientOptions = {}): OpeningRig & { readonly client: WsClient } {
  const opening = openingRig()
  const { opened, abandon } = opening
  return { ...opening, client: clientOf(opened, { ...options, abandon }) }
}

describe('a client of an open socket', () => {
  test('sends, receives and closes in the same call', () => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    expect(client.send('a')).toBe(true)
    client.send(Uint8Array.of(0x62))
    client.send(WsMessage.text('c'))
    expect(end.peer.shown()).toEqual(['1 a', '2 b', '1 c'])
    end.peer.send('81 01 78  81 01 79')
    expect([...client.received()].map((message) => message.text())).toEqual(['x', 'y'])
    client.close(new CloseReason(4000, 'bye'))
    expect(end.peer.shown()).toEqual(['8 \u000f\u00a0bye'])
  })

  test('is open at once', async () => {
    const end = rig({ role: 'client', protocol: 'v1' })
    const client = clientOf(end.socket)
    expect(client.protocol).toBe('v1')
    expect(await client.opened).toBe(end.socket)
  })

  test.each<[string, string | undefined, string | undefined]>([
    ['lost', undefined, 'ConnectionLostException'],
    ['failed by the peer', '83 00', 'WebSocketProtocolException'],
    ['closed by the peer', '88 02 03f3', undefined],
  ])('tells why it was %s where what came is read', async (_, came, cause) => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    if (came === undefined) end.peer.end()
    else end.peer.send(came)
    await client.closed
    try {
      for (const _ of client.received());
      expect.unreachable()
    } catch (thrown) {
      if (!(thrown instanceof WebSocketClosedException)) throw thrown
      expect(thrown.cause).toEqual(cause && expect.objectContaining({ name: cause }))
      expect('cause' in thrown).toBe(cause !== undefined)
    }
  })

  test('throws for what is sent when it is closing or closed, with the reason', async () => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    client.close(WsStatus.POLICY_VALIDATION)
    const reasonOf = (): unknown => {
      try {
        return client.send('late')
      } catch (error) {
        return error instanceof WebSocketClosedException ? error.reason.code : error
      }
    }
    expect(reasonOf()).toBe(1008)
    end.peer.send('88 02 03f0')
    expect(reasonOf()).toBe(1008)
    expect((await client.closed).code).toBe(1008)
  })

  test('tells the end by the peer', async () => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    end.peer.send('88 02 0fa0')
    expect((await client.closed).code).toBe(4000)
    expect(() => client.send('late')).toThrow(WebSocketClosedException)
  })

  test('stays open when it is closed with a status that cannot be sent', () => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    expect(() => client.close(WsStatus.ABNORMAL_CLOSE)).toThrow(RangeError)
    expect(client.send('still open')).toBe(true)
  })

  test('can be terminated', async () => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    client.terminate()
    expect((await client.closed).code).toBe(1006)
    expect(end.peer.ended).toBe(true)
  })

  test('closes, and waits for the end, when it is disposed', async () => {
    const end = rig({ role: 'client' })
    let disposed = false
    const disposing = (async () => {
      await using _ = clientOf(end.socket)
    })().then(() => {
      disposed = true
    })
    await settled()
    expect([end.peer.shown(), disposed]).toEqual([['8 \u0003\u00e8'], false])
    end.peer.send('88 02 03e8')
    await disposing
  })

  test('leaves what listeners of its socket throw to the hook', async () => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    const socket = await client.opened
    socket.onMessage(() => {
      throw new Error('thrown')
    })
    end.peer.send('81 01 78')
    expect(end.reports.map(({ message }) => message)).toEqual(['thrown'])
    expect(end.peer.shown()).toEqual(['8 \u0003\u00f3Internal error'])
  })

  test('in the mode of frames receives nothing, and its socket has them', async () => {
    const end = rig({ role: 'client', mode: 'frames' })
    const client = clientOf(end.socket, { mode: 'frames' })
    expect(await client.opened).toBe(end.socket)
    end.peer.send('81 01 78')
    expect([...client.received()]).toEqual([])
    client.send('a')
    expect(end.peer.shown()).toEqual(['1 a'])
  })

  test('that nobody takes messages from stops reading, and goes on when it is closed', async () => {
    const end = rig({ role: 'client' })
    const client = clientOf(end.socket)
    for (let i = 0; i < 300; i++) end.peer.send('81 01 78')
    expect(end.peer.waiting).toBeGreaterThan(0)
    client.close()
    expect(end.peer.waiting).toBe(0)
    end.peer.send('88 02 03e8')
    expect((await client.closed).code).toBe(1000)
  })
})

describe('a client that is opening', () => {
  test('holds what is sent, and copies bytes at once', async () => {
    const { client, end, open } = opening()
    const bytes = Uint8Array.of(0x61)
    expect([client.send('1'), client.send(bytes), client.protocol]).toEqual([true, true, ''])
    bytes[0] = 0x7a
    await open()
    expect(client.protocol).toBe('v1')
    client.send('2')
    expect(end.peer.shown()).toEqual(['1 1', '2 a', '1 2'])
  })

  test('holds no text that cannot be sent', async () => {
    const { client, end, open } = opening()
    expect(() => client.send(WsMessage.text('').body(Uint8Array.of(0xff), 'text'))).toThrow(
      TypeError,
    )
    client.send('a')
    await open()
    expect(await client.opened).toBe(end.socket)
    expect(end.peer.shown()).toEqual(['1 a'])
  })

  test('says when it holds more than the high-water mark', async () => {
    const { client, end, open } = opening()
    expect(client.send('x'.repeat(65_536))).toBe(true)
    expect(client.send('y')).toBe(false)
    await open()
    expect(end.peer.shown().map((payload) => payload.length)).toEqual([65_538, 3])
    const low = clientOf(new Promise<Websocket>(() => {}), { highWaterMark: 1 })
    expect([low.send('x'), low.send(Uint8Array.of(1))]).toEqual([true, false])
  })

  test.each(['fail', 'open'] as const)(
    'fails past maxBufferedAmount, also when it %ss then',
    async (then) => {
      const one = opening({ maxBufferedAmount: 4 })
      const { client, abandon, end } = one
      client.send('four')
      expect(abandon).not.toHaveBeenCalled()
      expect(client.send('x')).toBe(false)
      expect(abandon.mock.calls).toEqual([[WsStatus.TRY_AGAIN_LATER]])
      expect(() => client.send('y')).toThrow(WebSocketClosedException)
      if (then === 'fail') await one.fail(new Error('given up'))
      else await one.open()
      const error = new OverflowException(
        'the connection opens too slowly: 4 bytes wait, the limit is 4',
      )
      await expect(client.opened).rejects.toEqual(error)
      expect(() => [...client.received()]).toThrow(error)
      expect([(await client.closed).code, end.peer.shown()]).toEqual([-1, []])
      if (then === 'open') expect(end.socket.state).toBe('closed')
    },
  )

  test('goes on past maxBufferedAmount where the policy says so', async () => {
    for (const [slowConsumer, expected] of [
      ['drop', ['1 four']],
      ['wait', ['1 four', '1 x']],
    ] as const) {
      const { client, end, open } = opening({ maxBufferedAmount: 4, slowConsumer })
      client.send('four')
      client.send('x')
      await open()
      expect(end.peer.shown()).toEqual(expected)
    }
  })

  test('may hold 16 MiB', () => {
    const { client } = opening()
    client.send(new Uint8Array(2 ** 24 - 1))
    client.send('x')
    expect(client.send('y')).toBe(false)
    expect(() => client.send('z')).toThrow(WebSocketClosedException)
  })

  test('rejects opened with the failure, tells received the same, and was never connected', async () => {
    const { client, fail } = opening()
    client.send('lost')
    const error = new WebSocketConnectException('tcp', 'refused')
    await fail(error)
    await expect(client.opened).rejects.toBe(error)
    expect((await client.closed).code).toBe(-1)
    expect(() => [...client.received()]).toThrow(error)
    expect(() => client.send('late')).toThrow(WebSocketClosedException)
    client.close()
    client.terminate()
  })

  test('makes an error of whatever opening fails with', async () => {
    const { client, fail } = opening()
    await fail('a string')
    expect(() => [...client.received()]).toThrow('a string')
  })

  test('is abandoned when it is closed, once', async () => {
    const { client, abandon, fail } = opening()
    client.close(WsStatus.GOING_AWAY)
    client.close()
    expect(abandon.mock.calls.map(([status]) => status.code)).toEqual([1001])
    expect(() => client.send('late')).toThrow(WebSocketClosedException)
    await fail(new WebSocketConnectException('aborted', 'aborted'))
    expect((await client.closed).code).toBe(-1)
  })

  test('drops a socket that comes after it was closed', async () => {
    const { client, end, open } = opening()
    client.close()
    await open()
    await expect(client.opened).rejects.toMatchObject({ stage: 'aborted' })
    expect((await client.closed).code).toBe(-1)
    expect([end.socket.state, end.peer.ended]).toEqual(['closed', true])
  })

  test('sends what it holds before it closes', async () => {
    const { client, abandon, end, open } = opening()
    client.send('hello')
    client.close(WsStatus.GOING_AWAY)
    expect(abandon).not.toHaveBeenCalled()
    await open()
    expect(end.peer.shown()).toEqual(['1 hello', '8 \u0003\u00e9Going away'])
    end.peer.send('88 02 03e9')
    expect((await client.closed).code).toBe(1001)
  })

  test('holds nothing back when it is terminated', async () => {
    const { client, abandon, end, open } = opening()
    client.send('hello')
    client.close()
    client.terminate()
    expect(abandon).toHaveBeenCalledOnce()
    await open()
    expect(end.peer.shown()).toEqual([])
    expect(end.socket.state).toBe('closed')
    expect((await client.closed).code).toBe(-1)
  })

  test('cannot be closed with a status that cannot be sent', () => {
    const { client, abandon } = opening()
    expect(() => client.close(WsStatus.NEVER_CONNECTED)).toThrow(RangeError)
    expect(abandon).not.toHaveBeenCalled()
    expect(client.send('still opening')).toBe(true)
  })

  test('needs no abandon function', async () => {
    const end = rig({ role: 'client' })
    const client = clientOf(Promise.resolve(end.socket))
    client.close()
    expect((await client.closed).code).toBe(-1)
  })
})
