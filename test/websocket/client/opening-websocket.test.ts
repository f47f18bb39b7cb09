import { describe, expect, test, vi } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import {
  type OpeningSocket,
  openingWebsocket,
} from '../../../src/websocket/client/opening-websocket.ts'
import { NotSupportedException, OverflowException } from '../../../src/websocket/errors.ts'
import { requestOf } from '../../../src/websocket/request/upgrade-request.ts'
import type { SenderOptions } from '../../../src/websocket/socket/sender.ts'
import { SocketEvents } from '../../../src/websocket/socket/socket-events.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { type OpeningRig, openingRig } from '../../support/opening-rig.ts'
import { settled } from '../../support/socket-rig.ts'

const request = requestOf(new Request('http://localhost/opening'))

function opening(
  mode: 'messages' | 'frames' = 'messages',
  bound: Partial<SenderOptions> = {},
): OpeningRig & { readonly socket: OpeningSocket; readonly reports: string[] } {
  const reports: string[] = []
  const opening = openingRig({ mode })
  const { opened, abandon } = opening
  const socket = openingWebsocket(opened, {
    request,
    abandon,
    highWaterMark: 8,
    maxBufferedAmount: 16,
    slowConsumer: 'close',
    onError: (error) => reports.push(error.message),
    ...bound,
  })
  return { ...opening, socket, reports }
}

describe('a socket that is opening', () => {
  test('has what is known of it, and then all that the open one has', async () => {
    const { socket, end, open } = opening()
    const { state, protocol, bufferedAmount, link, upgradeRequest } = socket
    expect([state, protocol, bufferedAmount]).toEqual(['connecting', '', 0])
    expect(link).toEqual({ extensions: [] })
    expect(upgradeRequest).toBe(request)
    await open()
    expect([socket.state, socket.protocol, socket.bufferedAmount]).toEqual(['open', 'v1', 0])
    expect(socket.link).toBe(end.socket.link)
    expect(socket.upgradeRequest).toBe(end.socket.upgradeRequest)
  })

  test('is open while the consumer runs, and closing once it is closed there', () => {
    const { socket, end } = opening()
    socket.handOver(end.socket, (opened) => {
      expect([socket.state, socket.protocol]).toEqual(['open', 'v1'])
      expect(socket.link).toBe(opened.link)
      expect(socket.upgradeRequest).toBe(opened.upgradeRequest)
      socket.close()
      expect([socket.state, end.peer.shown()]).toEqual(['closing', []])
    })
    expect([socket.state, end.peer.shown()]).toEqual(['closing', ['8 \u0003\u00e8']])
  })

  test('is not given up when it is closed or terminated while the consumer runs: it is open', () => {
    for (const method of ['close', 'terminate'] as const) {
      const { socket, end, abandon } = opening()
      socket.handOver(end.socket, () => socket[method]())
      expect([abandon.mock.calls, end.socket.state]).toEqual([[], expect.stringMatching(/^clos/)])
    }
  })

  test('does once what waited for the consumer, and hears nothing twice', async () => {
    const { socket, end, open } = opening()
    const heard: string[] = []
    socket.onMessage((message) => heard.push(message.text()))
    socket.send('held')
    socket.handOver(end.socket, () => {})
    await open()
    end.peer.send('81 01 78')
    expect([heard, end.peer.shown()]).toEqual([['x'], ['1 held']])
  })

  test('has a link without pings, which nobody can change for other sockets', () => {
    const [{ socket }, { socket: other }] = [opening(), opening()]
    const { link } = socket
    expect(() => {
      link.pings = { pingInterval: 1_000, pongTimeout: 1_000 }
    }).toThrow(new NotSupportedException('the socket is not open yet'))
    expect(() => Object.assign(link, { pause: () => {} })).toThrow(TypeError)
    expect(() => Object.assign(link.extensions, { length: 1 })).toThrow(TypeError)
    expect([other.link.pings, other.link.pause, other.link.extensions]).toEqual([
      undefined,
      undefined,
      [],
    ])
  })

  test('passes on to the open socket all that comes after', async () => {
    const { socket, end, open } = opening()
    expect(socket.send('first')).toBe(true)
    await open()
    const heard: string[] = []
    socket.onMessage((message) => heard.push(message.text()))
    end.peer.send('81 01 78')
    socket.close(new CloseReason(4000))
    expect([heard, end.peer.shown()]).toEqual([['x'], ['1 first', '8 \u000f\u00a0']])
  })

  test('holds what is sent and counts its bytes', async () => {
    const { socket, end, open } = opening()
    const bytes = Uint8Array.of(0x61)
    socket.send('€')
    socket.send(bytes)
    socket.send(WsMessage.text('b'))
    expect(socket.bufferedAmount).toBe(5)
    bytes[0] = 0x7a
    let drained = false
    void socket.drained().then(() => {
      drained = true
    })
    await settled()
    expect(drained).toBe(false)
    await open()
    expect(drained).toBe(true)
    expect(socket.bufferedAmount).toBe(0)
    await socket.drained()
    socket.send('c')
    expect(end.peer.shown()).toEqual(['1 \u00e2\u0082\u00ac', '2 a', '1 b', '1 c'])
  })

  test('holds no text that cannot be sent', async () => {
    const { socket, end, open, reports } = opening()
    expect(() => socket.send(WsMessage.text('').body(Uint8Array.of(0xff), 'text'))).toThrow(
      TypeError,
    )
    socket.send('a')
    await open()
    expect([end.peer.shown(), reports]).toEqual([['1 a'], []])
  })

  test('takes functions only as listeners', () => {
    const { socket } = opening()
    for (const method of ['onMessage', 'onError', 'onClose'] as const) {
      const listen = (): unknown => Reflect.apply(socket[method], socket, [undefined])
      expect(listen).toThrow('a listener has to be a function')
    }
  })

  test('says when it holds more than the high-water mark, and drains once it is open', async () => {
    const { socket, end, open } = opening()
    expect(socket.send('eight by')).toBe(true)
    expect(socket.send('t')).toBe(false)
    const drained = socket.drained().then(() => end.peer.shown())
    await open()
    expect(await drained).toEqual(['1 eight by', '1 t'])
    expect(socket.send('e')).toBe(true)
  })

  test('listens for its end once, however many wait until it drains', async () => {
    const onClose = vi.spyOn(SocketEvents.prototype, 'onClose')
    const { socket, open } = opening()
    const all = Promise.all(Array.from({ length: 10 }, () => socket.drained()))
    expect(onClose).toHaveBeenCalledOnce()
    onClose.mockRestore()
    await open()
    await all
  })

  const SIXTEEN = 'sixteen bytes ..'
  const TOO_MUCH = 'the connection opens too slowly: 16 bytes wait, the limit is 16'

  test.each(['fail', 'open'] as const)(
    'fails past maxBufferedAmount, also when it %ss then',
    async (then) => {
      const one = opening()
      const { socket, abandon, reports, end } = one
      const heard: unknown[] = []
      socket.onError((error) => heard.push(error))
      socket.onClose(({ code }) => heard.push(code))
      const drained = socket.drained()
      socket.send(SIXTEEN)
      expect(socket.send('')).toBe(false)
      expect([heard, abandon.mock.calls]).toEqual([[], []])
      expect(socket.send('x')).toBe(false)
      expect(heard).toEqual([new OverflowException(TOO_MUCH), -1])
      expect(abandon.mock.calls).toEqual([[WsStatus.TRY_AGAIN_LATER]])
      expect([socket.state, socket.bufferedAmount, socket.send('y')]).toEqual(['closed', 0, false])
      await drained
      if (then === 'fail') {
        await one.fail(new Error('given up'))
      } else {
        socket.handOver(end.socket, () => {})
        await one.open()
      }
      expect([heard.length, reports, end.peer.shown()]).toEqual([2, [], []])
      if (then === 'open') expect(end.socket.state).toBe('closed')
    },
  )

  test('may hold one message of any size', () => {
    const { socket } = opening()
    socket.send(`${SIXTEEN}!`)
    expect([socket.state, socket.bufferedAmount]).toEqual(['connecting', 17])
  })

  test.each([
    ['drop', ['1 sixteen bytes ..']],
    ['wait', ['1 sixteen bytes ..', '1 x']],
  ] as const)('goes on past maxBufferedAmount by the policy %j', async (slowConsumer, expected) => {
    const { socket, end, open } = opening('messages', { slowConsumer })
    socket.send(SIXTEEN)
    expect(socket.send('x')).toBe(false)
    await open()
    expect(end.peer.shown()).toEqual(expected)
  })

  test('hands its listeners over, those removed excepted', async () => {
    const { socket, end, open } = opening()
    const heard: string[] = []
    socket.onMessage((message) => heard.push(`removed ${message.text()}`))()
    const removeLater = socket.onMessage((message) => heard.push(`later ${message.text()}`))
    socket.onMessage((message) => {
      heard.push(message.text())
      if (message.text() === 'throw') throw new Error('thrown')
    })
    const removeError = socket.onError(() => heard.push('removed later'))
    socket.onError((error) => heard.push(error.message))
    socket.onClose(({ code }) => heard.push(String(code)))
    const removeClose = socket.onClose(() => heard.push('removed later'))
    await open()
    socket.onMessage((message) => heard.push(`added ${message.text()}`))()
    end.peer.send('81 01 78')
    removeLater()
    removeError()
    removeClose()
    end.peer.send('81 05 7468726f77')
    end.peer.send('88 02 03e8')
    expect(heard).toEqual(['later x', 'x', 'throw', 'thrown', '1000'])
  })

  test('gives up opening when it is closed or terminated, and that is no failure', async () => {
    for (const end of ['close', 'terminate'] as const) {
      const { socket, abandon, reports, fail } = opening()
      const ends: number[] = []
      socket.onError(() => ends.push(0))
      socket.onClose(({ code }) => ends.push(code))
      socket[end]()
      socket[end]()
      expect(socket.state).toBe('closing')
      expect(socket.send('late')).toBe(false)
      expect(abandon).toHaveBeenCalled()
      await fail(new Error('aborted'))
      expect([socket.state, ends, reports]).toEqual(['closed', [-1], []])
      socket[end]()
    }
  })

  test('closes the socket that comes all the same, once it has sent what it holds', async () => {
    const { socket, abandon, end, open } = opening()
    socket.send('hello')
    socket.close(new CloseReason(4000))
    socket.close(new CloseReason(4001))
    expect(abandon).not.toHaveBeenCalled()
    await open()
    expect(end.peer.shown()).toEqual(['1 hello', '8 \u000f\u00a0'])
    socket.close()
    socket.terminate()
    expect(socket.state).toBe('closed')
  })

  test('terminates the socket that comes all the same', async () => {
    const { socket, end, open } = opening()
    const ends: number[] = []
    socket.onClose(({ code }) => ends.push(code))
    socket.terminate()
    await open()
    expect([end.socket.state, ends]).toEqual(['closed', [1006]])
  })

  test('cannot be closed with a status that cannot be sent', () => {
    const { socket, abandon } = opening()
    expect(() => socket.close(WsStatus.NOCODE)).toThrow(RangeError)
    expect([socket.state, abandon.mock.calls]).toEqual(['connecting', []])
  })

  test('tells a failure to the listeners, and what those throw to the hook', async () => {
    const { socket, reports, fail } = opening()
    const heard: string[] = []
    socket.onError((error) => {
      heard.push(error.message)
      throw new Error('thrown by onError')
    })
    socket.onClose(async ({ code }) => {
      heard.push(String(code))
      throw new Error('thrown by onClose')
    })
    let drained = false
    void socket.drained().then(() => {
      drained = true
    })
    socket.send('lost')
    await fail('refused')
    expect(heard).toEqual(['refused', '-1'])
    expect(reports).toEqual(['thrown by onError', 'thrown by onClose'])
    expect([drained, socket.bufferedAmount, socket.send('late')]).toEqual([true, 0, false])
    await socket.drained()
  })

  test('tells a failure to the hook when nobody else listens, also when it was closed meanwhile', async () => {
    const { socket, reports, fail } = opening()
    socket.send('owed')
    socket.close()
    await fail(new Error('refused'))
    expect(reports).toEqual(['refused'])
  })

  test('tells a failure to nobody who has stopped listening', async () => {
    const { socket, reports, fail } = opening()
    const heard: unknown[] = []
    socket.onError((error) => heard.push(error))()
    socket.onClose((status) => heard.push(status))()
    await fail(new Error('refused'))
    expect([heard, reports]).toEqual([[], ['refused']])
  })

  test('stays closed once it has failed', async () => {
    const { socket, abandon, fail } = opening()
    await fail(new Error('refused'))
    socket.close()
    socket.terminate()
    expect(socket.state).toBe('closed')
    expect(abandon).not.toHaveBeenCalled()
  })

  test('tells the end to who listens after it failed', async () => {
    const { socket, fail } = opening()
    await fail(new Error('refused'))
    const ends: number[] = []
    socket.onClose(({ code }) => ends.push(code))
    expect(ends).toEqual([])
    await settled()
    expect(ends).toEqual([-1])
  })

  test('tells the hook what cannot be done with the open socket', async () => {
    const { socket, reports, end, open } = opening('frames')
    socket.onMessage(() => {})
    socket.send('sent all the same')
    await open()
    expect(reports).toEqual([expect.stringContaining("in the mode 'frames'")])
    expect(end.peer.shown()).toEqual(['1 sent all the same'])
  })
})
