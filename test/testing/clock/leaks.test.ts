import { afterEach, describe, expect, test } from 'vitest'
import { webSocket } from '../../../src/routing/session-routes.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { LeakError, leakCheck, withLeakCheck } from '../../../src/testing/clock/leaks.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { testSessionClient } from '../../../src/testing/offline/test-session-client.ts'
import { testWebsocketFactory } from '../../../src/testing/offline/test-websocket-factory.ts'
import { testWsClient } from '../../../src/testing/offline/test-ws-client.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { settled } from '../../support/socket-rig.ts'

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

const left = ({ leaks }: ReturnType<typeof leakCheck>): string[] => leaks.map(({ what }) => what)

// What a test closes last is to be over before the next one looks.
afterEach(settled)

describe('leakCheck', () => {
  test('is content when every socket has closed', async () => {
    const check = leakCheck()
    testWsClient(echo).close()
    testWsClient(echo).terminate()
    testWsClient(() => (socket) => socket.close())
    testWsClient(async () => (socket: { terminate(): void }) => socket.terminate())
    const refused = testWsClient(() => new Response('no', { status: 401 }))
    await refused.closed
    expect(left(check)).toEqual([])
    check.verify()
  })

  test('names a socket that is open, and where it was opened', () => {
    const check = leakCheck()
    const client = testWsClient(echo, '/rooms/7?x')
    expect(left(check)).toEqual(['a socket to /rooms/7: client open, server open'])
    expect(() => check.verify()).toThrow(LeakError)
    expect(() => check.verify()).toThrow(
      /^left behind, 1 in all:\n- a socket to \/rooms\/7: client open, server open\n +at .*leaks\.test\.ts:\d+:\d+/,
    )
    client.close()
    check.verify()
  })

  test('shows at most three frames of whoever opened it, and none of the library', () => {
    const check = leakCheck()
    const client = testWsClient(echo)
    const [leak] = check.leaks
    const frames = leak!.origin.split('\n')
    expect(frames.length).toBeLessThanOrEqual(3)
    expect(frames[0]).toContain('leaks.test.ts')
    expect(leak!.origin).not.toContain('src/testing')
    client.terminate()
  })

  test('tells how far each end has come', async () => {
    const check = leakCheck()
    const never = testWsClient(() => new Promise(() => {}), '/never')
    expect(left(check)).toEqual(['a socket to /never: client opening, server opening'])
    never.close()
    await never.closed
    const paused = testWsClient(() => (socket) => socket.link.pause?.(), '/paused')
    paused.close()
    expect(left(check)).toContain('a socket to /paused: client closing, server open')
  })

  test('lets go of what was given up before it opened', async () => {
    const check = leakCheck()
    let answer = (): void => {}
    const later = testWsClient(
      () =>
        new Promise((resolve) => {
          answer = () => resolve(() => {})
        }),
      '/',
      { pingInterval: 1_000 },
    )
    later.close()
    await later.closed
    answer()
    await settled()
    expect(left(check)).toEqual([])
  })

  test('names pending timers, of virtual clocks and of sockets', () => {
    const check = leakCheck()
    const clock = new VirtualClock()
    const cancel = clock.after(30, () => {})
    clock.after(10, () => {})
    clock.advance(10)
    expect(left(check)).toEqual(['a timer of a virtual clock, due in 20 ms'])
    cancel()
    const client = testWsClient(echo, '/', { pingInterval: 60_000 })
    expect(left(check)).toContain('a timer of 60000 ms')
    client.close()
    check.verify()
  })

  test('watches factories and session clients, too', async () => {
    const check = leakCheck()
    const { connect, open } = testWebsocketFactory(echo)
    const client = connect('/one')
    const socket = open('/two', {}, () => {})
    const sessions = testSessionClient(websockets(webSocket('/three', () => new Promise(() => {}))))
    const session = await sessions.webSocketSession('ws://localhost/three')
    expect(left(check).map((what) => what.split(':')[0])).toEqual([
      'a socket to /one',
      'a socket to /two',
      'a socket to /three',
    ])
    client.terminate()
    socket.terminate()
    session.terminate()
    check.verify()
  })

  test('sees only what begins after it, and nothing once it was verified', () => {
    const before = testWsClient(echo)
    const check = leakCheck()
    check.verify()
    const after = testWsClient(echo)
    expect(left(check)).toEqual([])
    before.close()
    after.close()
  })

  test('is a resource', () => {
    expect(() => {
      using _check = leakCheck()
      testWsClient(echo)
    }).toThrow(LeakError)
  })
})

describe('withLeakCheck', () => {
  test('passes arguments on, and passes when nothing is left', async () => {
    const seen: unknown[] = []
    await withLeakCheck(async (a: number, b: string) => {
      testWsClient(echo).close()
      await Promise.resolve()
      seen.push(a, b)
    })(1, 'b')
    expect(seen).toEqual([1, 'b'])
  })

  test('fails when something is left', async () => {
    const run = withLeakCheck(() => {
      testWsClient(echo, '/left')
    })
    await expect(run()).rejects.toThrow('a socket to /left')
  })

  test('lets a failure of the test itself through', async () => {
    const run = withLeakCheck(() => {
      testWsClient(echo, '/left')
      throw new Error('the test failed')
    })
    await expect(run()).rejects.toThrow('the test failed')
  })
})
