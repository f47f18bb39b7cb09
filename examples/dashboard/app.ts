import { readFile } from 'node:fs/promises'
import {
  bind,
  type Clock,
  Message,
  type Poly,
  poly,
  routes,
  systemClock,
  topic,
  websockets,
} from 'antiphon'

// As far up from examples/dashboard/ as from dist-examples/dashboard/.
const PAGE = new URL('../../examples/dashboard/index.html', import.meta.url)

const EVERY = 1_000

/** What the page shows: `at` in seconds since the start; `late`, how busy the server is, in milliseconds behind its clock. */
export interface Metrics {
  readonly at: number
  readonly late: number
  readonly viewers: number
}

/** A page, and the metrics that it shows: measured once a second while somebody looks, encoded once for all of them. */
export function dashboard(clock: Clock = systemClock): Poly {
  const viewers = topic({ message: Message.json() })
  const start = clock.now()
  let due = start
  let late = 0
  let stop = (): void => {}

  function measure(): Metrics {
    return { at: Math.round((clock.now() - start) / 1_000), late, viewers: viewers.size }
  }

  function publish(): void {
    late = Math.round(clock.now() - due)
    viewers.publish(measure())
    if (viewers.size > 0) run()
  }

  function run(): void {
    stop()
    due = clock.now() + EVERY
    stop = clock.after(EVERY, publish)
  }

  return poly(
    routes(
      bind('/', async () => {
        const headers = { 'content-type': 'text/html; charset=utf-8' }
        return new Response(await readFile(PAGE, 'utf8'), { headers })
      }),
    ),
    websockets(
      bind('/metrics', () => (socket) => {
        viewers.subscribe(socket)
        if (viewers.size === 1) run()
        socket.onClose(() => {
          if (viewers.size === 0) stop()
        })
        socket.send(JSON.stringify(measure()))
      }),
    ),
  )
}

export const app: Poly = dashboard()
