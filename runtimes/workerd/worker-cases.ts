import { type ContractCase, expectMessages } from 'antiphon/testing'
import { expectSame, sleep } from '../expect.ts'
import type { WorkerdContext } from './backend.ts'

/** What a Worker and a Durable Object have in common: the application is `ownApp()`. */
export const leavingCases: readonly ContractCase<WorkerdContext>[] = [
  {
    name: 'a client that resets its connection before the handshake is answered gives its place back',
    async run({ ask, connect, fetch }) {
      const client = ask('/limited/100')
      const asked = async (): Promise<unknown> => (await fetch('/done')).json()
      while (JSON.stringify(await asked()) === '[]') await sleep(1)
      client.resetAndDestroy()
      const isTaken = (): Promise<boolean> =>
        connect('/limited/0').opened.then(
          () => false,
          () => true,
        )
      while (await isTaken()) await sleep(10)
    },
  },
]

/** What only a Worker has: the application is `ownApp()`. */
export const workerCases: readonly ContractCase<WorkerdContext>[] = [
  {
    name: 'bindings reach pages and sockets under the key that they were given',
    async run({ connect, fetch }) {
      expectSame(await (await fetch('/greeting')).text(), 'hello')
      const client = connect('/greeting')
      await expectMessages(client, ['hello true'])
      client.close()
    },
  },
  ...['/consumer', '/onMessage', '/onError', '/onClose', ''].map(
    (who): ContractCase<WorkerdContext> => ({
      name: `what works on when its socket has closed is not cut off: ${who.slice(1) || 'what was promised'}`,
      async run({ connect, fetch }) {
        const client = connect(`/outlasts${who}`)
        client.send('work')
        client.close()
        await client.closed
        const done = async (): Promise<unknown> => (await fetch('/done')).json()
        while (JSON.stringify(await done()) === '[]') await sleep(10)
        expectSame(await done(), [who.slice(1) || 'waitUntil'])
      },
    }),
  ),
  {
    name: 'a socket cannot be used in the request of another, and is told where sockets meet',
    async run({ connect }) {
      const other = connect('/waits')
      await other.opened
      const client = connect('/meets')
      client.send('greet the other')
      await expectMessages(client, [
        'NotSupportedException: cloudflare lets a Worker use a WebSocket only in the request that opened it: sockets that meet belong in a Durable Object',
      ])
      other.close()
      client.close()
    },
  },
  {
    name: 'a Durable Object may answer for it, also with a socket',
    async run({ connect, fetch }) {
      const client = connect('/rooms/forwarded/members/ann')
      await expectMessages(client, ['welcome ann'])
      const response = await fetch('/rooms/forwarded/members')
      expectSame(await response.json(), ['ann'])
      client.close()
    },
  },
]
