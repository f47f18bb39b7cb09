import { describe, expect, test, vi } from 'vitest'
import { record } from '../../src/filters/record.ts'
import type { TrafficEntry } from '../../src/filters/traffic-entry.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { socketStub } from '../routing/fixtures.ts'
import { echo, filtered, filteredFrames, taken } from './fixtures.ts'

function recorder(): {
  readonly entries: TrafficEntry[]
  readonly sink: (entry: TrafficEntry) => void
} {
  const entries: TrafficEntry[] = []
  return { entries, sink: (entry) => entries.push(entry) }
}

describe('record', () => {
  test('records all of a connection, in order, as values that JSON keeps', async () => {
    const { entries, sink } = recorder()
    const { client, clock } = filtered((clock) => record(sink, { clock }), echo, {
      path: '/rooms/7?token=abc',
      headers: { authorization: 'Bearer abc', 'x-other': 'b' },
    })
    clock.advance(10)
    client.send('hi')
    clock.advance(10)
    client.send(Uint8Array.of(1, 2, 3))
    client.close(WsStatus.GOING_AWAY.description('bye'))
    await client.closed
    const [open, ...rest] = entries
    expect(open).toMatchObject({
      connection: 1,
      at: 0,
      kind: 'open',
      method: 'GET',
      url: 'http://localhost/rooms/7?token=***',
      headers: expect.arrayContaining([
        ['authorization', '***'],
        ['x-other', 'b'],
      ]),
      protocol: '',
    })
    const bytes = { connection: 1, at: 20, kind: 'message', mode: 'binary', base64: 'AQID' }
    const text = { connection: 1, at: 10, kind: 'message', mode: 'text', text: 'hi' }
    expect(rest).toEqual([
      { ...text, direction: 'in' },
      { ...text, direction: 'out' },
      { ...bytes, direction: 'in' },
      { ...bytes, direction: 'out' },
      { connection: 1, at: 20, kind: 'close', direction: 'in', code: 1001, reason: 'bye' },
    ])
    expect(JSON.parse(JSON.stringify(entries))).toEqual(entries)
  })

  test('does not say who closed where the runtime does not tell', () => {
    const { entries, sink } = recorder()
    let ended: (status: WsStatus) => unknown = () => {}
    const socket: Websocket = {
      ...socketStub(),
      onClose(fn) {
        ended = fn
        return () => {}
      },
    }
    record(sink)(() => {})(socket)
    ended(WsStatus.NORMAL)
    const connection = { connection: 1, at: expect.any(Number) }
    expect(entries.at(-1)).toEqual({ ...connection, kind: 'close', code: 1000, reason: '' })
  })

  test('says who closed', async () => {
    const { entries, sink } = recorder()
    const local = filtered(
      () => record(sink),
      (socket) => socket.close(),
    )
    await local.client.closed
    const lost = filtered(() => record(sink))
    lost.client.terminate()
    await lost.client.closed
    expect(entries.filter(({ kind }) => kind === 'close')).toMatchObject([
      { direction: 'out', code: 1000, reason: '' },
      { code: 1006, reason: 'Connection lost' },
    ])
    expect(entries.at(-1)).not.toHaveProperty('direction')
  })

  test('numbers connections', () => {
    const { entries, sink } = recorder()
    const filter = record(sink)
    const clients = [testWsClient(() => filter(echo)), testWsClient(() => filter(echo))]
    clients[1]!.send('x')
    expect(entries.map(({ connection, kind }) => [connection, kind])).toEqual([
      [1, 'open'],
      [2, 'open'],
      [2, 'message'],
      [2, 'message'],
    ])
  })

  test('records faults, which go where they would go without it', async () => {
    const { entries, sink } = recorder()
    const { client, hook } = filtered(
      () => record(sink),
      (socket) => socket.onMessage((message) => Promise.reject(new TypeError(message.text()))),
    )
    client.send('wrong')
    expect(await client.closed).toMatchObject({ code: 1011 })
    expect(hook.map(({ message }) => message)).toEqual(['wrong'])
    expect(entries.slice(2)).toMatchObject([
      { kind: 'error', name: 'TypeError', message: 'wrong' },
      { kind: 'close', direction: 'out', code: 1011 },
    ])
  })

  test('records messages that came before anybody listened, when they are heard', async () => {
    const { entries, sink } = recorder()
    let listen = (): void => {}
    const { client } = filtered(
      () => record(sink),
      async (socket) => {
        await new Promise<void>((resolve) => {
          listen = resolve
        })
        echo(socket)
      },
    )
    client.send('early')
    expect(entries).toHaveLength(1)
    listen()
    for await (const message of client.received()) {
      expect(message.text()).toBe('early')
      break
    }
    expect(entries.slice(1)).toMatchObject([{ text: 'early' }, { text: 'early' }])
  })

  test('records the fragments of a socket of frames, and not its control frames', () => {
    const { entries, sink } = recorder()
    const { peer } = filteredFrames(
      () => record(sink),
      ({ frames }) => {
        for (let i = 0; i < 2; i++) frames.onFrame(() => {})
      },
    )
    peer.send('01 81 00000000 c3  89 80 00000000  80 81 00000000 a9  81 81 00000000 61')
    expect(entries.slice(1)).toEqual([
      expect.objectContaining({ mode: 'text', base64: 'ww==', fin: false }),
      expect.objectContaining({ mode: 'text', base64: 'qQ==' }),
      expect.objectContaining({ mode: 'text', text: 'a' }),
    ])
    expect(entries[2]).not.toHaveProperty('fin')
  })

  test('harms no connection when its sink fails', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { client } = filtered(() =>
      record(() => {
        throw new Error('full')
      }),
    )
    client.send('x')
    expect(taken(client)).toEqual(['x'])
    client.close()
    expect(await client.closed).toMatchObject({ code: 1000 })
    expect(logged).toHaveBeenCalledTimes(4)
    const failure = expect.stringMatching(/^Error: full\n/)
    expect(logged).toHaveBeenCalledWith('antiphon: the sink of record failed', failure)
    logged.mockRestore()
  })

  test('takes its time from the system by default', async () => {
    const { entries, sink } = recorder()
    const { client } = filtered(() => record(sink))
    client.close()
    await client.closed
    expect(entries.at(-1)!.at).toBeGreaterThanOrEqual(0)
  })
})
