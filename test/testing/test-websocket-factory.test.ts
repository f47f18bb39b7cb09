import { describe, expect, expectTypeOf, test } from 'vitest'
import type { connect, open } from '../../src/node/index.ts'
import { type TestWebsocketFactory, testWebsocketFactory } from '../../src/testing/index.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'

/** What code that connects is given. */
interface Network {
  readonly connect: typeof connect
  readonly open: typeof open
}

const echo: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

function log(socket: Websocket): Promise<string[]> {
  const heard: string[] = []
  socket.onMessage((message) => heard.push(message.text()))
  socket.onError((error) => heard.push(`${error.name}: ${error.message}`))
  return new Promise((resolve) => {
    socket.onClose(({ code }) => resolve([...heard, `${code}`]))
  })
}

describe('a test factory', () => {
  test('stands in for the two functions of the Node entry', () => {
    expectTypeOf<TestWebsocketFactory>().toExtend<Network>()
  })

  test('opens every URL in the one application', () => {
    const { connect } = testWebsocketFactory((request) => (socket) => socket.send(request.url))
    const client = connect('wss://rooms.example/tea?x=1')
    expect([...client.received()].map((message) => message.text())).toEqual([
      'https://rooms.example/tea?x=1',
    ])
  })

  test('has options for all, which those of a call replace', () => {
    const { connect } = testWebsocketFactory(
      ({ headers }) =>
        (socket) =>
          socket.send(`${headers.get('x-a')} ${socket.protocol}`),
      { headers: { 'x-a': '1' } },
    )
    const text = (options?: { headers: Record<string, string> }): string =>
      [...connect('/', options).received()][0]!.text()
    expect([text(), text({ headers: { 'x-a': '2' } })]).toEqual(['1 ', '2 '])
  })
})

test('options that only a wire has are no mistake where connect and open are stood in for', async () => {
  const network: Network = testWebsocketFactory(echo)
  await using client = network.connect('/', { timeout: 5 })
  expect((await client.opened).state).toBe('open')
})

describe('what open returns', () => {
  const { open } = testWebsocketFactory(echo)

  test('is connecting at first, with its request, and sends what was sent meanwhile', async () => {
    const socket = open('/a', {}, () => {})
    expect([socket.state, socket.upgradeRequest.path]).toEqual(['connecting', '/a'])
    const heard = log(socket)
    socket.onMessage(() => socket.close())
    socket.send('early')
    expect(await heard).toEqual(['early', '1000'])
  })

  test('tells of a refusal', async () => {
    const refusing = testWebsocketFactory(() => new Response('no', { status: 401 }))
    let consumed = false
    const socket = refusing.open('/', {}, () => {
      consumed = true
    })
    expect(await log(socket)).toEqual([
      'WebSocketUpgradeException: the application answered 401, not 101: no',
      '-1',
    ])
    expect(consumed).toBe(false)
  })

  test('may be closed by its consumer', async () => {
    const socket = open('/', {}, (own) => own.close())
    expect(await log(socket)).toEqual(['1000'])
  })

  test('tells its listeners what its consumer throws', async () => {
    const { open } = testWebsocketFactory(echo)
    const socket = open('/', {}, () => {
      throw new Error('from the consumer')
    })
    socket.onMessage(() => socket.close())
    socket.send('hello')
    expect(await log(socket)).toEqual(['Error: from the consumer', 'hello', '1000'])
  })

  test('is given up when it is closed before', async () => {
    let consumed = false
    const socket = open('/', {}, () => {
      consumed = true
    })
    socket.close()
    expect(await log(socket)).toEqual(['-1'])
    expect(consumed).toBe(false)
  })
})

describe('a signal', () => {
  test('gives up what is opening', async () => {
    const { connect, open } = testWebsocketFactory(() => new Promise(() => {}))
    const abort = new AbortController()
    const { signal } = abort
    const client = connect('/', { signal })
    const heard = log(open('/', { signal }, () => {}))
    abort.abort(new Error('enough'))
    await expect(client.opened).rejects.toMatchObject({
      name: 'WebSocketConnectException',
      stage: 'aborted',
      cause: { message: 'enough' },
    })
    expect(await heard).toEqual([
      'WebSocketConnectException: it was given up before it opened',
      '-1',
    ])
  })

  test('opens nothing when it came before', async () => {
    let consumed = false
    const { connect } = testWebsocketFactory(() => () => {
      consumed = true
    })
    const client = connect('/', { signal: AbortSignal.abort() })
    await expect(client.opened).rejects.toMatchObject({ stage: 'aborted' })
    expect(consumed).toBe(false)
  })

  test('terminates what is open', async () => {
    const { connect, open } = testWebsocketFactory(echo)
    const abort = new AbortController()
    const { signal } = abort
    const client = connect('/', { signal })
    const socket = open('/', { signal }, () => abort.abort())
    expect((await client.closed).code).toBe(1006)
    expect(await log(socket)).toEqual(['1006'])
  })
})
