import { CloseReason } from '../../../protocol/close/close-reason.ts'
import { Frame } from '../../../protocol/frame/frame.ts'
import { WebSocketClosedException } from '../../../websocket/errors.ts'
import { WsStatus } from '../../../websocket/ws-status.ts'
import { turn } from '../../clock/in-time.ts'
import { ContractFailure, expectEqual, expectTrue, thrown } from '../assert.ts'
import { ended, frameSocket, nextText, texts } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { expectLog, logged } from '../observe.ts'
import type { ServerContext } from '../server-context.ts'

export const closeCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'a close by the client reaches onClose with its status, and the state is closed',
    async run(context) {
      const client = context.connect('/watched/client')
      await client.opened
      client.close(new CloseReason(4001, 'done here'))
      expectEqual('on the client', await ended(client), '4001 done here')
      await expectLog(context, 'client', ['open', 'closed 4001 done here'])
    },
  },
  {
    name: 'a close by the server is closing at first, sends no more, and reaches both sides',
    async run(context) {
      const client = context.connect('/closes/server/4002')
      client.send('enough')
      expectEqual('on the client', await ended(client), '4002 enough')
      await expectLog(context, 'server', ['closing false', 'closed 4002 enough'])
    },
  },
  {
    name: 'close without a status is 1000 and no text',
    async run({ connect }) {
      const client = connect('/closes-normally')
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'of two statuses the first wins',
    async run({ connect }) {
      const client = connect('/closes-twice')
      expectEqual('the end', await ended(client), '1001 Going away')
    },
  },
  {
    name: 'a status that cannot be sent is a RangeError, and the socket stays open',
    async run({ connect }) {
      const client = connect('/closes-badly')
      const answers = await texts(client, 3)
      expectTrue('1006 is refused', answers[0]!.startsWith('RangeError: close code 1006 '))
      expectTrue('1005 is refused', answers[1]!.startsWith('RangeError: close code 1005 '))
      expectEqual('the state', answers[2], 'open')
      thrown('close', () => client.close(WsStatus.NEVER_CONNECTED))
      client.send('still open')
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'what was sent before a close arrives before it',
    async run({ connect }) {
      const client = connect('/says-and-closes')
      const numbers: string[] = []
      for await (const message of client.received()) numbers.push(message.text())
      expectEqual(
        'the messages',
        numbers,
        Array.from({ length: 100 }, (_, i) => String(i)),
      )
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'what a client sent before its close arrives before it',
    async run(context) {
      const client = context.connect('/watched/said')
      for (let i = 0; i < 100; i++) client.send(String(i))
      client.close()
      expectEqual('the echoes', (await texts(client, 100)).at(-1), '99')
      await expectLog(context, 'said', ['open', 'closed 1000'])
    },
  },
  {
    name: 'sending, closing and terminating do nothing once the socket is closed',
    async run(context) {
      const client = context.connect('/closes-in-onClose/after')
      await client.opened
      client.close()
      expectEqual('the end', await ended(client), '1000')
      await expectLog(context, 'after', ['closed false', 'closed 1000'])
    },
  },
  {
    name: 'an onClose may close with the status that it was told, even with one that cannot be sent',
    async run(context) {
      const client = context.connect('/closes-as-told/told')
      await client.opened
      client.terminate()
      await expectLog(context, 'told', ['nothing'])
    },
  },
  {
    name: 'onClose is called once, and drained resolves at the end',
    async run(context) {
      const client = context.connect('/listens-late/late')
      await client.opened
      client.close()
      await client.closed
      await logged(context, 'late', 2)
      await turn()
      const lines = await logged(context, 'late', 2)
      expectEqual('what the server saw', [...lines].sort(), ['drained', 'late 1000'])
    },
  },
  {
    name: 'a client that goes without a word is 1006 on the server',
    async run(context) {
      const client = context.connect('/watched/gone')
      await client.opened
      client.terminate()
      expectEqual('on the client', (await client.closed).code, 1006)
      const lines = await logged(context, 'gone', 2)
      expectTrue('the server saw 1006', lines[1]?.startsWith('closed 1006') === true)
    },
  },
  {
    name: 'a server that terminates is 1006 on both sides',
    needs: ['terminate'],
    async run(context) {
      const client = context.connect('/terminates/both')
      client.send('now')
      expectEqual('on the client', (await client.closed).code, 1006)
      const lines = await logged(context, 'both', 1)
      expectTrue('the server saw 1006', lines[0]?.startsWith('closed 1006') === true)
    },
  },
  {
    name: 'a server that cannot drop a connection ends for itself when it terminates',
    without: ['terminate'],
    async run(context) {
      const client = context.connect('/terminates/itself')
      client.send('now')
      await client.closed
      const lines = await logged(context, 'itself', 1)
      expectTrue('the server saw 1006', lines[0]?.startsWith('closed 1006') === true)
    },
  },
  {
    name: 'a server can close with every code that may travel',
    needs: ['statuses'],
    async run({ connect }) {
      for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000]) {
        const client = connect(`/closes/any/${code}`)
        client.send('why')
        expectEqual('the end', await ended(client), `${code} why`)
      }
    },
  },
  {
    name: 'where 1011 cannot be sent, it goes out as 4011',
    without: ['statuses'],
    async run({ connect }) {
      expectEqual('the end', await ended(connect('/consumer-throws')), '4011 Internal error')
    },
  },
  {
    name: 'a peer that does not finish the close handshake is let go after a time',
    needs: ['terminate', 'frameClient'],
    setting: { webSockets: { closeTimeout: 50 } },
    async run(context) {
      const client = context.connect('/closes/silent/4001', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      frames.send(new Frame.Text('bye'))
      await expectLog(context, 'silent', ['closing false', 'closed 4001 bye'])
      await client.closed
    },
  },
  {
    name: 'a server that cannot drop a connection ends for itself when a peer does not finish the close handshake',
    needs: ['frameClient'],
    without: ['terminate'],
    setting: { webSockets: { closeTimeout: 50 } },
    async run(context) {
      const client = context.connect('/closes/alone/4001', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      frames.send(new Frame.Text('bye'))
      await expectLog(context, 'alone', ['closing false', 'closed 4001 bye'])
      client.terminate()
    },
  },
  {
    name: 'a close that is given up, behind what the peer does not read, keeps its status',
    needs: ['bufferedAmount', 'frameClient'],
    setting: { webSockets: { slowConsumer: 'wait', closeTimeout: 50 } },
    async run(context) {
      const client = context.connect('/closes-behind-much/unread', { mode: 'frames' })
      const { link } = await frameSocket(client)
      link.pause()
      await expectLog(context, 'unread', ['closed 1001 Going away'])
      client.terminate()
    },
  },
  {
    name: 'the record of the end has both sides',
    needs: ['records'],
    async run(context) {
      const first = context.connect('/record/local')
      first.send('close')
      await first.closed
      await expectLog(context, 'local', ['1001 1001 local true'])
      const second = context.connect('/record/remote')
      await second.opened
      second.close(new CloseReason(4000))
      await expectLog(context, 'remote', ['4000 4000 remote true'])
      const third = context.connect('/record/transport')
      await third.opened
      third.terminate()
      await expectLog(context, 'transport', ['undefined undefined transport false'])
    },
  },
  {
    name: 'the record of the end has no answer of a peer that leaves without one',
    needs: ['records', 'frameClient'],
    async run(context) {
      const client = context.connect('/record/unanswered', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      frames.onFrame((frame) => {
        if (frame.type === 'close') client.terminate()
      })
      frames.send(new Frame.Text('close'))
      await expectLog(context, 'unanswered', ['1001 undefined local false'])
    },
  },
  {
    name: 'a normal end is silent to whoever receives, any other is thrown',
    async run({ connect }) {
      for await (const _ of connect('/closes-normally').received()) throw new Error('a message')
      const client = connect('/closes/thrown/4003')
      client.send('oops')
      try {
        for await (const _ of client.received()) throw new ContractFailure('a message')
      } catch (error) {
        if (!(error instanceof WebSocketClosedException)) throw error
        expectEqual('the reason', [error.reason.code, error.reason.message], [4003, 'oops'])
        return
      }
      throw new ContractFailure('the end was silent')
    },
  },
  {
    name: 'what waits for a slow reader when the server stops still arrives',
    needs: ['stop', 'bufferedAmount'],
    setting: { webSockets: { slowConsumer: 'wait' } },
    async run(context) {
      const client = context.connect('/sends-much/stops')
      await logged(context, 'stops', 1)
      const stopped = context.stop!()
      let bytes = 0
      for await (const message of client.received()) bytes += message.byteLength
      await stopped
      expectEqual('the bytes', bytes, 400 * 65_536)
      expectEqual('the end', await ended(client), '1001 Going away')
    },
  },
  {
    name: 'stopping the server is 1001 on both sides, and what was sent before arrives',
    needs: ['stop'],
    async run({ connect, stop }) {
      const client = connect('/count/1000')
      const watched = connect('/watched/stopped')
      watched.send('hello')
      expectEqual('the echo', await nextText(watched), 'hello')
      await client.opened
      const stopped = stop!()
      const last = await texts(client, 1_000)
      await stopped
      expectEqual('the messages', last.at(-1), '999')
      expectEqual('on the first client', await ended(client), '1001 Going away')
      expectEqual('on the second', await ended(watched), '1001 Going away')
      expectEqual('the socket', (await watched.opened).state, 'closed')
    },
  },
]
