import { describe, expect, test } from 'vitest'
import { idleTimeout } from '../../src/filters/idle-timeout.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { FakeTransport, messageRig } from '../support/message-rig.ts'
import { filtered, filteredFrames, settled } from './fixtures.ts'

describe('idleTimeout', () => {
  test('closes with 1001 when nothing was said for the time, and leaves no timer', async () => {
    const { client, clock, closes } = filtered((clock) => idleTimeout(1_000, { clock }))
    clock.advance(999)
    expect(closes).toEqual([])
    clock.advance(1)
    expect(await client.closed).toMatchObject({ code: 1001, message: 'Idle' })
    expect(closes).toEqual(['1001 Idle'])
    expect(clock.pending).toBe(0)
  })

  test('counts what comes and what goes as something said', () => {
    const { client, clock, closes, socket } = filtered(
      (clock) => idleTimeout(1_000, { clock }),
      (view) => view.onMessage(() => {}),
    )
    clock.advance(900)
    client.send('x')
    clock.advance(900)
    socket.send('y')
    clock.advance(999)
    expect(closes).toEqual([])
    expect(clock.pending, 'one timer, however much is said').toBe(1)
    clock.advance(1)
    expect(closes).toEqual(['1001 Idle'])
  })

  test('counts what comes while nobody listens, when the time is up', () => {
    const { client, clock, closes } = filtered(
      (clock) => idleTimeout(1_000, { clock }),
      () => {},
    )
    for (let sent = 0; sent < 3; sent++) {
      clock.advance(900)
      client.send('still here')
    }
    clock.advance(1_299)
    expect(closes).toEqual([])
    clock.advance(1)
    expect(closes, 'a second after it was seen that the last one came').toEqual(['1001 Idle'])
    expect(clock.pending).toBe(0)
  })

  test('counts that over a socket of a runtime, too', () => {
    const { core, transport, socket, clock } = messageRig(new FakeTransport())
    idleTimeout(1_000, { clock })(() => {})(socket)
    clock.advance(900)
    core.received('still here')
    clock.advance(1_099)
    expect(transport.did).toEqual([])
    clock.advance(1)
    expect(transport.did).toEqual(['close 1001 Idle'])
  })

  test('takes nothing from a listener that comes late', async () => {
    const { client, clock, socket } = filtered(
      (clock) => idleTimeout(1_000, { clock }),
      () => {},
    )
    client.send('a')
    clock.advance(1_500)
    const heard: string[] = []
    socket.onMessage((message) => heard.push(message.text()))
    await settled()
    expect(heard).toEqual(['a'])
  })

  test('does not count Pings and Pongs', () => {
    const { clock, closes, socket } = filtered((clock) => idleTimeout(1_000, { clock }))
    clock.advance(900)
    socket.link.ping?.()
    clock.advance(100)
    expect(closes).toEqual(['1001 Idle'])
  })

  test('counts fragments of a socket of frames, but not its control frames', () => {
    const { peer, clock, socket } = filteredFrames((clock) => idleTimeout(1_000, { clock }))
    clock.advance(900)
    peer.send('01 81 00000000 61')
    clock.advance(900)
    peer.send('89 80 00000000')
    expect(socket.state).toBe('open')
    clock.advance(100)
    expect(socket.state).toBe('closing')
  })

  test('stops with the connection', async () => {
    const { client, clock } = filtered((clock) => idleTimeout(1_000, { clock }))
    expect(clock.pending).toBe(1)
    client.close()
    await client.closed
    expect(clock.pending).toBe(0)
  })

  test('closes with another status if told so', async () => {
    const { client, clock } = filtered((clock) =>
      idleTimeout(5, { clock, status: WsStatus.TRY_AGAIN_LATER }),
    )
    clock.advance(5)
    expect(await client.closed).toMatchObject({ code: 1013 })
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])('refuses %s ms', (ms) => {
    expect(() => idleTimeout(ms)).toThrow(RangeError)
  })

  test('refuses a status that cannot be sent', () => {
    expect(() => idleTimeout(1, { status: WsStatus.ABNORMAL_CLOSE })).toThrow('1006')
  })
})
