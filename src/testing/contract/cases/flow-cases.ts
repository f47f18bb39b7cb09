import { Frame } from '../../../protocol/frame/frame.ts'
import type { WsClient } from '../../../websocket/client/ws-client.ts'
import { turn } from '../../clock/in-time.ts'
import { expectEqual, expectTrue } from '../assert.ts'
import { frameSocket, next, nextJson, nextText } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { expectLog, logged, resume } from '../observe.ts'
import type { ServerContext } from '../server-context.ts'

/** Past the inbound mark of 256 messages. */
const MANY = 600

/** Chunks that `/sends-much` sends. */
const MUCH = 400

/** How many messages came before the one that marks the end. */
async function untilDone(client: WsClient): Promise<{ count: number }> {
  let count = 0
  while ((await next(client)).mode === 'binary') count++
  return { count }
}

export const flowCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'send says when more waits than the high-water mark, and drained when it may go on',
    needs: ['bufferedAmount'],
    async run(context) {
      const client = context.connect('/flood/much')
      for (let message = await next(client); message.mode === 'binary'; ) {
        message = await next(client)
      }
      await expectLog(context, 'much', ['stopped true', 'drained true'])
      client.close()
    },
  },
  {
    name: 'flush resolves when all has been handed to the transport',
    needs: ['flush', 'bufferedAmount'],
    async run(context) {
      const client = context.connect('/flush/all')
      expectEqual('the message', (await next(client)).byteLength, 65_536)
      await expectLog(context, 'all', ['flushed 0'])
      client.close()
    },
  },
  {
    name: 'a reader that lags too far behind is closed with 1013',
    needs: ['limits', 'bufferedAmount', 'pause'],
    async run(context) {
      const client = context.connect('/overflows/lag')
      await logged(context, 'lag', 2)
      const lines = await logged(context, 'lag', 2)
      expectTrue('it says why', lines[0]?.startsWith('error the peer reads too slowly') === true)
      expectTrue('it is 1013', lines[1]?.startsWith('closed 1013') === true)
      client.terminate()
    },
  },
  {
    name: 'by default, a reader may lag 16 MiB behind',
    needs: ['bufferedAmount'],
    async run(context) {
      const client = context.connect('/overflows-by-default/default')
      const lines = await logged(context, 'default', 3)
      expectEqual(
        'it was sent',
        lines.find((line) => line.startsWith('16 MiB')),
        '16 MiB true',
      )
      expectTrue(
        'it is 1013',
        lines.some((line) => line.startsWith('closed 1013')),
      )
      client.terminate()
    },
  },
  {
    name: 'what a slow reader has no room for may be dropped',
    needs: ['bufferedAmount'],
    setting: { webSockets: { slowConsumer: 'drop', maxBufferedAmount: 131_072 } },
    async run(context) {
      const client = context.connect('/sends-much/drop')
      const { count } = await untilDone(client)
      expectTrue('something was dropped', count < MUCH)
      await expectLog(context, 'drop', ['open true'])
      client.close()
    },
  },
  {
    name: 'a connection may have a policy of its own for a slow reader',
    needs: ['bufferedAmount'],
    async run(context) {
      const client = context.connect('/drops-much/own')
      const { count } = await untilDone(client)
      expectTrue('something was dropped', count < MUCH)
      await expectLog(context, 'own', ['open true'])
      client.close()
    },
  },
  {
    name: 'what a slow reader has no room for may wait',
    needs: ['bufferedAmount'],
    setting: { webSockets: { slowConsumer: 'wait', maxBufferedAmount: 131_072 } },
    async run(context) {
      const client = context.connect('/sends-much/wait')
      const { count } = await untilDone(client)
      expectEqual('what came', count, MUCH)
      await expectLog(context, 'wait', ['open false'])
      client.close()
    },
  },
  {
    name: 'listeners that are still working close with 1013 where reading cannot stop',
    without: ['pause'],
    async run({ connect }) {
      const client = connect('/works/overrun')
      const socket = await client.opened
      for (let i = 0; i < MANY; i++) socket.send('work')
      expectEqual('the end', (await client.closed).code, 1013)
    },
  },
  {
    name: 'the inbound mark counts bytes, too',
    needs: ['pause'],
    async run(context) {
      const client = context.connect('/works/bytes')
      await client.opened
      for (let i = 0; i < 40; i++) client.send(new Uint8Array(65_536))
      await logged(context, 'bytes', 17)
      for (let i = 0; i < 5; i++) await turn()
      expectEqual('at the mark', (await logged(context, 'bytes', 17)).length, 17)
      await resume(context, 'bytes')
      expectEqual('in the end', (await logged(context, 'bytes', 40)).length, 40)
      client.close()
    },
  },
  {
    name: 'listeners that are still working stop the reading at the inbound mark',
    needs: ['pause'],
    async run(context) {
      const client = context.connect('/works/busy')
      await client.opened
      for (let i = 0; i < MANY; i++) client.send('work')
      await logged(context, 'busy', 257)
      await turn()
      expectEqual('at the mark', (await logged(context, 'busy', 257)).length, 257)
      await resume(context, 'busy')
      expectEqual('in the end', (await logged(context, 'busy', MANY)).length, MANY)
      client.close()
    },
  },
  {
    name: 'a paused link reads nothing, a resumed one all',
    needs: ['pause'],
    async run(context) {
      const client = context.connect('/pauses/link')
      await client.opened
      for (const text of ['a', 'b']) client.send(text)
      await turn()
      expectEqual('while paused', await logged(context, 'link', 0), [])
      await resume(context, 'link')
      expectEqual('the first echo', await nextText(client), 'a')
      expectEqual('the second echo', await nextText(client), 'b')
      client.close()
    },
  },
  {
    name: 'a client that nobody takes messages from stops the sender, and can still be closed',
    needs: ['pause'],
    async run({ connect }) {
      const client = connect('/count/10000')
      await client.opened
      await turn()
      client.close()
      expectEqual('the end', (await client.closed).code, 1000)
    },
  },
  {
    name: 'a socket knows its engine',
    async run({ connect }) {
      const client = connect('/engine')
      const [named, lacks] = (await nextJson(client)) as readonly unknown[]
      expectEqual('the engine', [named, Array.isArray(lacks)], [true, true])
      client.close()
    },
  },
  {
    name: 'permessage-deflate is agreed to, and limits are for what it inflates to',
    needs: ['compression', 'deflate'],
    setting: { compression: true },
    async run({ connect }) {
      const client = connect('/echo')
      const { link } = await client.opened
      expectEqual(
        'the extensions',
        link.extensions.map(({ name }) => name),
        ['permessage-deflate'],
      )
      client.send('over and '.repeat(10_000))
      expectEqual('the echo', (await next(client)).byteLength, 90_000)
      client.send(new Uint8Array(2 * 1024 * 1024))
      expectEqual('the end', (await client.closed).code, 1009)
    },
  },
  {
    name: 'a socket knows its extensions',
    needs: ['extensions', 'deflate'],
    setting: { compression: true },
    async run({ connect }) {
      const client = connect('/engine')
      const [, , extensions] = (await nextJson(client)) as readonly unknown[]
      expectEqual('the extensions', extensions, ['permessage-deflate'])
      client.close()
    },
  },
  {
    name: 'a Ping is answered, and its Pong heard',
    needs: ['ping'],
    async run({ connect }) {
      const client = connect('/ping')
      expectEqual('the answer', await nextText(client), 'pong are you there')
      client.close()
    },
  },
  {
    name: 'a message may be sent in frames, as one likes',
    needs: ['sendFrame'],
    async run({ connect }) {
      const client = connect('/fragments')
      expectEqual('the message', await nextText(client), 'in two pieces')
      expectEqual('the next', await nextText(client), 'and 0 extensions')
      client.close()
    },
  },
  {
    name: 'control frames are heard of when they have been handled',
    needs: ['onControl', 'frameClient'],
    async run(context) {
      const client = context.connect('/controls/heard', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      const text = (content: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(content)
      frames.send(new Frame.Ping(text('one')))
      frames.send(new Frame.Pong(text('two')))
      frames.send(new Frame.Close(new Uint8Array(0)))
      await expectLog(context, 'heard', ['ping one', 'pong two', 'close'])
    },
  },
  {
    name: 'a peer that answers Pings stays connected',
    needs: ['pings', 'onControl'],
    async run(context) {
      const client = context.connect('/pongs/alive')
      expectEqual('the message', await nextText(client), 'three Pongs')
      client.close()
      await expectLog(context, 'alive', ['closed 1000'])
    },
  },
]
