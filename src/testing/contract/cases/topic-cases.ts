import { turn } from '../../clock/in-time.ts'
import { expectEqual } from '../assert.ts'
import { ended, next, nextText, texts } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { expectLog } from '../observe.ts'
import type { ServerContext } from '../server-context.ts'

export const topicCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'a topic gives sockets and sessions what one of them publishes, text and bytes',
    needs: ['others'],
    run: reachesAll,
  },
  {
    name: 'with compression, a topic gives sockets and sessions what one of them publishes',
    needs: ['others', 'compression', 'deflate'],
    setting: { compression: true },
    run: reachesAll,
  },
  {
    name: 'a topic forgets who has gone',
    needs: ['others'],
    async run({ connect }) {
      const [ann, ben, eve] = ['/topic/tea', '/topic/tea', '/session/topic/tea'].map((path) =>
        connect(path),
      )
      for (const client of [ann!, ben!, eve!])
        expectEqual('it is', await nextText(client), 'subscribed')
      ben!.close()
      eve!.close()
      await Promise.all([ben!.closed, eve!.closed])
      // The server may hear of it later than the client.
      let given = '2'
      while (given !== '0') {
        ann!.send('anybody here?')
        given = await nextText(ann!)
        await turn()
      }
      ann!.close()
      expectEqual('the end', await ended(ann!), '1000')
    },
  },
  ...['/history', '/session/history', '/shared', '/session/shared'].map(
    (path): ContractCase<ServerContext> => ({
      name: `who comes back to a topic gets what they have missed, once and in order: ${path}`,
      async run({ connect }) {
        const first = connect(`${path}/tea/none`)
        expectEqual('at first', await nextText(first), 'recovered false')
        for (let i = 0; i < 20; i++) first.send(`${i} ${'x'.repeat(i * 500)}`)
        const came = await texts(first, 20)
        const ids = came.map((text) => text.split(' ')[0] ?? '')
        expectEqual('the ids', new Set(ids).size, 20)
        const order = came.map((text) => text.split(' ')[1])
        expectEqual('their order', order, Array.from(came.keys(), String))
        // Those of a log need not compare.
        if (path.endsWith('/history')) expectEqual('the order of ids', ids, ids.toSorted())
        first.close()
        expectEqual('the end', await ended(first), '1000')
        for (const after of [0, 10, 19]) {
          const again = connect(`${path}/tea/${ids[after]}`)
          const missed = came.slice(after + 1)
          expectEqual('what was missed', await texts(again, missed.length), missed)
          expectEqual('after it', await nextText(again), 'recovered true')
          again.close()
          expectEqual('the end', await ended(again), '1000')
        }
      },
    }),
  ),
  {
    name: 'what is published to a session comes in order with what it sends, whatever has to wait',
    async run({ connect }) {
      const client = connect('/session/publishes/300/4000')
      const expected = Array.from({ length: 300 }, (_, i) =>
        i % 10 === 0 ? [String(i), `own ${i}`] : [String(i)],
      ).flat()
      const came = await texts(client, expected.length)
      expectEqual(
        'the messages',
        came.map((text) => (text.startsWith('own') ? text : text.split(' ')[0])),
        expected,
      )
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session that takes nothing is given a bounded part of what is published, and is closed',
    needs: ['bufferedAmount'],
    async run(context) {
      const client = context.connect('/session/floods/much')
      await expectLog(context, 'much', ['true true', 'true'])
      client.terminate()
    },
  },
]

async function reachesAll({ connect }: ServerContext): Promise<void> {
  const paths = ['/topic/tea', '/session/topic/tea', '/topic/tea', '/session/topic/tea']
  const clients = paths.map((path) => connect(path))
  const guest = connect('/topic/coffee')
  for (const client of [...clients, guest]) {
    expectEqual('it is', await nextText(client), 'subscribed')
  }
  const text = 'hello '.repeat(100)
  for (const sender of clients) {
    const others = clients.filter((client) => client !== sender)
    sender.send(text)
    expectEqual('so many got it', await nextText(sender), '3')
    for (const client of others) expectEqual('the text', await nextText(client), text)
    sender.send(new Uint8Array([1, 2, 3]))
    expectEqual('so many got it', await nextText(sender), '3')
    for (const client of others) {
      const message = await next(client)
      expectEqual('the bytes', [message.mode, ...message.bytes()], ['binary', 1, 2, 3])
    }
  }
  guest.send('hello')
  expectEqual('elsewhere, so many got it', await nextText(guest), '0')
  for (const client of [...clients, guest]) client.close()
}
