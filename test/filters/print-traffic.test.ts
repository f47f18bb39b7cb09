import { describe, expect, test, vi } from 'vitest'
import { type PrintOptions, printTraffic } from '../../src/filters/print-traffic.ts'
import { applyFilter } from '../../src/routing/apply-filter.ts'
import type { OfflineOptions } from '../../src/testing/offline/offline-options.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { rig } from '../support/socket-rig.ts'
import { echo, echoFrames } from './fixtures.ts'

function printed(
  handler: WsHandler,
  { path = '/', ...options }: OfflineOptions & { readonly path?: string } = {},
  print?: PrintOptions,
): { readonly client: WsClient; readonly lines: string[] } {
  const lines: string[] = []
  const app = printTraffic((line) => lines.push(line), print)(handler)
  const client = testWsClient(app, path, {
    webSockets: { onError: () => {} },
    ...options,
  })
  return { client, lines }
}

describe('printTraffic', () => {
  test('prints request, messages both ways, and the close of the peer', async () => {
    const { client, lines } = printed(() => echo, { path: '/rooms/7?x=1' })
    client.send('hello')
    client.send(Uint8Array.of(1, 2, 255))
    client.close(WsStatus.GOING_AWAY.description('bye'))
    await client.closed
    expect(lines[0]).toMatch(/^#1 GET http:\/\/localhost\/rooms\/7\?x=1 .*host: localhost/)
    expect(lines.slice(1)).toEqual([
      '#1 101',
      '#1 received text 5: hello',
      '#1 sent text 5: hello',
      '#1 received binary 3: 01 02 ff',
      '#1 sent binary 3: 01 02 ff',
      '#1 closed by the peer: 1001 bye',
    ])
  })

  test.each<[string, (client: WsClient) => void, WsHandler, string]>([
    ['this side', () => {}, () => (socket) => socket.close(), 'closed by this side: 1000'],
    [
      'this side, with a status',
      () => {},
      () => (socket) => socket.close(WsStatus.POLICY_VALIDATION.description('No')),
      'closed by this side: 1008 No',
    ],
    ['nobody', (client) => client.terminate(), () => echo, 'closed: 1006 Connection lost'],
    [
      'the peer, without a word',
      (client) => client.close(),
      () => echo,
      'closed by the peer: 1000',
    ],
  ])('prints the true status when the one who closed is %s', async (_, act, handler, line) => {
    const { client, lines } = printed(handler)
    act(client)
    await client.closed
    expect(lines.at(-1)).toBe(`#1 ${line}`)
  })

  test('prints what listeners and consumers throw', async () => {
    const { client, lines } = printed(() => (socket) => {
      socket.onMessage(() => {
        throw new TypeError('wrong\nline')
      })
    })
    client.send('x')
    await client.closed
    expect(lines.slice(-2)).toEqual([
      '#1 failed: TypeError: wrong\\nline',
      '#1 closed by this side: 1011 Internal error',
    ])
  })

  test('prints refusals and failures, and nothing of what is left to another route', async () => {
    const lines: string[] = []
    const filter = printTraffic((line) => lines.push(line.replace(/ GET .*/, ' GET')))
    const answers: WsHandler[] = [
      () => new Response('no', { status: 403 }),
      () => undefined,
      () => Promise.reject(new Error('broken')),
    ]
    for (const handler of answers) {
      await testWsClient(filter(handler), '/', { webSockets: { onError: () => {} } }).closed
    }
    expect(lines).toEqual(['#1 GET', '#1 403', '#2 GET', '#2 500'])
  })

  test('tells connections apart', () => {
    const lines: string[] = []
    const app = printTraffic((line) => lines.push(line))(() => echo)
    const first = testWsClient(app)
    const second = testWsClient(app)
    second.send('b')
    first.send('a')
    expect(lines.filter((line) => line.includes('received'))).toEqual([
      '#2 received text 1: b',
      '#1 received text 1: a',
    ])
  })

  test('prints the subprotocol', () => {
    const { lines } = printed(() => accept(echo, { protocol: 'chat.v1' }), { protocols: 'chat.v1' })
    expect(lines[1]).toBe('#1 101 chat.v1')
  })

  test('shows no secret', async () => {
    const headers = {
      authorization: 'Bearer def',
      cookie: 'sid=ghi',
      'x-mine': 'jkl',
      'x-other': 'mno',
    }
    const { lines } = printed(
      () => echo,
      { path: '/?token=abc&room=7&pin=xyz', headers },
      { secretHeaders: ['X-Mine'], secretQuery: ['pin'] },
    )
    expect(lines[0]).toContain('/?token=***&room=7&pin=***')
    expect(lines[0]).toContain('authorization: ***; connection: Upgrade; cookie: ***')
    expect(lines[0]).toContain('x-other: mno')
    expect(lines.join()).not.toMatch(/abc|def|ghi|jkl|xyz/)
  })

  test('lets nobody forge a line', async () => {
    const { client, lines } = printed(() => echo)
    client.send('x\n#9 closed by the peer: 1000\u001b[2K')
    client.close(WsStatus.NORMAL.description('a\nb'))
    await client.closed
    expect(lines.join('')).not.toMatch(/\p{Cc}/u)
    expect(lines).toContain('#1 received text 33: x\\n#9 closed by the peer: 1000\\u{1b}[2K')
    expect(lines.at(-1)).toBe('#1 closed by the peer: 1000 a\\nb')
  })

  test('cuts long messages, or shows none', () => {
    const { client, lines } = printed(() => () => {}, {}, { maxBody: 3 })
    const silent = printed(() => echo, {}, { maxBody: 0 })
    client.send('abc')
    silent.client.send('abcd')
    expect(lines, 'nobody listens: it has not reached anybody').toHaveLength(2)
    expect(silent.lines.slice(2)).toEqual(['#1 received text 4', '#1 sent text 4'])
    const cut = printed(() => echo, {}, { maxBody: 3 })
    cut.client.send('abcd')
    cut.client.send(Uint8Array.of(1, 2, 3, 4))
    expect(cut.lines.slice(2)).toEqual([
      '#1 received text 4: abc...',
      '#1 sent text 4: abc...',
      '#1 received binary 4: 01 02 03 ...',
      '#1 sent binary 4: 01 02 03 ...',
    ])
  })

  test('prints nothing that is sent after the end', async () => {
    const { client, lines } = printed(() => (socket) => {
      socket.send('in time')
      socket.close()
      socket.send('too late')
    })
    await client.closed
    expect(lines.slice(2)).toEqual(['#1 sent text 7: in time', '#1 closed by this side: 1000'])
  })

  test('prints fragments of a socket of frames', async () => {
    const lines: string[] = []
    const decide = printTraffic((line) => lines.push(line))(() =>
      accept(echoFrames, { mode: 'frames' }),
    )
    let behind: Awaited<ReturnType<typeof decide>>
    await testWsClient(async (request) => {
      behind = await decide(request)
      return new Response('taken over', { status: 400 })
    }).closed
    if (behind === undefined || !('consumer' in behind)) throw new Error('not accepted')
    const { peer } = rig(
      { mode: 'frames' },
      applyFilter<FrameSocket>((next) => next, behind.consumer),
    )
    peer.send('01 81 00000000 c3  89 80 00000000  80 81 00000000 a9')
    expect(lines.slice(2)).toEqual([
      '#1 received text fragment 1: c3',
      '#1 sent text fragment 1: c3',
      '#1 received text 1: a9',
      '#1 sent text 1: a9',
    ])
  })

  test('harms no connection when its sink fails', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const sink of [
      () => {
        throw new Error('sink')
      },
      () => Promise.reject(new Error('sink')),
    ]) {
      const client = testWsClient(printTraffic(sink)(() => echo))
      client.send('x')
      expect([...client.received()].map((message) => message.text())).toEqual(['x'])
      client.close()
      expect((await client.closed).code).toBe(1000)
    }
    expect(logged).toHaveBeenCalledWith(
      'antiphon: the sink of printTraffic failed',
      expect.stringMatching(/^Error: sink\n/),
    )
    logged.mockRestore()
  })

  test('prints on the console when told nothing else', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    testWsClient(printTraffic()(() => echo))
    expect(log).toHaveBeenLastCalledWith('#1 101')
    log.mockRestore()
  })

  test('refuses a size that cannot be', () => {
    expect(() => printTraffic(() => {}, { maxBody: -1 })).toThrow('maxBody')
  })
})
