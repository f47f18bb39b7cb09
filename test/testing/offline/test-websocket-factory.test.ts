import { describe, expect, expectTypeOf, test } from 'vitest'
import type { connect, open, openSocket } from '../../../src/node/index.ts'
import { type TestWebsocketFactory, testWebsocketFactory } from '../../../src/testing/index.ts'
import { accept } from '../../../src/websocket/accept.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'

/** What code that connects is given. */
interface Network {
  readonly connect: typeof connect
  readonly open: typeof open
  readonly openSocket: typeof openSocket
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
  test('stands in for the functions of the Node entry', () => {
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

describe('openSocket', () => {
  test('resolves with the open socket and the response, which its caller has before anything is read', async () => {
    const { openSocket } = testWebsocketFactory(() =>
      accept((socket) => socket.send('welcome'), { protocol: 'b', headers: { 'x-a': '1' } }),
    )
    const heard: string[] = []
    const { socket, response } = await openSocket('/', { protocols: ['a', 'b'] }, (opened) => {
      opened.socket.onMessage((message) => heard.push(message.text()))
    })
    expect([socket.state, socket.protocol, heard]).toEqual(['open', 'b', ['welcome']])
    expect([response.status, response.headers.get('x-a')]).toEqual([101, '1'])
  })

  test('holds what came first for a listener that is added once it has resolved', async () => {
    const { openSocket } = testWebsocketFactory(() => (socket) => {
      socket.send('welcome')
      socket.close()
    })
    expect(await log((await openSocket('/')).socket)).toEqual(['welcome', '1000'])
  })

  test('rejects with the refusal', async () => {
    const { openSocket } = testWebsocketFactory(() => new Response('no', { status: 401 }))
    await expect(openSocket('/')).rejects.toMatchObject({ status: 401, body: 'no' })
  })

  test('ends with its signal, before it is open and later', async () => {
    const abort = new AbortController()
    const { signal } = abort
    const never = testWebsocketFactory(() => new Promise(() => {})).openSocket('/', { signal })
    const { socket } = await testWebsocketFactory(echo).openSocket('/', { signal })
    abort.abort()
    await expect(never).rejects.toMatchObject({ stage: 'aborted' })
    expect(await log(socket)).toEqual(['1006'])
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
