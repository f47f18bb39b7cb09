import { CloseReason } from '../../../protocol/close/close-reason.ts'
import { Frame } from '../../../protocol/frame/frame.ts'
import type { FrameSocket } from '../../../websocket/frame-socket.ts'
import { turn } from '../../clock/in-time.ts'
import { expectEqual, expectTrue } from '../assert.ts'
import { ended, frameSocket } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import { logged } from '../observe.ts'
import type { ServerContext } from '../server-context.ts'

/** A client that says what it likes, and all the frames that come. */
async function raw(
  { connect }: ServerContext,
  path: string,
): Promise<{ socket: FrameSocket; frames: Frame[]; end: Promise<string> }> {
  const client = connect(path, { mode: 'frames' })
  const socket = await frameSocket(client)
  const frames: Frame[] = []
  socket.frames.onFrame((frame) => {
    frames.push(frame)
    // The other half of the close handshake.
    if (frame.type === 'close') socket.frames.send(frame)
  })
  return { socket, frames, end: ended(client) }
}

function shown(frame: Frame): string {
  return `${frame.type}${frame.fin ? '' : '...'} ${new TextDecoder().decode(frame.data)}`
}

export const frameCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'fragments are joined, and a Ping between them is answered first',
    needs: ['frameClient'],
    async run(context) {
      const { socket, frames, end } = await raw(context, '/echo')
      socket.frames.send(new Frame.Text('one ', false))
      socket.frames.send(new Frame.Ping(new TextEncoder().encode('ping')))
      socket.frames.send(new Frame.Text('message', true))
      socket.frames.send(new Frame.Close(CloseReason.NORMAL))
      await end
      expectEqual('the frames', frames.slice(0, 2).map(shown), ['pong ping', 'text one message'])
    },
  },
  {
    name: 'a frame of a client that is not masked closes with 1002',
    needs: ['masked', 'frameClient'],
    async run(context) {
      const { socket, end } = await raw(context, '/echo')
      socket.frames.masking = false
      socket.frames.send(new Frame.Text('as it is'))
      expectTrue('it is 1002', (await end).startsWith('1002 '))
    },
  },
  {
    name: 'nobody is pinged unless it is asked for',
    needs: ['frameClient'],
    async run(context) {
      const { socket, frames, end } = await raw(context, '/echo')
      for (let i = 0; i < 50; i++) await turn()
      socket.frames.send(new Frame.Close(CloseReason.NORMAL))
      await end
      expectEqual(
        'the frames',
        frames.map(({ type }) => type),
        ['close'],
      )
    },
  },
  {
    name: 'a configuration with pings closes whoever does not answer them',
    needs: ['pings', 'frameClient'],
    setting: { webSockets: { pingInterval: 10, pongTimeout: 40 } },
    async run(context) {
      const { frames, end } = await raw(context, '/echo')
      expectEqual('the end', await end, '1011 Ping timeout')
      expectEqual('the first frame', frames[0]?.type, 'ping')
    },
  },
  {
    name: 'behind a slow reader 64 Pongs wait, and then only the newest',
    needs: ['pendingPongs', 'bufferedAmount', 'frameClient'],
    async run(context) {
      const { socket, frames } = await raw(context, '/flood/pongs')
      socket.link.pause()
      await logged(context, 'pongs', 1)
      for (let i = 0; i < 200; i++) {
        socket.frames.send(new Frame.Ping(new TextEncoder().encode(String(i))))
      }
      for (let i = 0; i < 50; i++) await turn()
      socket.link.resume()
      const pongs = (): string[] => frames.filter(({ type }) => type === 'pong').map(shown)
      while (pongs().at(-1) !== 'pong 199') await turn()
      expectTrue('at most 64, and the newest', pongs().length <= 65)
      socket.terminate()
    },
  },
  {
    name: 'a peer that does not answer Pings is closed with 1011',
    needs: ['pings', 'frameClient'],
    async run(context) {
      const { frames, end } = await raw(context, '/pings/dead')
      expectEqual('the end', await end, '1011 Ping timeout')
      expectEqual('the first frame', frames[0]?.type, 'ping')
      const [error = ''] = await logged(context, 'dead', 2)
      expectTrue('the server says why', error.startsWith('error no Pong came within 40 ms'))
    },
  },
  {
    name: 'a peer that answers only the newest Ping stays connected',
    needs: ['pings', 'ping', 'frameClient'],
    async run(context) {
      const { socket, frames, end } = await raw(context, '/own-pings')
      const { link } = socket
      const pings = (): Frame[] => frames.filter(({ type }) => type === 'ping')
      while (pings().length < 1) await turn()
      socket.frames.send(new Frame.Text('own'))
      while (pings().length < 2) await turn()
      expectEqual('the second', shown(pings()[1]!), 'ping own')
      socket.frames.send(new Frame.Pong(pings()[1]!.data))
      // Only where that Pong is taken, another Ping follows.
      while (pings().length < 3 && link.closeRecord === undefined) await turn()
      socket.frames.send(new Frame.Close(new CloseReason(1000)))
      expectEqual('the end', await end, '1000')
    },
  },
  {
    name: 'text that is not UTF-8 closes with 1007',
    needs: ['malformedText', 'frameClient'],
    async run(context) {
      const { socket, end } = await raw(context, '/echo')
      socket.frames.send(new Frame.Text(Uint8Array.of(0x61, 0xff)))
      expectTrue('it is 1007', (await end).startsWith('1007 '))
    },
  },
  {
    name: 'text that cannot be UTF-8 is noticed before its message is complete',
    needs: ['earlyText', 'frameClient'],
    async run(context) {
      const { socket, end } = await raw(context, '/echo')
      socket.frames.send(new Frame.Text(Uint8Array.of(0x61, 0xff), false))
      expectTrue('it is 1007', (await end).startsWith('1007 '))
    },
  },
  {
    name: '16,384 empty fragments in one message are taken, one more closes with 1008',
    needs: ['emptyFragments', 'frameClient'],
    async run(context) {
      const { socket, frames, end } = await raw(context, '/echo')
      const empties = (count: number): void => {
        for (let i = 0; i < count; i++) socket.frames.send(new Frame.Text('', false))
      }
      empties(16_384)
      socket.frames.send(new Frame.Text('whole', true))
      empties(16_385)
      expectTrue('it is 1008', (await end).startsWith('1008 '))
      expectEqual('the first', shown(frames[0]!), 'text whole')
    },
  },
  {
    name: 'a large message is refused by its fragments, too',
    needs: ['earlySize', 'frameClient'],
    async run(context) {
      const { socket, end } = await raw(context, '/echo')
      for (let i = 0; i < 17; i++) {
        socket.frames.send(new Frame.Binary(new Uint8Array(65_536), false))
      }
      expectTrue('it is 1009', (await end).startsWith('1009 '))
    },
  },
  {
    name: 'an empty Close frame is 1005 on the server',
    needs: ['frameClient'],
    async run(context) {
      const { socket, frames, end } = await raw(context, '/watched/empty')
      socket.frames.send(new Frame.Close(new Uint8Array(0)))
      await end
      expectEqual('the answer', frames.map(shown), ['close '])
      expectEqual('on the server', (await logged(context, 'empty', 2))[1], 'closed 1005')
    },
  },
  {
    name: 'a socket of frames has every frame as it came, and answers nothing by itself',
    needs: ['frames', 'frameClient'],
    async run(context) {
      const { socket, frames, end } = await raw(context, '/frames')
      socket.frames.send(new Frame.Text('a', false))
      socket.frames.send(new Frame.Ping(new TextEncoder().encode('b')))
      socket.frames.send(new Frame.Text('c', true))
      socket.frames.send(new Frame.Close(new CloseReason(4000, 'bye')))
      expectEqual('the end', await end, '4000 bye')
      expectEqual('the frames', frames.slice(0, -1).map(shown), ['text... a', 'ping b', 'text c'])
      expectEqual('the last', frames.at(-1)?.type, 'close')
    },
  },
]
