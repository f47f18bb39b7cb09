import { CloseReason } from '../../protocol/close/close-reason.ts'
import {
  WebSocketClosedException,
  WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../websocket/errors.ts'
import { WsStatus } from '../../websocket/ws-status.ts'
import { turn } from '../clock/in-time.ts'
import { expectEqual, expectTrue, rejection, thrown } from './assert.ts'
import { maskCases } from './cases/mask-cases.ts'
import type { ClientContext } from './client-context.ts'
import { ended, next, nextJson, nextText } from './clients.ts'
import type { ContractCase } from './contract.ts'
import { messageOf } from './contract-log.ts'

const MIB = 1024 * 1024

/** What every client does. */
export const clientContract: readonly ContractCase<ClientContext>[] = [
  {
    name: 'text and bytes are sent and received',
    async run({ connect }) {
      const client = connect('/echo')
      client.send('text')
      client.send(Uint8Array.of(0, 1, 0xff))
      const [text, bytes] = [await next(client), await next(client)]
      expectEqual('text', [text.mode, text.text()], ['text', 'text'])
      expectEqual('bytes', bytes.bytes(), Uint8Array.of(0, 1, 0xff))
      client.close()
    },
  },
  {
    name: 'half of a surrogate pair is sent as U+FFFD, which UTF-8 can carry',
    async run({ connect }) {
      const client = connect('/echo')
      client.send('a\ud800b')
      expectEqual('the text', await nextText(client), 'a\ufffdb')
      client.close()
    },
  },
  {
    name: 'several request headers are sent',
    needs: ['headers'],
    async run({ connect }) {
      const client = connect('/request', { headers: { 'x-one': '1', 'x-two': '2' } })
      const seen = Object.entries((await nextJson(client)) as object)
      expectEqual(
        'the headers',
        seen.filter(([name]) => name === 'one' || name === 'two'),
        [
          ['one', '1'],
          ['two', '2'],
        ],
      )
      client.close()
    },
  },
  {
    name: 'a host that cannot be reached rejects opened, and is never connected',
    needs: ['unreachable'],
    async run({ unreachable }) {
      const client = unreachable!()
      const error = await rejection('opened', client.opened)
      expectTrue('it is a connect exception', error instanceof WebSocketConnectException)
      expectTrue('it is told', (await client.closed).is(WsStatus.NEVER_CONNECTED))
      const received = await rejection('received', nextText(client))
      expectTrue('received tells the same', received === error)
    },
  },
  {
    name: 'a refused upgrade rejects opened with the status, and is never connected',
    needs: ['refusals'],
    async run({ connect }) {
      const client = connect('/refused')
      const error = await rejection('opened', client.opened)
      expectTrue('it is an upgrade exception', error instanceof WebSocketUpgradeException)
      expectEqual('the end', (await client.closed).code, -1)
      thrown('send', () => client.send('too late'))
    },
  },
  {
    name: 'what is sent before it is open is held, in order',
    async run({ connect }) {
      const client = connect('/echo')
      for (const text of ['a', 'b', 'c']) expectEqual('send', client.send(text), true)
      for (const text of ['a', 'b', 'c']) expectEqual('the echo', await nextText(client), text)
      client.close()
    },
  },
  {
    name: 'sending after the close throws, on either side of it',
    async run({ connect }) {
      const client = connect('/echo')
      await client.opened
      client.close()
      const closing = thrown('send', () => client.send('too late'))
      expectTrue('it is a closed exception', closing instanceof WebSocketClosedException)
      await client.closed
      const closed = thrown('send', () => client.send('too late'))
      expectTrue('it still is', closed instanceof WebSocketClosedException)
      const other = connect('/closes-normally')
      await other.closed
      thrown('send', () => other.send('too late'))
    },
  },
  {
    name: 'closed resolves with the status, whoever closed',
    async run({ connect }) {
      const client = connect('/echo')
      await client.opened
      client.close(new CloseReason(4001, 'mine'))
      expectEqual('the end', await ended(client), '4001 mine')
      expectEqual('the other', await ended(connect('/closes-twice')), '1001 Going away')
    },
  },
  {
    name: 'a client can close with a code of RFC 6455',
    needs: ['closeCodes'],
    async run({ connect }) {
      const client = connect('/echo')
      await client.opened
      client.close(WsStatus.POLICY_VALIDATION)
      expectEqual('the end', await ended(client), '1008 Policy violated')
    },
  },
  {
    name: 'leaving a loop over received leaves the connection open',
    async run({ connect }) {
      const client = connect('/echo')
      client.send('a')
      client.send('b')
      for await (const message of client.received()) {
        expectEqual('the first', message.text(), 'a')
        break
      }
      for await (const message of client.received()) {
        expectEqual('the second', message.text(), 'b')
        client.close()
      }
    },
  },
  {
    name: 'for without await takes what has arrived, and waits for nothing',
    async run({ connect }) {
      const client = connect('/echo')
      expectEqual('at first', [...client.received()].length, 0)
      for (const text of ['a', 'b', 'c']) client.send(text)
      expectEqual('the first echo', await nextText(client), 'a')
      const rest: string[] = []
      while (rest.length < 2) {
        for (const message of client.received()) rest.push(message.text())
        await turn()
      }
      expectEqual('the rest', rest, ['b', 'c'])
      client.close()
    },
  },
  {
    name: 'disposing closes normally and waits for the end',
    async run({ connect }) {
      const client = connect('/echo')
      await client.opened
      await client[Symbol.asyncDispose]()
      expectEqual('the socket', (await client.opened).state, 'closed')
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a client closed before it opened, with nothing sent, is never connected',
    async run({ connect }) {
      const client = connect('/async')
      client.close()
      const error = await rejection('opened', client.opened)
      expectTrue('it is a connect exception', error instanceof WebSocketConnectException)
      expectEqual('the end', (await client.closed).code, -1)
    },
  },
  {
    name: 'what was sent before a close arrives, though both came before it opened',
    needs: ['afterClose'],
    async run({ connect }) {
      const client = connect('/echo')
      client.send('hello')
      client.close()
      const received: string[] = []
      for await (const message of client.received()) received.push(message.text())
      expectEqual('the echo', received, ['hello'])
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a client takes a message of 16 MiB',
    async run({ connect }) {
      const client = connect(`/zeros/${16 * MIB}`)
      client.send('now')
      expectEqual('the size', (await next(client)).byteLength, 16 * MIB)
      client.close()
    },
  },
  {
    name: 'a client takes no message of more than 64 MiB',
    needs: ['failures'],
    async run({ connect }) {
      const large = connect(`/zeros/${64 * MIB + 1}`)
      large.send('now')
      const { code } = await large.closed
      // Some platforms cannot send 1009, and some drop the connection by themselves.
      expectTrue(`it is 1009, 4009 or 1006, not ${code}`, [1009, 4009, 1006].includes(code))
    },
  },
  {
    name: 'a client hears of a connection that is lost, and has 1006 for it',
    needs: ['failures', 'terminate'],
    async run({ connect }) {
      const client = connect('/terminates/lost')
      client.send('now')
      const error = await rejection('what comes', nextText(client))
      expectTrue('it is a closed exception', error instanceof WebSocketClosedException)
      expectEqual('the end', (await client.closed).code, 1006)
    },
  },
  {
    name: 'terminate drops the connection',
    async run({ connect }) {
      const client = connect('/echo')
      await client.opened
      client.terminate()
      expectEqual('the end', (await client.closed).code, 1006)
    },
  },
  {
    name: 'open calls its consumer once it is open',
    needs: ['open'],
    async run({ open }) {
      const states: string[] = []
      const answer = await new Promise<string>((resolve) => {
        const socket = open!('/echo', (opened) => {
          states.push(opened.state, socket.state)
          opened.onMessage((message) => resolve(`${opened.state} ${message.text()}`))
          opened.send('hello')
        })
        expectEqual('at first', socket.state, 'connecting')
      })
      expectEqual('both sockets, within the consumer', states, ['open', 'open'])
      expectEqual('the answer', answer, 'open hello')
    },
  },
  {
    name: 'open tells a failure to onError, and then onClose that it never connected, with which it may close again',
    needs: ['open', 'unreachable'],
    async run({ openUnreachable }) {
      let consumed = false
      const heard: string[] = []
      const socket = openUnreachable!(() => {
        consumed = true
      })
      socket.onError((error) => heard.push(error.name))
      await new Promise<void>((resolve) => {
        socket.onClose((status) => {
          heard.push(
            String(status.code),
            messageOf(() => socket.close(status)),
          )
          resolve()
        })
      })
      expectEqual('what was heard', heard, ['WebSocketConnectException', '-1', 'nothing'])
      expectEqual('the consumer', consumed, false)
      expectEqual('the state', socket.state, 'closed')
    },
  },
  ...maskCases,
]
