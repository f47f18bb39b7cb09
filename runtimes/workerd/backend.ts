import type { Socket } from 'node:net'
import { WebSocketExtensions } from 'antiphon'
import { workersTraits } from 'antiphon/cloudflare'
import type { AppContext, Backend, ClientOptions, ServerContext } from 'antiphon/testing'
import { ourClient } from '../our-client.ts'
import { askRawFor } from '../raw-peer.ts'
import type { Workerd } from './workerd.ts'

export type WorkerdContext = ServerContext &
  Pick<AppContext, 'fetch'> & {
    /** Asks for an upgrade, and reads no answer. */
    ask(path: string): Socket
  }

const DEFLATE = { extensions: [WebSocketExtensions.perMessageDeflate()] }

let cases = 0

/** An application of `apps.ts`, in a Worker or in a Durable Object; each case gets one of its own. */
export function onWorkerd(
  place: 'worker' | 'object',
  app: string,
  { port }: Workerd,
): Backend<WorkerdContext> {
  const host = `127.0.0.1:${port}`
  return {
    // There is a head, and TCP, but they are workerd's own affair.
    lacks: [...workersTraits.lacks, 'raw', ...(place === 'worker' ? (['others'] as const) : [])],
    async start({ webSockets = {}, compression = false } = {}) {
      const id = cases++
      const path = `${host}/${place}/${app}/${id}`
      const body = JSON.stringify(webSockets)
      await fetch(`http://${host}/setting/${app}/${id}/`, { method: 'POST', body })
      const offering = (options: ClientOptions = {}): ClientOptions =>
        compression ? { ...DEFLATE, ...options } : options
      return {
        connect: (to, options) => ourClient.connect(`ws://${path}${to}`, offering(options)),
        answer: (to, options) => ourClient.answer(`ws://${path}${to}`, offering(options)),
        ask: (to) => askRawFor(`${path.slice(host.length)}${to}`, port),
        fetch: (to, init) => fetch(`http://${path}${to}`, init),
        async reports() {
          const response = await fetch(`http://${host}/reports/${app}/${id}/`)
          const heard = (await response.json()) as readonly { name: string; message: string }[]
          return heard.map(({ name, message }) => Object.assign(new Error(message), { name }))
        },
      }
    },
  }
}
