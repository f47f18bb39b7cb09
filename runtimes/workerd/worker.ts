import unsafe from 'workerd:unsafe'
import type { PolyHandler, WsHandler } from 'antiphon'
import {
  type DurableObjectHandlers,
  type DurableObjectState,
  durableObject,
  type Worker,
  type WorkersSocket,
  type WorkersWebSocket,
  type WorkersWebSockets,
  worker,
} from 'antiphon/cloudflare'
import { APPS } from './apps.ts'

// biome-ignore lint/performance/noBarrelFile: a Worker exports its objects
export { Room } from './room.ts'

/**
 * Serves the applications under `/worker/:app/:id/` as Workers, and under `/object/:app/:id/` in Durable Objects: for each
 * id one of its own. `/room/:id/` is the room for sockets that sleep.
 */

interface Env {
  readonly OBJECTS: Namespace
  readonly ROOMS: Namespace
}

interface Namespace {
  getByName(name: string): { fetch(request: Request): Promise<Response> }
}

const settings = new Map<string, WorkersWebSockets>()
const workers = new Map<string, Worker<unknown>>()
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

function workerOf(app: string, id: string): Worker<unknown> {
  const made = workers.get(id) ?? worker(appOf(app), { webSockets: webSocketsOf(id) })
  workers.set(id, made)
  return made
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

/** What the program that runs the cases asks. */
const CONTROLS: Readonly<Record<string, (request: Request, id: string) => Promise<Response>>> = {
  async setting(request, id) {
    settings.set(id, await request.json())
    reports.length = 0
    return new Response()
  },
  reports: async () => Response.json(reports),
  async evict() {
    await unsafe.evictAllDurableObjects()
    return new Response()
  },
}

const PATH = /^\/(worker|object|control)\/([\w-]+)\/(\d+)(\/.*)$/

const main: Worker<Env> = {
  async fetch(request, env, context) {
    const url = new URL(request.url)
    const [, place, name = '', id = '', path = ''] = PATH.exec(url.pathname) ?? []
    if (place === 'control') return await CONTROLS[name]!(request, id)
    url.pathname = path
    const own = new Request(url, request)
    if (place === 'worker') return await workerOf(name, id).fetch(own, env, context)
    if (name === 'room') return await env.ROOMS.getByName(id).fetch(own)
    return await env.OBJECTS.getByName(`${name}/${id}`).fetch(own)
  },
}

// biome-ignore lint/style/noDefaultExport: it is what makes it a Worker
export { main as default }
