import { ready } from './control.ts'

/** As much of Deno as is used here. */
declare const Deno: {
  serve(
    options: {
      readonly port: number
      readonly hostname: string
      onListen(address: { readonly port: number }): void
    },
    handler: (request: Request) => Response,
  ): unknown
  upgradeWebSocket(request: Request): { readonly socket: WebSocket; readonly response: Response }
}

Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => ready(port) }, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request)
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }) => socket.send(data)
  return response
})
