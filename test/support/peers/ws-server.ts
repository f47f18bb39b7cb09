import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { Queue } from '../queue.ts'
import { tls } from '../tls.ts'
import type { Closing, PeerServer } from './peer.ts'

/** The server of `ws`, which accepts permessage-deflate when it is offered. */
export async function startWsServer(secure: boolean): Promise<PeerServer> {
  const http = secure ? createTlsServer(tls) : createServer()
  const closings = new Queue<Closing>()
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: true,
    handleProtocols: (offered) => (offered.has('chat.v1') ? 'chat.v1' : false),
  })
  http.on('upgrade', (request, stream, head) => {
    const url = new URL(request.url ?? '/', 'ws://localhost')
    if (url.pathname === '/refuse') {
      stream.end('HTTP/1.1 403 Forbidden\r\nX-Why: members only\r\nContent-Length: 5\r\n\r\ngo on')
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('close', (code, reason) => closings.push({ code, reason: reason.toString() }))
      behave(socket, url)
    })
  })
  http.listen(0, 'localhost')
  await new Promise((resolve) => http.once('listening', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `${secure ? 'wss' : 'ws'}://localhost:${port}`,
    closing: () => closings.next(),
    async stop() {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function behave(socket: WebSocket, { pathname, searchParams }: URL): void {
  if (pathname === '/close') {
    const code = searchParams.get('code')
    socket.close(code === null ? undefined : Number(code), searchParams.get('reason') ?? undefined)
  } else if (pathname === '/vanish') {
    socket.terminate()
  } else if (pathname === '/fragments') {
    for (const part of ['Hel', '', 'lö ']) socket.send(part, { fin: false })
    socket.send('😀', { fin: true })
  } else if (pathname === '/ping') {
    socket.on('pong', (data) => socket.send(`pong: ${data.toString()}`))
    socket.ping('are you there?')
  } else {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  }
}
