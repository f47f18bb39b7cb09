import { Frame } from '../../../protocol/frame/frame.ts'
import { bind } from '../../../routing/bind.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import { accept } from '../../../websocket/accept.ts'
import type { AcceptLimits } from '../../../websocket/accept-limits.ts'
import type { WsConsumer, WsResponse } from '../../../websocket/ws-handler.ts'
import type { ContractLog } from '../contract-log.ts'

const CHUNK = new Uint8Array(65_536)

/** More than any system buffers for one connection. */
const MOST_CHUNKS = 2_048

/** Asked of every engine, whatever its type says: the cases are not for those that lack it. */
function limited(limits: AcceptLimits, consumer: WsConsumer): WsResponse {
  return accept(consumer, { limits }) as WsResponse
}

/** Chunks that are more than fit into the buffers of any system. */
const MUCH = 400

/** Sends a lot, and looks at what became of it. */
function sendsMuch(log: ContractLog, id: string): WsConsumer {
  return async (socket) => {
    for (let i = 0; i < MUCH; i++) socket.send(CHUNK)
    log.add(id, `${socket.state} ${socket.bufferedAmount <= 131_072}`)
    await socket.drained()
    socket.send('done')
  }
}

export function flowRoutes(log: ContractLog): WsRouter {
  return websockets(
    // Sends until `send` says no, and goes on when it is drained.
    bind('/flood/:id', ({ params }) => async (socket) => {
      let count = 0
      while (count < MOST_CHUNKS && socket.send(CHUNK)) count++
      log.add(params.id, `stopped ${count < MOST_CHUNKS && socket.bufferedAmount > 0}`)
      await socket.drained()
      log.add(params.id, `drained ${socket.bufferedAmount <= 65_536}`)
      socket.send('done')
    }),
    bind('/flush/:id', ({ params }) => async (socket) => {
      socket.send(CHUNK)
      await socket.link.flush?.()
      log.add(params.id, `flushed ${socket.bufferedAmount}`)
    }),
    bind('/overflows/:id', ({ params }) =>
      limited({ maxBufferedAmount: 131_072 }, (socket) => {
        log.watch(params.id, socket)
        for (let i = 0; i < MOST_CHUNKS && socket.state === 'open'; i++) socket.send(CHUNK)
      }),
    ),
    bind('/overflows-by-default/:id', ({ params }) => (socket) => {
      log.watch(params.id, socket)
      let sent = 0
      while (sent < MOST_CHUNKS && socket.state === 'open') {
        socket.send(CHUNK)
        sent++
      }
      log.add(params.id, `16 MiB ${sent * CHUNK.length >= 16 * 1024 * 1024}`)
    }),
    bind('/sends-much/:id', ({ params }) => sendsMuch(log, params.id)),
    bind('/drops-much/:id', ({ params }) =>
      limited({ maxBufferedAmount: 131_072, slowConsumer: 'drop' }, sendsMuch(log, params.id)),
    ),
    bind('/deaf', () => () => {}),
    // Every message is being worked on until `/resume/:id`.
    bind('/works/:id', ({ params }) => (socket) => {
      const resumed = log.until(params.id)
      let count = 0
      socket.onMessage(async () => {
        log.add(params.id, String(++count))
        await resumed
      })
    }),
    bind('/pauses/:id', ({ params }) => (socket) => {
      const resumed = log.until(params.id)
      socket.onMessage((message) => {
        log.add(params.id, message.text())
        socket.send(message)
      })
      socket.link.pause?.()
      void resumed.then(() => socket.link.resume?.())
    }),
    bind('/small', () =>
      accept((socket) => socket.onMessage((message) => socket.send(String(message.byteLength))), {
        limits: { maxMessageSize: 100 },
      }),
    ),
    bind('/small-frames', () =>
      limited({ maxFrameSize: 100 }, (socket) =>
        socket.onMessage((message) => socket.send(message)),
      ),
    ),
    bind('/shrinks', () => (socket) => {
      const { limits } = socket.link
      if (limits !== undefined) limits.maxMessageSize = 10
      socket.onMessage((message) => socket.send(message))
    }),
    bind('/large/:id', ({ params }) => (socket) => {
      log.watch(params.id, socket)
      socket.onMessage((message) => socket.send(String(message.byteLength)))
    }),
    bind('/ping', () => (socket) => {
      socket.link.onPong?.((data) => socket.send(`pong ${new TextDecoder().decode(data)}`))
      socket.link.ping?.(new TextEncoder().encode('are you there'))
    }),
    bind('/fragments', () => (socket) => {
      socket.link.sendFrame?.(new Frame.Text('in two ', false))
      socket.link.sendFrame?.(new Frame.Text('pieces', true))
      socket.send(`and ${socket.link.extensions.length} extensions`)
    }),
    bind('/controls/:id', ({ params }) => (socket) => {
      socket.link.onControl?.(({ type, data }) => {
        log.add(params.id, `${type} ${new TextDecoder().decode(data)}`.trimEnd())
      })
      socket.onMessage((message) => socket.send(message))
    }),
    bind('/engine', () => (socket) => {
      const { engine, extensions } = socket.link
      const names = extensions.map(({ name }) => name)
      socket.send(JSON.stringify([engine?.name !== '', engine?.lacks, names]))
    }),
    bind('/pings/:id', ({ params }) => (socket) => {
      log.watch(params.id, socket)
      socket.link.pings = { pingInterval: 10, pongTimeout: 40 }
      socket.onMessage((message) => socket.send(message))
    }),
    // Once a client has asked for a Ping, a Pong for that is all that comes from it.
    bind('/own-pings', () => (socket) => {
      socket.link.pings = { pingInterval: 10, pongTimeout: 5_000 }
      socket.onMessage((message) => socket.link.ping?.(message.bytes()))
    }),
    // Only where the Pong is taken, another Ping follows.
    bind('/pongs/:id', ({ params }) => (socket) => {
      log.watch(params.id, socket)
      socket.link.pings = { pingInterval: 10, pongTimeout: 5_000 }
      let pongs = 0
      socket.link.onControl?.(({ type }) => {
        if (type === 'pong') pongs++
        if (pongs === 3) socket.send('three Pongs')
      })
    }),
  )
}
