import { WsMessage } from '../../../websocket/ws-message.ts'
import { turn } from '../../clock/in-time.ts'
import { expectEqual, expectTrue } from '../assert.ts'
import { ended, next, nextText, texts } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { expectLog, logged, resume } from '../observe.ts'
import type { ServerContext } from '../server-context.ts'

const MANY = 10_000

export const messageCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'plain HTTP and WebSockets are on one port',
    needs: ['http'],
    async run({ connect, fetch }) {
      const client = connect('/echo')
      client.send('over the socket')
      const response = await fetch!('/ping')
      expectEqual('the response', [response.status, await response.text()], [200, 'pong'])
      expectEqual('the echo', await nextText(client), 'over the socket')
      client.close()
      await client.closed
    },
  },
  {
    name: 'nothing is reported when nobody calls close',
    needs: ['hook'],
    async run({ connect, reports }) {
      const client = connect('/echo')
      client.send('hello')
      expectEqual('the echo', await nextText(client), 'hello')
      expectEqual('the reports', (await reports!()).map(String), [])
    },
  },
  {
    name: 'text travels both ways, whatever it is made of',
    async run({ connect }) {
      const client = connect('/echo')
      for (const text of ['', 'a', 'grüße', '\u{1f600} and \ufeff', 'a\0b', '{"a":1}']) {
        client.send(text)
        const message = await next(client)
        expectEqual('mode and text', [message.mode, message.text()], ['text', text])
      }
      client.close()
    },
  },
  {
    name: 'half of a surrogate pair is sent as U+FFFD, which UTF-8 can carry',
    async run({ connect }) {
      const client = connect('/half-a-pair')
      expectEqual('the text', await nextText(client), 'a\ufffdb')
      client.close()
    },
  },
  {
    name: 'bytes travel both ways, unchanged',
    async run({ connect }) {
      const client = connect('/echo')
      const picture = Uint8Array.from({ length: 2_048 }, (_, i) => (i * 7) & 0xff)
      for (const bytes of [new Uint8Array(0), picture, picture.subarray(100, 103)]) {
        client.send(bytes)
        const message = await next(client)
        expectEqual('mode', message.mode, 'binary')
        expectEqual('bytes', message.bytes(), bytes)
      }
      client.close()
    },
  },
  {
    name: 'a WsMessage is sent in its mode, as often as one likes',
    async run({ connect }) {
      const client = connect('/echo')
      const message = WsMessage.of('again').body(new TextEncoder().encode('€'), 'text')
      for (let i = 0; i < 3; i++) {
        client.send(message)
        const echo = await next(client)
        expectEqual('mode and text', [echo.mode, echo.text()], ['text', '€'])
      }
      client.close()
    },
  },
  {
    name: 'bytes are copied when they are sent',
    async run({ connect }) {
      const client = connect('/echo')
      await client.opened
      const bytes = Uint8Array.of(1, 2, 3)
      client.send(bytes)
      bytes.fill(9)
      expectEqual('bytes', (await next(client)).bytes(), Uint8Array.of(1, 2, 3))
      client.close()
    },
  },
  {
    name: 'bytes are copied when a server sends them, also from shared memory',
    async run({ connect }) {
      const client = connect('/copies')
      for (const what of ['bytes', 'shared bytes']) {
        expectEqual(what, (await next(client)).bytes(), Uint8Array.of(1, 2, 3))
      }
      client.close()
    },
  },
  {
    name: 'a server may speak first',
    async run({ connect }) {
      const client = connect('/greet/ann')
      expectEqual('the greeting', await nextText(client), 'hello ann')
      const second = await next(client)
      expectEqual('the second', [second.mode, second.text()], ['binary', 'ann'])
      client.close()
    },
  },
  {
    name: 'a message of 10,000 characters and one after it come back in order',
    async run({ connect }) {
      const client = connect('/echo')
      const long = 'long '.repeat(2_000)
      client.send(long)
      client.send('short')
      expectEqual('the echoes', await texts(client, 2), [long, 'short'])
      client.close()
    },
  },
  {
    name: '10,000 messages come back in order',
    async run({ connect }) {
      const client = connect('/echo')
      await client.opened
      for (let i = 0; i < MANY; i++) client.send(String(i))
      for (let i = 0; i < MANY; i++) expectEqual('the echo', await nextText(client), String(i))
      client.close()
    },
  },
  {
    name: '10,000 messages of the server come in order',
    async run({ connect }) {
      const client = connect(`/count/${MANY}`)
      for (let i = 0; i < MANY; i++) expectEqual('the message', await nextText(client), String(i))
      client.close()
    },
  },
  {
    name: 'what arrives before the first listener is held for it',
    async run(context) {
      const client = context.connect('/late/held')
      await client.opened
      for (const text of ['a', 'b', 'c']) client.send(text)
      await resume(context, 'held')
      client.send('d')
      expectEqual('the echoes', await texts(client, 4), ['a', 'b', 'c', 'd'])
      client.close()
    },
  },
  {
    name: 'further listeners add, and each has its own removal',
    async run({ connect }) {
      const client = connect('/listeners')
      client.send('a')
      client.send('b')
      expectEqual('the answers', await texts(client, 3), ['first a', 'second a', 'second b'])
      client.close()
    },
  },
  {
    name: 'a listener that terminates the socket keeps its message from no other',
    async run(context) {
      const client = context.connect('/first-terminates/told')
      client.send('hello')
      await client.closed
      await expectLog(context, 'told', ['hello'])
    },
  },
  {
    name: 'an asynchronous listener does not delay the next message',
    async run({ connect }) {
      const client = connect('/reverse')
      for (const text of ['a', 'b', 'now']) client.send(text)
      expectEqual('the answers', await texts(client, 2), ['b', 'a'])
      client.close()
    },
  },
  ...(['throws', 'rejects'] as const).map(
    (how): ContractCase<ServerContext> => ({
      name: `what a listener ${how === 'throws' ? 'throws' : 'rejects with'} reaches onError, which can still send`,
      async run({ connect }) {
        const client = connect(`/${how}`)
        client.send('a')
        client.send('b')
        expectEqual('the answers', await texts(client, 2), ['heard a', 'heard b'])
        client.close()
        expectEqual('the end', (await client.closed).code, 1000)
      },
    }),
  ),
  ...(['throws-unheard', 'consumer-throws', 'consumer-rejects'] as const).map(
    (path): ContractCase<ServerContext> => ({
      name: `with no onError the socket closes with 1011, and no inner detail: ${path}`,
      async run({ connect }) {
        const client = connect(`/${path}`)
        if (path === 'throws-unheard') client.send('secret')
        expectEqual('the end', await ended(client), '1011 Internal error')
      },
    }),
  ),
  {
    name: 'the hook hears what no onError took',
    needs: ['hook'],
    async run({ connect, reports }) {
      const client = connect('/throws-unheard')
      client.send('a')
      await client.closed
      await connect('/consumer-throws').closed
      await connect('/consumer-rejects').closed
      const expected = ['Error: a', 'Error: the consumer threw', 'Error: the consumer rejected']
      expectEqual('the reports', (await reports!()).map(String), expected)
    },
  },
  {
    name: 'listeners for errors and for the end have their own removal, too',
    async run(context) {
      const client = context.connect('/removals/own')
      client.send('now')
      await logged(context, 'own', 1)
      client.close()
      await expectLog(context, 'own', ['error', 'close'])
    },
  },
  {
    name: 'past the mark what nobody listens to is dropped, and the hook hears of it',
    needs: ['hook'],
    async run({ connect, reports }) {
      const client = connect('/deaf')
      for (let i = 0; i < 300; i++) client.send(String(i))
      while ((await reports!()).length === 0) await turn()
      expectTrue(
        'it says what',
        (await reports!())[0]?.message.includes('messages were dropped') === true,
      )
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'what a close listener throws disturbs nobody',
    async run(context) {
      const client = context.connect('/close-listener-throws/thrown')
      await client.opened
      client.close()
      expectTrue('the close is answered', (await client.closed).is(1000))
      await expectLog(context, 'thrown', ['closed 1000'])
    },
  },
]
