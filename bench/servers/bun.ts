import { type Case, compresses } from '../case.ts'
import { ready } from './control.ts'

/** As much of Bun as is used here. */
interface BunSocket {
  readonly data: { readonly path: string }
  send(data: string | Uint8Array, compress?: boolean): number
  subscribe(topic: string): void
}
interface BunServer {
  readonly port: number
  upgrade(request: Request, options: { readonly data: { readonly path: string } }): boolean
  publish(topic: string, data: string | Uint8Array, compress?: boolean): number
}
declare const Bun: {
  serve(options: {
    readonly port: number
    readonly hostname: string
    fetch(request: Request, server: BunServer): Response | undefined
    readonly websocket: {
      readonly perMessageDeflate:
        | boolean
        | { readonly compress: string; readonly decompress: string }
      open(socket: BunSocket): void
      message(socket: BunSocket, message: string | Uint8Array): void
    }
  }): BunServer
}

const measured: Partial<Case> = JSON.parse(process.argv[3] ?? '{}')
const compress = compresses(measured.workload)
const kind = measured.takeover === true ? 'dedicated' : 'shared'

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request, bun) {
    const path = new URL(request.url).pathname
    return bun.upgrade(request, { data: { path } }) ? undefined : new Response('', { status: 426 })
  },
  websocket: {
    perMessageDeflate: compress && { compress: kind, decompress: kind },
    open(socket) {
      if (socket.data.path === '/subscribe') socket.subscribe('all')
    },
    message(socket, message) {
      if (socket.data.path === '/publish') server.publish('all', message, compress)
      else socket.send(message, compress)
    },
  },
})
ready(server.port)
