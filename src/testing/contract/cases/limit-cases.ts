import { Frame } from '../../../protocol/frame/frame.ts'
import { expectEqual, expectTrue } from '../assert.ts'
import { ended, frameSocket, nextText } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { logged } from '../observe.ts'
import type { ServerContext } from '../server-context.ts'

const MIB = 1024 * 1024

export const limitCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'a message of 1 MiB is taken',
    async run({ connect }) {
      const client = connect('/large/fits')
      client.send('a'.repeat(MIB))
      expectEqual('the length', await nextText(client), String(MIB))
      client.close()
    },
  },
  {
    name: 'a larger message closes with 1009',
    async run({ connect }) {
      const client = connect('/large/exceeds')
      client.send(new Uint8Array(MIB + 1))
      expectEqual('the end', (await client.closed).code, 1009)
    },
  },
  {
    name: 'a larger message is an error and 1009 on the server',
    async run(context) {
      const client = context.connect('/large/heard')
      client.send(new Uint8Array(MIB + 1))
      const [error = '', end = ''] = await logged(context, 'heard', 2)
      expectTrue('there is an error', error.startsWith('error '))
      expectTrue('it is 1009', end.startsWith('closed 1009'))
    },
  },
  {
    name: 'of a larger message the server learns the size',
    needs: ['sizes'],
    async run(context) {
      const client = context.connect('/large/told')
      client.send(new Uint8Array(MIB + 1))
      const [error = ''] = await logged(context, 'told', 2)
      expectTrue('the error names the size', error.includes(String(MIB + 1)))
    },
  },
  {
    name: 'a connection may have a limit of its own, which is inclusive',
    needs: ['limits'],
    async run({ connect }) {
      const client = connect('/small')
      client.send('a'.repeat(100))
      expectEqual('the length', await nextText(client), '100')
      client.send('a'.repeat(101))
      expectEqual('the end', (await client.closed).code, 1009)
    },
  },
  {
    name: 'frames may have a limit of their own',
    needs: ['frameLimits', 'frameClient'],
    async run({ connect }) {
      const client = connect('/small-frames', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      const echo = new Promise<number>((resolve) => {
        frames.onFrame((frame) => frame.type === 'binary' && resolve(frame.data.length))
      })
      frames.send(new Frame.Binary(new Uint8Array(100), false))
      frames.send(new Frame.Binary(new Uint8Array(100), true))
      expectEqual('the echo', await echo, 200)
      frames.send(new Frame.Binary(new Uint8Array(101)))
      expectEqual('the end', (await client.closed).code, 1009)
    },
  },
  {
    name: 'limits may be changed while the connection is open',
    needs: ['limits'],
    async run({ connect }) {
      const client = connect('/shrinks')
      client.send('a'.repeat(10))
      expectEqual('the echo', await nextText(client), 'a'.repeat(10))
      client.send('a'.repeat(11))
      expectTrue('it is 1009', (await ended(client)).startsWith('1009 '))
    },
  },
]
