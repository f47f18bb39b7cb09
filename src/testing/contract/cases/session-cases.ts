import { CloseReason } from '../../../protocol/close/close-reason.ts'
import { Frame } from '../../../protocol/frame/frame.ts'
import { turn } from '../../clock/in-time.ts'
import { expectEqual, expectTrue } from '../assert.ts'
import { ended, frameSocket, next, nextJson, nextText, texts } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { expectLog, resume } from '../observe.ts'
import type { ServerContext } from '../server-context.ts'

const CHUNK = new Uint8Array(65_536)

/** More than any system buffers for one connection, and a session besides. */
const MOST_CHUNKS = 1_024

export const sessionCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'a session echoes what comes, in order, until the client closes',
    async run({ connect }) {
      const client = connect('/session/echo')
      for (let i = 0; i < 100; i++) client.send(String(i).repeat(i))
      expectEqual(
        'the echoes',
        await texts(client, 100),
        Array.from({ length: 100 }, (_, i) => String(i).repeat(i)),
      )
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session knows its parameters, its subprotocol and its response',
    async run({ connect }) {
      const client = connect('/session/rooms/7', { protocols: ['chat.v2', 'chat.v1'] })
      expectEqual('the answer', await nextText(client), '7 yes')
      expectEqual('the subprotocol', client.protocol, 'chat.v1')
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session as streams passes on text and bytes, in order, until the client closes',
    async run({ connect }) {
      const client = connect('/session/streams')
      const sent = ['a', Uint8Array.of(1, 0xff), '', 'b'.repeat(100_000)]
      for (const content of sent) client.send(content)
      for (const content of sent) {
        const message = await next(client)
        expectEqual(
          'the message',
          message.mode === 'text' ? message.text() : message.bytes(),
          content,
        )
      }
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session closes when its stream is closed, after what was written',
    async run(context) {
      const client = context.connect('/session/streams/ending')
      expectEqual('the message', await nextText(client), 'the last')
      expectEqual('the end', await ended(client), '1000')
      await expectLog(context, 'ending', ['closed'])
    },
  },
  {
    name: 'a session receives and sends values',
    async run({ connect }) {
      const client = connect('/session/values')
      client.send('{"a":[1,null]}')
      expectEqual('the answer', await nextJson(client), { got: { a: [1, null] } })
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a handler that throws is 1011, and only the server hears why',
    needs: ['hook'],
    async run(context) {
      const client = context.connect('/session/fails/why')
      client.send('now')
      expectEqual('the end', await ended(client), '1011 Internal error')
      await expectLog(context, 'why', ['text'])
      const messages = (await context.reports!()).map(({ message }) => message)
      expectEqual('the reports', messages, ['inner detail'])
    },
  },
  {
    name: 'the record of a session has both sides, and its signal aborts',
    needs: ['records', 'closeCodes'],
    async run(context) {
      const first = context.connect('/session/closes/local')
      first.send('bye')
      expectEqual('the end', await ended(first), '4000 bye')
      await expectLog(context, 'local', ['aborted', '4000 4000 local true'])
      const second = context.connect('/session/closes/remote')
      await second.opened
      second.close(new CloseReason(4002))
      await second.closed
      await expectLog(context, 'remote', ['aborted', '4002 4002 remote true'])
      const third = context.connect('/session/closes/transport')
      await third.opened
      third.terminate()
      await expectLog(context, 'transport', ['aborted', 'undefined undefined transport false'])
    },
  },
  {
    name: 'a session pings, and stays open while the client answers',
    needs: ['pings'],
    async run(context) {
      const client = context.connect('/session/pings/5000/alive')
      client.send('hello')
      expectEqual('the echo', await nextText(client), 'hello')
      for (let i = 0; i < 60; i++) await turn()
      client.send('still here')
      expectEqual('the echo', await nextText(client), 'still here')
      client.close()
      await expectLog(context, 'alive', ['closed 1000'])
    },
  },
  {
    name: 'a session gives up a client that answers no Ping, and its loop hears why',
    needs: ['pings', 'frameClient'],
    async run(context) {
      const client = context.connect('/session/pings/40/silent', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      const seen: string[] = []
      frames.onFrame((frame) => seen.push(frame.type))
      expectEqual('the end', await ended(client), '1011 Ping timeout')
      expectEqual('what came', seen, ['ping', 'close'])
      await expectLog(context, 'silent', ['closed 1011', 'PingTimeoutException'])
    },
  },
  {
    name: 'a limit that a session sets closes with 1009, and its loop hears why',
    needs: ['limits'],
    async run(context) {
      const client = context.connect('/session/small/limit')
      client.send('1234567890')
      expectEqual('the echo', await nextText(client), '1234567890')
      client.send('12345678901')
      expectEqual('the code', (await client.closed).code, 1009)
      await expectLog(context, 'limit', ['FrameTooBigException'])
    },
  },
  {
    name: 'a session that is slow to receive stops the sender, and loses nothing',
    needs: ['pause', 'bufferedAmount'],
    async run(context) {
      const client = context.connect('/session/slow/much')
      const socket = await client.opened
      let sent = 0
      while (sent < MOST_CHUNKS) {
        sent++
        if (!socket.send(CHUNK) && (await stuck(socket.drained()))) break
      }
      expectTrue('the sender was stopped', sent < MOST_CHUNKS)
      await resume(context, 'much')
      await socket.drained()
      client.send('!')
      expectEqual('the bytes', await nextText(client), String(sent * CHUNK.length + 1))
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session waits for a client that is slow to receive',
    async run({ connect }) {
      const client = connect('/session/sends/200')
      await client.opened
      for (let i = 0; i < 20; i++) await turn()
      let bytes = 0
      for await (const message of client.received()) {
        if (message.mode === 'text') break
        bytes += message.byteLength
      }
      expectEqual('the bytes', bytes, 200 * 65_536)
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a close of a session that is given up, behind what the client does not read, keeps its reason',
    needs: ['bufferedAmount', 'frameClient'],
    setting: { webSockets: { closeTimeout: 50 } },
    async run(context) {
      const client = context.connect('/session/closes-behind-much/unread', { mode: 'frames' })
      const { link } = await frameSocket(client)
      link.pause()
      await expectLog(context, 'unread', ['1001 undefined local false'])
      client.terminate()
    },
  },
  {
    name: 'a session answers a Ping by itself, and may be shown a copy',
    needs: ['ping'],
    async run({ connect }) {
      const client = connect('/session/control')
      const { link } = await client.opened
      const pong = new Promise<string>((resolve) => {
        link.onPong?.((data) => resolve(new TextDecoder().decode(data)))
      })
      link.ping?.(new TextEncoder().encode('?'))
      expectEqual('the answer', await pong, '?')
      expectEqual('the copy', await nextText(client), 'ping ?')
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session sends a message in fragments, with a Ping between',
    needs: ['ping', 'sendFrame'],
    async run({ connect }) {
      const client = connect('/session/fragments')
      expectEqual('the message', await nextText(client), 'in three pieces')
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session streams messages through, larger ones than others may be',
    needs: ['frames'],
    async run({ connect }) {
      const client = connect('/session/streamed')
      const large = new Uint8Array(3 * 1024 * 1024).fill(7)
      client.send('ä'.repeat(100_000))
      client.send(large)
      client.send('')
      expectEqual('the text', await nextText(client), 'ä'.repeat(100_000))
      const back = (await next(client)).bytes()
      expectEqual('the size', back.length, large.length)
      expectTrue(
        'the bytes are those that were sent',
        back.every((byte) => byte === 7),
      )
      expectEqual('the empty message', (await next(client)).bytes().length, 0)
      client.close()
      expectEqual('the end', await ended(client), '1000')
    },
  },
  {
    name: 'a session streams a message before that is whole, and answers a Ping within it',
    needs: ['frames', 'frameClient'],
    async run({ connect }) {
      const client = connect('/session/streamed', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      const seen: string[] = []
      frames.onFrame((frame) => {
        seen.push(`${frame.type} ${frame.fin} ${new TextDecoder().decode(frame.data)}`)
        if (seen.length === 1) frames.send(new Frame.Ping(new Uint8Array([0x70])))
        if (seen.length === 2) frames.send(new Frame.Text('b', true))
        if (seen.length === 4) frames.send(new Frame.Close(CloseReason.NORMAL))
      })
      frames.send(new Frame.Text('a', false))
      await client.closed
      const echo = ['text false a', 'pong true p', 'text false b', 'text true ']
      expectEqual('what came', seen.slice(0, 4), echo)
    },
  },
  {
    name: 'a raw session sees every frame, and answers none by itself',
    needs: ['frames', 'frameClient', 'closeCodes'],
    async run({ connect }) {
      const client = connect('/raw', { mode: 'frames' })
      const { frames } = await frameSocket(client)
      const seen: string[] = []
      frames.onFrame((frame) => {
        seen.push(frame.type === 'text' ? frame.readText() : frame.type)
        if (seen.length === 3) frames.send(new Frame.Close(new CloseReason(4000)))
      })
      frames.send(new Frame.Text(new Uint8Array(3).fill(0x61), false))
      frames.send(new Frame.Ping())
      frames.send(new Frame.Text(new Uint8Array(2).fill(0x62)))
      expectEqual('the end', (await client.closed).code, 4000)
      expectEqual('what came', seen, ['text false 3', 'ping true 0', 'text true 2', 'close'])
      const record = (await client.opened).link.closeRecord
      expectEqual('the answer', record?.remote?.code, 4001)
    },
  },
]

/** Whether a promise is still pending after a while. */
async function stuck(promise: Promise<void>): Promise<boolean> {
  let pending = true
  void promise.then(() => {
    pending = false
  })
  for (let i = 0; pending && i < 100; i++) await turn()
  return pending
}
