import type { Capable, PolyHandler, WsClient, WsHandler } from 'antiphon'
import {
  type AppContext,
  type Backend,
  expectClosed,
  expectMessages,
  expectRefused,
  onServer,
  type ServerBackend,
} from 'antiphon/testing'
import { app as authRoom } from '../examples/auth-room.ts'
import { app as automarshalling } from '../examples/automarshalling.ts'
import { chat } from '../examples/chat/app.ts'
import { dashboard } from '../examples/dashboard/app.ts'
import { app as hono } from '../examples/hono.ts'
import { app as mixing } from '../examples/mixing-http-and-websockets.ts'
import { app as testing } from '../examples/testing-with-a-contract/app.ts'
import { game } from '../examples/typed-game-loop.ts'
import { expectSame } from './expect.ts'
import { type Suite, suiteOf } from './suite.ts'

/** What the most demanding of them needs. */
export type Sockets = Capable<'bufferedAmount'>

interface Example {
  readonly name: string
  app(): PolyHandler<Sockets> | WsHandler<Sockets>
  /** Talks to it for a while. */
  run(context: ExampleContext): Promise<void>
}

type ExampleContext = Pick<AppContext, 'connect' | 'fetch'>

/** The applications of `examples/`, served as they stand. */
export function examplesOn<S extends Sockets>(backend: ServerBackend<S>): Suite {
  return examplesBy(({ app }) => onServer<S>(app, backend))
}

/** The same, each on a backend of its own. */
export function examplesBy(backendOf: (example: Example) => Backend<ExampleContext>): Suite {
  const suites = EXAMPLES.map((example) => {
    const { name, run } = example
    return suiteOf(name, undefined, [{ name, run }], backendOf(example))
  })
  const cases = suites.flatMap((suite) => suite.cases)
  return { title: 'the example', proves: undefined, lacks: [], cases }
}

export const EXAMPLES: readonly Example[] = [
  {
    name: 'auth-room',
    app: () => authRoom,
    async run({ connect }) {
      await expectRefused(connect('/room'), 401)
      const ann = connect('/room', { headers: { authorization: 'Bearer ann-secret' } })
      await expectMessages(ann, ['ann is here'])
      const ben = connect('/room?token=ben-secret')
      ben.send('hello')
      await expectMessages(ann, ['ben is here', 'ben: hello'])
      ben.close()
      await expectMessages(ann, ['ben has left'])
      ann.close()
    },
  },
  {
    name: 'automarshalling',
    app: () => automarshalling,
    async run({ connect }) {
      const client = connect('/greet')
      client.send('{"name":7}')
      client.send('{"name":"bob"}')
      const [failure = '', greeting = ''] = await texts(client, 2)
      if (!failure.includes('message')) throw new Error(`it does not name the message: ${failure}`)
      expectSame(greeting, '{"name":"hello bob"}')
      client.close()
    },
  },
  {
    name: 'chat',
    app: chat,
    async run({ connect, fetch }) {
      expectSame((await fetch('/')).headers.get('content-type'), 'text/html; charset=utf-8')
      expectSame((await fetch('/rooms/tea')).status, 426)
      await expectRefused(connect('/rooms/a%20b'), 400)
      const ann = connect('/rooms/tea')
      ann.send('{"type":"join","name":"ann"}')
      ann.send('{"type":"say","text":"milk first?"}')
      const events = (await texts(ann, 3)).map((text) => JSON.parse(text))
      expectSame(events.map(({ type }) => type).join(), 'welcome,joined,said')
      ann.send('x'.repeat(16 * 1024 + 1))
      await expectClosed(ann, 1009)
    },
  },
  {
    name: 'dashboard',
    app: dashboard,
    async run({ connect, fetch }) {
      const page = await (await fetch('/')).text()
      if (!page.includes("new URL('/metrics'")) throw new Error(`there is no dashboard in ${page}`)
      const client = connect('/metrics')
      const [first = ''] = await texts(client, 1)
      expectSame(JSON.parse(first).viewers, 1)
      client.close()
    },
  },
  {
    name: 'hono',
    app: () => hono,
    async run({ connect, fetch }) {
      expectSame(await (await fetch('/')).text(), 'hello from Hono')
      expectSame(await (await fetch('/users/7')).text(), '{"id":"7"}')
      expectSame((await fetch('/nothing')).status, 404)
      expectSame((await fetch('/echo')).status, 426)
      const client = connect('/echo')
      client.send('hello')
      await expectMessages(client, ['hello'])
      client.close()
    },
  },
  {
    name: 'mixing-http-and-websockets',
    app: () => mixing,
    async run({ connect, fetch }) {
      expectSame(await (await fetch('/bob')).text(), 'hiya bob')
      const client = connect('/bob')
      client.send('anybody there?')
      await expectMessages(client, ['hello bob', 'bob is responding'])
      client.close()
    },
  },
  {
    name: 'testing-with-a-contract',
    app: testing,
    async run({ connect }) {
      const client = connect('/echo/ann?times=2')
      client.send('hello')
      await expectMessages(client, ['ann: hello', 'ann: hello'])
      client.send('bye')
      await expectClosed(client, 1000)
    },
  },
  {
    name: 'typed-game-loop',
    app: () => game(),
    async run({ connect }) {
      const client = connect('/game')
      client.send('{"go":"right"}')
      for await (const message of client.received()) {
        if (JSON.parse(message.text()).you === 2) break
      }
      client.close()
    },
  },
]

/** The next so many messages. */
async function texts(client: WsClient, count: number): Promise<string[]> {
  const taken: string[] = []
  for await (const message of client.received()) {
    taken.push(message.text())
    if (taken.length === count) break
  }
  return taken
}
