import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { chaos } from '../../src/filters/chaos.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { compose } from '../../src/routing/compose.ts'
import { DefaultWebSocketSessionImpl } from '../../src/session/default-session.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { showError } from '../../src/websocket/support/show-error.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { hex } from '../support/hex.ts'
import { filtered, filteredFrames, settled, taken } from './fixtures.ts'

describe('chaos', () => {
  test('makes everything late, both ways', () => {
    const { client, clock } = filtered((clock) => chaos({ clock, latency: 100 }))
    client.send('a')
    clock.advance(50)
    client.send('b')
    clock.advance(149)
    expect(taken(client)).toEqual([])
    clock.advance(1)
    expect(taken(client)).toEqual(['a'])
    clock.advance(50)
    expect(taken(client)).toEqual(['b'])
    expect(clock.pending).toBe(0)
  })

  test('is as if it were not there when nothing is asked of it', () => {
    const { client, clock, socket } = filtered((clock) => chaos({ clock }))
    client.send('a')
    expect(taken(client)).toEqual(['a'])
    expect(clock.pending).toBe(0)
    client.terminate()
    expect(socket.send('late')).toBe(false)
  })

  test('keeps the order, whatever the jitter', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true })), (numbers) => {
        let next = 0
        const random = (): number => numbers[next++ % numbers.length] ?? 0
        const { client, clock } = filtered((clock) =>
          chaos({ clock, latency: 10, jitter: 100, random }),
        )
        const sent = numbers.map((_, index) => `${index}`)
        for (const text of sent) {
          client.send(text)
          clock.advance(7)
        }
        clock.advance(1_000)
        expect(taken(client)).toEqual(sent)
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  test('closes behind what was sent before, and sends nothing after', async () => {
    const { client, clock, socket, closes } = filtered((clock) => chaos({ clock, latency: 10 }))
    socket.send('last')
    socket.close(WsStatus.GOING_AWAY)
    expect(socket.state).toBe('closing')
    expect(socket.send('too late')).toBe(false)
    socket.close(WsStatus.NORMAL)
    clock.advance(10)
    expect(taken(client)).toEqual(['last'])
    expect(await client.closed).toMatchObject({ code: 1001 })
    expect(closes).toEqual(['1001 Going away'])
    expect(clock.pending).toBe(0)
  })

  test('refuses at once a status that cannot be sent', () => {
    const { socket } = filtered((clock) => chaos({ clock, latency: 10 }))
    expect(() => socket.close(WsStatus.NOCODE)).toThrow(RangeError)
    expect(socket.state).toBe('open')
  })

  test('delivers what was on its way when the peer closes, and loses what was to be sent', async () => {
    const heard: string[] = []
    const { client, clock, socket } = filtered(
      (clock) => chaos({ clock, latency: 10 }),
      (view) => {
        view.onMessage((message) => heard.push(message.text()))
        view.onClose((status) => heard.push(`close ${status.code}`))
      },
    )
    client.send('a')
    client.send('b')
    socket.send('lost')
    client.close()
    await client.closed
    expect(heard).toEqual(['a', 'b', 'close 1000'])
    expect(socket.send('too late')).toBe(false)
    expect(taken(client)).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('takes the connection down with a message, of either side', async () => {
    const heard: string[] = []
    const incoming = filtered(
      () => chaos({ dropRate: 0.5, random: () => 0.4 }),
      (socket) => socket.onMessage((message) => heard.push(message.text())),
    )
    incoming.client.send('a')
    expect(heard).toEqual([])
    expect(await incoming.client.closed).toMatchObject({ code: 1006 })
    expect(incoming.closes[0]).toMatch(/^1006/)

    const outgoing = filtered(
      () => chaos({ dropRate: 0.5, random: () => 0.4 }),
      () => {},
    )
    expect(outgoing.socket.send('a')).toBe(false)
    expect(await outgoing.client.closed).toMatchObject({ code: 1006 })

    const lucky = filtered(() => chaos({ dropRate: 0.5, random: () => 0.5 }))
    lucky.client.send('a')
    expect(taken(lucky.client)).toEqual(['a'])
  })

  test('takes what a late listener throws to the socket', async () => {
    const { client, clock, hook } = filtered(
      (clock) => chaos({ clock, latency: 10 }),
      (socket) =>
        socket.onMessage(() => {
          throw new Error('late')
        }),
    )
    client.send('a')
    clock.advance(10)
    expect(await client.closed).toMatchObject({ code: 1011 })
    expect(hook.map(({ message }) => message)).toEqual(['late'])
  })

  test('keeps frames in order: fragments, control frames and the Close', () => {
    const { peer, clock } = filteredFrames(
      (clock) => chaos({ clock, latency: 10 }),
      ({ frames }) => frames.onFrame((frame) => frames.send(frame)),
    )
    peer.send('01 81 00000000 61  89 81 00000000 70  80 81 00000000 62')
    expect(peer.received()).toBe('')
    clock.advance(20)
    expect(peer.received()).toBe(hex('01 01 61  89 01 70  80 01 62'))
    peer.send('88 82 00000000 03e8')
    clock.advance(20)
    expect(peer.received()).toBe(hex('88 02 03e8'))
  })

  test('keeps in order what a session sends in fragments', async () => {
    const { client, clock, socket } = filtered(
      (clock) => chaos({ clock, latency: 10 }),
      () => {},
    )
    const session = new DefaultWebSocketSessionImpl(socket, { clock })
    session.pingInterval = 50
    expect(session.pingInterval, 'the link is the one of the connection').toBe(50)
    void session.send('first')
    void session.send(new Frame.Text('sec', false))
    void session.send(new Frame.Text('ond'))
    void session.send('third')
    clock.advance(10)
    await settled()
    expect(taken(client)).toEqual(['first', 'second', 'third'])
    await session.flush()
    client.terminate()
    expect((await session.closed).reason.code).toBe(1006)
  })

  test('writes down what cannot be sent when it is its turn', () => {
    const broken = new Error('broken')
    const logged: unknown[] = []
    const error = console.error
    console.error = (...args) => logged.push(...args)
    const { clock, socket } = filteredFrames(
      (clock) => (next) => (view) => {
        const frames: FrameSocket['frames'] = {
          masking: false,
          onFrame: () => () => {},
          send: () => {
            throw broken
          },
        }
        const failing = Object.defineProperty(view, 'frames', { value: frames })
        return chaos({ clock, latency: 1 })(next)(failing)
      },
      () => {},
    )
    expect(socket.frames.send(new Frame.Ping())).toBe(true)
    clock.advance(1)
    return settled().then(() => {
      console.error = error
      expect(logged).toEqual(['antiphon: sending late failed', showError(broken)])
    })
  })

  test('writes down a close that fails when it is its turn, as that of a page does with a code of the RFC', async () => {
    const broken = new RangeError('a page cannot send 1001')
    const refusing: WsFilter = (next) => (socket) =>
      next(
        decorate(socket, {
          close() {
            throw broken
          },
        }),
      )
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { client, clock, socket } = filtered((clock) =>
      compose(refusing, chaos({ clock, latency: 1 })),
    )
    socket.close(WsStatus.GOING_AWAY)
    clock.advance(1)
    await settled()
    expect(logged.mock.calls).toEqual([['antiphon: closing late failed', showError(broken)]])
    logged.mockRestore()
    client.terminate()
  })

  test('refuses what cannot be', () => {
    expect(() => chaos({ latency: -1 })).toThrow('latency')
    expect(() => chaos({ jitter: Number.NaN })).toThrow('jitter')
    expect(() => chaos({ dropRate: 1.1 })).toThrow('dropRate is 1.1')
    expect(() => chaos({ dropRate: -0.1 })).toThrow('dropRate is -0.1')
    expect(() => chaos({ dropRate: 1 })).not.toThrow()
  })
})
