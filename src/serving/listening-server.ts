import type { Server } from '../websocket/server.ts'
import { wrongValue } from '../websocket/support/option-checks.ts'
import { type StopPlan, stopOnce } from './stop-plan.ts'

/** Where a server is to listen. */
export interface ListenOptions {
  /** Default 0: any free one. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`: say `0.0.0.0` or `::` to be reached from elsewhere. */
  readonly hostname?: string | undefined
}

/** Where a server listens; the port may be set later. */
export interface Listening {
  readonly port: number
  readonly hostname: string
  /** Whether it uses TLS. */
  readonly secure: boolean
}

/**
 * Where to listen, with the defaults. Throws a `RangeError` for anything but a port number, such as a string from the
 * environment, and for an empty hostname, with which runtimes would listen on every address.
 */
export function listenOptions({ port = 0, hostname = '127.0.0.1' }: ListenOptions): {
  readonly port: number
  readonly hostname: string
} {
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw wrongValue('port', port, 'a whole number from 0 to 65535')
  if (typeof hostname !== 'string' || hostname === '')
    throw wrongValue('hostname', hostname, "a name or an address, such as '0.0.0.0'")
  return { port, hostname }
}

/** Throws a `TypeError` for `tls` without certificate or key, with which runtimes would listen without TLS. */
export function checkTls(tls: { readonly cert: unknown; readonly key: unknown } | undefined): void {
  if (tls === undefined || (tls?.cert && tls.key)) return
  throw new TypeError('the option tls needs cert and key')
}

/** The `Server` of an engine. `stop` is called once at most, however often the server is stopped. */
export function listeningServer(where: Listening, stop: (plan: StopPlan) => Promise<void>): Server {
  const { hostname, secure } = where
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  const server: Server = {
    get port() {
      return where.port
    },
    get url() {
      return `${secure ? 'https' : 'http'}://${host}:${where.port}`
    },
    stop: stopOnce(stop),
    [Symbol.asyncDispose]: () => server.stop(),
  }
  return server
}
