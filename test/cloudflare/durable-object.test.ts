import { expect, test } from 'vitest'
import {
  type DurableObjectState,
  durableObject,
  hibernatable,
  type WorkersWebSocket,
} from '../../src/cloudflare/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { websockets } from '../../src/routing/ws-router.ts'

/** An object with no sockets. */
function stateOf(): DurableObjectState {
  return {
    blockConcurrencyWhile: (callback) => callback(),
    acceptWebSocket() {},
    getWebSockets: () => [],
  }
}

/** The end of a connection that the object had before it slept. */
function socketOf(attachment: unknown, close: WorkersWebSocket['close']): WorkersWebSocket {
  return {
    readyState: 1,
    bufferedAmount: 0,
    binaryType: 'arraybuffer',
    accept() {},
    send() {},
    close,
    serializeAttachment() {},
    deserializeAttachment: () => attachment,
    addEventListener() {},
  }
}

const page = new Request('http://object/')

test('an object has an application of its own, made with its state and bindings', async () => {
  const states: DurableObjectState[] = []
  const Counter = durableObject((state, env: { readonly START: number }) => {
    states.push(state)
    let count = env.START
    return poly(routes(bind('/', () => new Response(String(++count)))))
  })
  const [first, second] = [stateOf(), stateOf()]
  const objects = [new Counter(first, { START: 1 }), new Counter(second, { START: 7 })] as const
  expect(await (await objects[0].fetch(page)).text()).toBe('2')
  expect(await (await objects[0].fetch(page)).text()).toBe('3')
  expect(await (await objects[1].fetch(page)).text()).toBe('8')
  expect(states).toEqual([first, second])
})

test('an application may be promised: requests wait for it', async () => {
  const Later = durableObject(async () => {
    await Promise.resolve()
    return poly(routes(bind('/', () => new Response('made'))))
  })
  expect(await (await new Later(stateOf(), {}).fetch(page)).text()).toBe('made')
})

test('options that Workers cannot follow are errors before there is an object', () => {
  expect(() =>
    durableObject(() => websockets(), { webSockets: { maxMessageSize: 2 ** 30 } }),
  ).toThrow('cloudflare reads at most 33554432 bytes of a message')
})

test('kinds of hibernatable sockets have names of their own', async () => {
  const Twice = durableObject((state) => {
    hibernatable({ state, name: 'a' })
    hibernatable({ state })
    hibernatable({ state, name: 'a' })
    return websockets()
  })
  await expect(new Twice(stateOf(), {}).fetch(page)).rejects.toThrow(
    "the object has hibernatable sockets of the name 'a' already",
  )
})

test('hibernatable sockets are for the objects of durableObject', () => {
  expect(() => hibernatable({ state: stateOf() })).toThrow(
    new TypeError('hibernatable() needs the state that durableObject() gives to its function'),
  )
})

test('a socket that wakes with no handlers for it is closed with 1011, and the hook hears', async () => {
  const heard: string[] = []
  const Room = durableObject(() => websockets(), {
    webSockets: { onError: ({ message }) => heard.push(message) },
  })
  const object = new Room(stateOf(), {})
  const closed: unknown[] = []
  const sleeper = (attachment: unknown): WorkersWebSocket =>
    socketOf(attachment, (...status) => closed.push(status))
  await object.webSocketMessage(sleeper({ kind: 'gone', url: 'http://object/' }), 'hello')
  await object.webSocketMessage(sleeper(null), 'hello')
  expect(closed).toEqual([
    [1011, 'Internal error'],
    [1011, 'Internal error'],
  ])
  expect(heard).toEqual([
    "a hibernatable socket woke, and there are no handlers for it: of the name 'gone'",
    'a hibernatable socket woke, and there are no handlers for it: it was accepted by somebody else',
  ])
})

test('however much its peer still sends, the hook hears once of a socket with no handlers', async () => {
  const heard: string[] = []
  const Room = durableObject(() => websockets(), {
    webSockets: { onError: ({ message }) => heard.push(message) },
  })
  const object = new Room(stateOf(), {})
  let readyState = 1
  const sleeper = {
    ...socketOf({ kind: 'gone', url: 'http://object/' }, () => {
      readyState = 2
    }),
    get readyState() {
      return readyState
    },
  }
  for (let i = 0; i < 3; i++) await object.webSocketMessage(sleeper, 'hello')
  await object.webSocketClose(sleeper, 1000, '', true)
  expect(heard).toEqual([
    "a hibernatable socket woke, and there are no handlers for it: of the name 'gone'",
  ])
})
