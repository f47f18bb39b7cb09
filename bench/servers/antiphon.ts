import {
  bind,
  decorate,
  idleTimeout,
  Message,
  rateLimit,
  serve,
  typed,
  WebSocketExtensions,
  type WebSockets,
  type Websocket,
  type WsHandler,
  type WsRouter,
  webSocket,
  websockets,
} from 'antiphon'
import { node } from 'antiphon/node'
import { type Case, compresses } from '../case.ts'
import { ready } from './control.ts'

const [style = 'handler', given = '{}'] = process.argv.slice(2)
const measured: Partial<Case> = JSON.parse(given)

const echo = (socket: Websocket): void => {
  socket.onMessage((message) => socket.send(message))
}

const subscribers = new Set<Websocket>()

function broadcast(): WsHandler {
  return (request) =>
    request.path === '/subscribe'
      ? (socket) => {
          subscribers.add(socket)
          socket.onClose(() => subscribers.delete(socket))
        }
      : (socket) => {
          socket.onMessage((message) => {
            for (const subscriber of subscribers) subscriber.send(message)
          })
        }
}

/** Three filters: two of the ready-made ones, and one as users write them. */
function filtered(router: WsRouter): WsRouter {
  const seen = { messages: 0 }
  return router
    .withFilter(idleTimeout(60_000))
    .withFilter(rateLimit({ messages: { perSecond: 1e9, burst: 1e9 } }))
    .withFilter(
      (next) => (socket) =>
        next(
          decorate(socket, {
            message(message, deliver) {
              seen.messages++
              return deliver(message)
            },
          }),
        ),
    )
}

const bytes = { receive: Message.binary(), send: Message.binary() }
const text = { receive: Message.text(), send: Message.text() }

const STYLES: Readonly<Record<string, () => WsHandler>> = {
  handler: () => () => echo,

  session: () =>
    websockets(
      webSocket('/', async (session) => {
        for await (const frame of session.incoming) await session.send(frame)
      }),
    ),

  filters: () => filtered(websockets(bind('/', () => echo))),

  async: () => () => async (socket) => {
    await Promise.resolve()
    socket.onMessage(async (message) => {
      await Promise.resolve()
      socket.send(message)
    })
  },

  typed: () => () => (socket) => {
    if (measured.payload === 'binary') {
      const view = typed(socket, bytes)
      view.onMessage((value) => view.send(value))
    } else {
      const view = typed(socket, text)
      view.onMessage((value) => view.send(value))
    }
  },

  stacked: () =>
    filtered(
      websockets(
        webSocket('/', async (session) => {
          if (measured.payload === 'binary') {
            const view = typed(session, bytes)
            for await (const value of view.incoming) await view.send(value)
          } else {
            const view = typed(session, text)
            for await (const value of view.incoming) await view.send(value)
          }
        }),
      ),
    ),
}

const DEFAULT_LIMIT = 1024 * 1024

/** No options, except for what a workload is about. */
function options(): WebSockets {
  const { size = 0 } = measured
  if (!compresses(measured.workload)) return size > DEFAULT_LIMIT ? { maxMessageSize: size } : {}
  const keep = measured.takeover === true
  const config = { serverNoContextTakeover: !keep, clientNoContextTakeover: !keep }
  return { extensions: [WebSocketExtensions.deflate(config)] }
}

const app = measured.workload?.endsWith('broadcast') ? broadcast() : STYLES[style]?.()
if (app === undefined) throw new TypeError(`there is no style ${style}`)
const server = await serve(app, node({ webSockets: options() }))
ready(server.port, () => server.stop({ drain: 60_000 }))
