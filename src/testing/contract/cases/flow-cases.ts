import { Frame } from '../../../protocol/frame.ts'
import { expectEqual, expectTrue } from '../assert.ts'
import { frameSocket, next, nextText } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { expectLog, logged, resume, turn } from '../observe.ts'
import type { ServerContext } from '../server-contract.ts'

/** Past the inbound mark of 256 messages. */
const MANY = 600

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
    needs: ['pings'],
    async run(context) {
      const client = context.connect('/pings/alive')
      client.send('hello')
      expectEqual('the echo', await nextText(client), 'hello')
      for (let i = 0; i < 60; i++) await turn()
      client.send('still here')
      expectEqual('the echo', await nextText(client), 'still here')
      client.close()
      await expectLog(context, 'alive', ['closed 1000'])
    },
  },
]
