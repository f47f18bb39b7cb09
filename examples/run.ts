import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type PolyHandler, serve, type WsHandler } from 'antiphon'
import { node } from 'antiphon/node'

/** An example that is being served. */
interface Running {
  readonly url: string
  stop(): Promise<void>
}

type Start = (port: number) => Promise<Running>

function served(load: () => Promise<{ readonly app: PolyHandler | WsHandler }>): Start {
  return async (port) => serve((await load()).app, node({ port }))
}

const EXAMPLES: Readonly<Record<string, Start>> = {
  'auth-room': served(() => import('./auth-room.ts')),
  automarshalling: served(() => import('./automarshalling.ts')),
  dashboard: served(() => import('./dashboard/app.ts')),
  express,
  hono: served(() => import('./hono.ts')),
  'mixing-http-and-websockets': served(() => import('./mixing-http-and-websockets.ts')),
  'typed-game-loop': served(() => import('./typed-game-loop.ts')),
}

/** Serves an example on a port of this machine. Throws a `TypeError` for one that there is not. */
export async function runExample(name: string, port: number): Promise<Running> {
  const start = Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined
  if (start !== undefined) return await start(port)
  throw new TypeError(
    `there is no example '${name}': give one of ${Object.keys(EXAMPLES).join(', ')}`,
  )
}

async function express(port: number): Promise<Running> {
  const { server, sockets } = await import('./express.ts')
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const chosen = typeof address === 'object' ? address?.port : port
  return {
    url: `http://127.0.0.1:${chosen}`,
    async stop() {
      server.close()
      await sockets.detach()
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , name = ''] = process.argv
  const { url, stop } = await runExample(name, Number(process.env.PORT || 9000))
  console.log(`${name}: ${url}/`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
}
