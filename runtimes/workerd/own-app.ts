import {
  bind,
  connectionLimit,
  type Poly,
  poly,
  type RequestKey,
  requestKey,
  routes,
  type Websocket,
  websockets,
} from 'antiphon'
import { executionContext } from 'antiphon/cloudflare'

/** The bindings of `config.ts`. */
export interface Env {
  readonly OBJECTS: Namespace
  readonly ROOMS: Namespace
  readonly GREETING: string
}

interface Namespace {
  getByName(name: string): { fetch(request: Request): Promise<Response> }
}

export const bindings: RequestKey<Env> = requestKey('bindings')

/** What only a Worker has: bindings, the context of a call, requests that are over, and objects behind it. */
export function ownApp(): Poly {
  const done: string[] = []
  let other: Websocket | undefined

  const limited = connectionLimit({ total: 1 })(async ({ path }) => {
    done.push(path)
    await new Promise((resolve) => setTimeout(resolve, Number(path.split('/').at(-1))))
    return () => {}
  })

  const later = async (what: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    done.push(what)
  }

  return poly(
    routes(
      bind('/done', () => Response.json(done)),
      bind('/greeting', (request) => new Response(request.get(bindings).GREETING)),
      bind('/rooms/:room/*', (request) =>
        roomOf(request.get(bindings), request.params.room, request.raw),
      ),
    ),
    websockets(
      bind('/greeting', (request) => (socket) => {
        socket.send(
          `${request.get(bindings).GREETING} ${socket.upgradeRequest.get(bindings) === request.get(bindings)}`,
        )
      }),
      // All of it is still at work when the socket has closed.
      bind('/outlasts/:who', ({ params: { who } }) => async (socket) => {
        if (who === 'onMessage') socket.onMessage(() => later(who))
        if (who === 'onError') socket.onMessage(() => Promise.reject(new Error('no')))
        if (who === 'onError') socket.onError(() => later(who))
        if (who === 'onClose') socket.onClose(() => later(who))
        if (who === 'consumer') await later(who)
      }),
      bind('/outlasts', (request) => (socket) => {
        socket.onClose(() => request.get(executionContext).waitUntil(later('waitUntil')))
      }),
      bind('/waits', () => (socket) => {
        other = socket
      }),
      bind('/limited/:pause', (request) => limited(request)),
      bind('/meets', () => (socket) => {
        socket.onError((error) => socket.send(`${error.name}: ${error.message}`))
        socket.onMessage(() => other?.send('hello'))
      }),
      bind('/rooms/:room/*', (request) =>
        roomOf(request.get(bindings), request.params.room, request.raw),
      ),
    ),
  )
}

/** A Durable Object answers for the Worker, also with a socket. */
function roomOf({ ROOMS }: Env, room: string, request: Request): Promise<Response> {
  const url = new URL(request.url)
  url.pathname = url.pathname.replace(`/rooms/${room}`, '')
  return ROOMS.getByName(room).fetch(new Request(url, request))
}
