import unsafe from 'workerd:unsafe'
import type { PolyHandler, WsHandler } from 'antiphon'
import {
  type DurableObjectHandlers,
  type DurableObjectState,
  durableObject,
  type ExecutionContext,
  type Worker,
  type WorkersSocket,
  type WorkersWebSocket,
  type WorkersWebSockets,
  worker,
} from 'antiphon/cloudflare'
import { remoteClient } from '../remote-client.ts'
import { runSuites } from '../run-suites.ts'
import { APPS } from './apps.ts'
import { bindings, type Env } from './own-app.ts'

// biome-ignore lint/performance/noBarrelFile: a Worker exports its objects
export { Room } from './room.ts'

/**
 * Serves the applications under `/worker/:app/:id/` as Workers, and under `/object/:app/:id/` in Durable Objects: for each
 * id one of its own. The application `room`, for sockets that sleep, is an object only. `/setting/` says how its WebSockets
 * are to be, `/reports/` what the hook has heard since then; `/sleep/` puts the object out of memory. `/client/` runs the
 * contract of clients, with the server at `?to=`.
 */

const settings = new Map<string, WorkersWebSockets>()
const workers = new Map<string, Worker<Env>>()
const reports: { readonly name: string; readonly message: string }[] = []

function appOf(name: string): PolyHandler<WorkersSocket> | WsHandler<WorkersSocket> {
  const app = APPS.get(name)
  if (app === undefined) throw new Error(`there is no application '${name}'`)
  return app()
}

function webSocketsOf(id: string): WorkersWebSockets {
  return {
    onError: ({ name, message }) => reports.push({ name, message }),
    ...settings.get(id),
  }
}

function workerOf(app: string, id: string): Worker<Env> {
  const made =
    workers.get(id) ?? worker(appOf(app), { env: bindings, webSockets: webSocketsOf(id) })
  workers.set(id, made)
  return made
}

/**
 * What workerd unmasks itself, whoever sent it; and a connection that fails is an `error` there with no `close` behind it,
 * which the client waits for.
 */
const LACKS = ['unmasked'] as const

/** Answers at once; each line is sent when it is told. */
function clientRun(to: string, context: ExecutionContext): Response {
  const { readable, writable } = new TextEncoderStream()
  const writer = writable.getWriter()
  const run = runSuites([remoteClient(to, LACKS)], (line) => writer.write(`${line}\n`))
  context.waitUntil(run.finally(() => void writer.close()))
  return new Response(readable)
}

/** An object whose name says what it serves. */
export class AppObject {
  readonly #object: DurableObjectHandlers

  constructor(state: DurableObjectState & { readonly id: { readonly name: string } }, env: Env) {
    const [app = '', id = ''] = state.id.name.split('/')
    const Served = durableObject<Env>(() => appOf(app), { webSockets: webSocketsOf(id) })
    this.#object = new Served(state, env)
  }

  fetch(request: Request): Promise<Response> {
    return this.#object.fetch(request)
  }

  webSocketMessage(socket: WorkersWebSocket, message: string | ArrayBuffer): Promise<void> {
    return this.#object.webSocketMessage(socket, message)
  }
}

const PATH = /^\/(worker|object|setting|reports|sleep|client)\/([\w-]+)\/(\d+)(\/.*)$/

const main: Worker<Env> = {
  async fetch(request, env, context) {
    const url = new URL(request.url)
    const [, asked, name = '', id = '', path = ''] = PATH.exec(url.pathname) ?? []
    const object =
      name === 'room' ? env.ROOMS.getByName(id) : env.OBJECTS.getByName(`${name}/${id}`)
    url.pathname = path
    const own = new Request(url, request)
    switch (asked) {
      case 'worker':
        return await workerOf(name, id).fetch(own, env, context)
      case 'object':
        return await object.fetch(own)
      case 'setting':
        settings.set(id, await request.json())
        reports.length = 0
        return new Response()
      case 'reports':
        return Response.json(reports)
      case 'sleep':
        await unsafe.evict(object)
        return new Response()
      case 'client':
        return clientRun(url.searchParams.get('to') ?? '', context)
      default:
        return new Response(`there is nothing at ${request.url}`, { status: 404 })
    }
  },
}

// biome-ignore lint/style/noDefaultExport: it is what makes it a Worker
export { main as default }
