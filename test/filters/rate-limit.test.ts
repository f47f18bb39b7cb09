import { describe, expect, test, vi } from 'vitest'
import { KeyedMeters } from '../../src/filters/keyed-meters.ts'
import { type OnLimit, rateLimit } from '../../src/filters/rate-limit.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { hex } from '../support/hex.ts'
import { echo, filtered, filteredFrames, settled, taken } from './fixtures.ts'

const twoPerSecond = (onLimit?: OnLimit) => (clock: VirtualClock) =>
  rateLimit({ clock, messages: { perSecond: 2, burst: 2 }, ...(onLimit && { onLimit }) })

describe('rateLimit', () => {
  test('closes with 1008, and delivers nothing more, past the limit', async () => {
    const heard: string[] = []
    const { client, closes, clock } = filtered(twoPerSecond(), (socket) =>
      socket.onMessage((message) => heard.push(message.text())),
    )
    for (const text of ['1', '2']) client.send(text)
    clock.advance(499)
    client.send('3')
    expect(await client.closed).toMatchObject({ code: 1008, message: 'Rate limit exceeded' })
    expect(heard).toEqual(['1', '2'])
    expect(closes).toEqual(['1008 Rate limit exceeded'])
  })

  test('closes with another status if told so', async () => {
    const status = WsStatus.TRY_AGAIN_LATER.description('Slow down')
    const { client, clock } = filtered((clock) =>
      rateLimit({ clock, bytes: { perSecond: 2 }, status }),
    )
    client.send('far too long')
    client.send('too long')
    expect(await client.closed).toMatchObject({ code: 1013, message: 'Slow down' })
    expect(clock.pending).toBe(0)
  })

  test('refuses a status that cannot be sent', () => {
    const status = WsStatus.ABNORMAL_CLOSE
    expect(() => rateLimit({ messages: { perSecond: 1 }, status })).toThrow(RangeError)
  })

  test.each(['drop', 'delay'] as const)('refuses a status where it is to %s', (onLimit) => {
    const options = { messages: { perSecond: 1 }, onLimit, status: WsStatus.GOING_AWAY }
    expect(() => rateLimit(options)).toThrow(
      new TypeError(`a status goes with onLimit 'close', not '${onLimit}'`),
    )
  })

  test('lets through what comes at the rate', () => {
    const { client, clock } = filtered(twoPerSecond())
    for (let i = 0; i < 10; i++) {
      client.send(`${i}`)
      clock.advance(500)
    }
    expect(taken(client)).toHaveLength(10)
  })

  test('drops what is too early, and no more', () => {
    const { client, clock, socket } = filtered(twoPerSecond('drop'))
    for (const text of ['1', '2', '3', '4']) client.send(text)
    clock.advance(500)
    client.send('5')
    expect(taken(client)).toEqual(['1', '2', '5'])
    expect(socket.state).toBe('open')
  })

  test('delays what is too early, in order, and holds no timer in the end', () => {
    const { client, clock } = filtered(twoPerSecond('delay'))
    for (const text of ['1', '2', '3', '4', '5']) client.send(text)
    expect(taken(client)).toEqual(['1', '2'])
    clock.advance(499)
    expect(taken(client)).toEqual([])
    clock.advance(501)
    expect(taken(client)).toEqual(['3', '4'])
    clock.advance(500)
    expect(taken(client)).toEqual(['5'])
    expect(clock.pending).toBe(0)
  })

  test('delivers what is still delayed before the close', async () => {
    const heard: string[] = []
    const { client, clock } = filtered(twoPerSecond('delay'), (socket) => {
      socket.onMessage((message) => heard.push(message.text()))
      socket.onClose((status) => heard.push(`close ${status.code}`))
    })
    for (const text of ['1', '2', '3', '4']) client.send(text)
    client.close()
    await client.closed
    expect(heard).toEqual(['1', '2', '3', '4', 'close 1000'])
    expect(clock.pending).toBe(0)
  })

  test('pauses reading while too much is delayed, and loses nothing', async () => {
    const { client, clock } = filtered(twoPerSecond('delay'), echo, {
      webSockets: { inboundMark: { messages: 3 } },
    })
    const end = await client.opened
    for (let i = 0; i < 20; i++) client.send(`${i}`)
    expect(end.bufferedAmount, 'not read by the other side').toBeGreaterThan(0)
    for (let i = 0; i < 20; i++) {
      clock.advance(500)
      await settled()
    }
    expect(taken(client)).toHaveLength(20)
    expect(end.bufferedAmount).toBe(0)
  })

  test('loses nothing where each message has a listener of its own', async () => {
    const heard: string[] = []
    const { client, clock } = filtered(twoPerSecond('delay'), async (socket) => {
      const next = (): Promise<string> =>
        new Promise((resolve) => {
          const remove = socket.onMessage((message) => {
            remove()
            resolve(message.text())
          })
        })
      for (;;) heard.push(await next())
    })
    const texts = ['1', '2', '3', '4', '5', '6']
    for (const text of texts) client.send(text)
    await clock.advanceAsync(3_000)
    expect(heard).toEqual(texts)
    expect(clock.pending).toBe(0)
  })

  test('takes what a late listener throws to the socket', async () => {
    const { client, clock, hook } = filtered(twoPerSecond('delay'), (socket) =>
      socket.onMessage((message) => {
        if (message.text() === '3') throw new Error('third')
      }),
    )
    for (const text of ['1', '2', '3']) client.send(text)
    clock.advance(500)
    expect(await client.closed).toMatchObject({ code: 1011 })
    expect(hook.map(({ message }) => message)).toEqual(['third'])
  })

  test('counts a message once, however many listen', () => {
    for (const onLimit of ['close', 'drop', 'delay'] as const) {
      const { client } = filtered(twoPerSecond(onLimit), (socket) => {
        echo(socket)
        echo(socket)
        echo(socket)
      })
      for (const text of ['1', '2']) client.send(text)
      expect(taken(client)).toEqual(['1', '1', '1', '2', '2', '2'])
    }
  })

  test('counts bytes, and lets a message larger than the burst pay afterwards', () => {
    const { client, clock } = filtered((clock) =>
      rateLimit({ clock, bytes: { perSecond: 10, burst: 10 }, onLimit: 'drop' }),
    )
    client.send('0123456789')
    client.send('')
    client.send('x')
    expect(taken(client), 'nothing is left, and nothing is enough for no bytes').toEqual([
      '0123456789',
      '',
    ])
    clock.advance(1_000)
    client.send('0123456789'.repeat(3))
    clock.advance(2_000)
    client.send('x')
    clock.advance(100)
    client.send('y')
    expect(taken(client)).toEqual(['0123456789'.repeat(3), 'y'])
  })

  test('shares a limit among the connections of a key, and only those', () => {
    const clock = new VirtualClock()
    const filter: WsFilter = rateLimit({
      clock,
      messages: { perSecond: 1, burst: 2 },
      onLimit: 'drop',
      key: (request) => request.header('x-user') ?? '',
    })
    const connect = (user: string) =>
      testWsClient(() => filter(echo), '/', { headers: { 'x-user': user } })
    const first = connect('ann')
    const second = connect('ann')
    const other = connect('bob')
    first.send('1')
    second.send('2')
    second.send('3')
    other.send('1')
    expect([taken(first), taken(second), taken(other)]).toEqual([['1'], ['2'], ['1']])
    first.terminate()
    second.terminate()
    const again = connect('ann')
    again.send('4')
    expect(taken(again), 'a new connection is no way around').toEqual([])
    clock.advance(1_000)
    again.send('5')
    expect(taken(again)).toEqual(['5'])
  })

  test('gives a meter of a key back when a connection ends', async () => {
    const release = vi.spyOn(KeyedMeters.prototype, 'release')
    const filter = rateLimit({ messages: { perSecond: 1 }, key: () => 'ann' })
    const client = testWsClient(() => filter(echo))
    client.close()
    await client.closed
    expect(release.mock.calls).toEqual([['ann']])
    release.mockRestore()
  })

  test('keeps to itself a key that cannot be had', async () => {
    const hook: Error[] = []
    const filter = rateLimit({
      messages: { perSecond: 1 },
      key: () => {
        throw new Error('no key')
      },
    })
    const client = testWsClient(() => filter(echo), '/', {
      webSockets: { onError: (error) => hook.push(error) },
    })
    expect(await client.closed).toMatchObject({ code: 1011 })
    expect(hook).toHaveLength(1)
  })

  test('refuses options that limit nothing, or make no sense', () => {
    expect(() => rateLimit({})).toThrow(TypeError)
    expect(() => rateLimit({ messages: { perSecond: 0 } })).toThrow('messages.perSecond')
    const wrong: { onLimit: OnLimit } = JSON.parse('{ "onLimit": "explode" }')
    expect(() => rateLimit({ ...wrong, messages: { perSecond: 1 } })).toThrow('onLimit is explode')
  })
})

describe('rateLimit of a socket of frames', () => {
  const fragments = '01 81 00000000 61  00 81 00000000 62  80 81 00000000 63'
  const echoed = hex('01 01 61  00 01 62  80 01 63')

  test.each<OnLimit>(['close', 'drop', 'delay'])('counts a message once: %s', (onLimit) => {
    const { peer } = filteredFrames(twoPerSecond(onLimit))
    peer.send(`${fragments} ${fragments}`)
    expect(peer.received()).toBe(echoed + echoed)
  })

  test('drops all fragments of a message, or none', () => {
    const { peer, clock } = filteredFrames(twoPerSecond('drop'))
    peer.send(`${fragments} ${fragments} 01 81 00000000 61`)
    clock.advance(1_000)
    peer.send(`00 81 00000000 62  80 81 00000000 63  81 81 00000000 7a`)
    expect(peer.received()).toBe(echoed + echoed + hex('81 01 7a'))
  })

  test('counts the bytes of all fragments, but of none that it drops', () => {
    const { peer, clock } = filteredFrames((clock) =>
      rateLimit({ clock, bytes: { perSecond: 10, burst: 3 }, onLimit: 'drop' }),
    )
    peer.send(fragments)
    expect(peer.received()).toBe(echoed)
    peer.send(fragments)
    expect(peer.received()).toBe('')
    clock.advance(100)
    peer.send('81 81 00000000 7a')
    expect(peer.received()).toBe(hex('81 01 7a'))
  })

  test('lets control frames through between the fragments that it drops', () => {
    const seen: string[] = []
    const { peer } = filteredFrames(twoPerSecond('drop'), ({ frames }) =>
      frames.onFrame(({ type }) => seen.push(type)),
    )
    peer.send(`${'82 80 00000000 '.repeat(2)} 01 81 00000000 61  89 80 00000000`)
    expect(seen).toEqual(['binary', 'binary', 'ping'])
  })

  test('leaves control frames alone, and in their place', async () => {
    const seen: string[] = []
    const { peer, clock } = filteredFrames(twoPerSecond('delay'), ({ frames }) =>
      frames.onFrame(({ type }) => seen.push(type)),
    )
    peer.send(`${'89 80 00000000 '.repeat(5)} ${'82 80 00000000 '.repeat(3)} 8a 80 00000000`)
    await settled()
    expect(seen).toEqual(['ping', 'ping', 'ping', 'ping', 'ping', 'binary', 'binary'])
    clock.advance(500)
    expect(seen.slice(7)).toEqual(['binary', 'pong'])
  })

  test('closes, and lets only the Close of the peer through', () => {
    const seen: string[] = []
    const { peer, closes } = filteredFrames(twoPerSecond(), ({ frames }) =>
      frames.onFrame(({ type }) => seen.push(type)),
    )
    peer.send(`${'82 80 00000000 '.repeat(4)} 88 82 00000000 03f0`)
    expect(seen).toEqual(['binary', 'binary', 'close'])
    expect(closes).toEqual(['1008 Rate limit exceeded'])
  })
})
