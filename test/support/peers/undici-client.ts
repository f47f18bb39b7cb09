import { Agent, WebSocket } from 'undici'
import { Queue } from '../queue.ts'
import { ca } from '../tls.ts'
import type { Content, PeerClient } from './peer.ts'

/** The client of undici, which is also Node's own from version 22 on. Like that of Node 26, it uses HTTP/2 where it can. */
export const undiciClient: PeerClient = {
  name: 'undici',
  open: (url, protocols = []) =>
    new Promise((resolve, reject) => {
      const dispatcher = new Agent({ connect: { ca }, allowH2: true })
      const socket = new WebSocket(url, { protocols: [...protocols], dispatcher })
      socket.binaryType = 'arraybuffer'
      const received = new Queue<Content>()
      socket.addEventListener('message', ({ data }) =>
        received.push(typeof data === 'string' ? data : new Uint8Array(data)),
      )
      const closed = new Promise<{ code: number; reason: string }>((ended) => {
        socket.addEventListener('close', ({ code, reason }) => {
          received.fail(new Error(`closed with ${code}`))
          ended({ code, reason })
          void dispatcher.close()
        })
      })
      socket.addEventListener('error', ({ error }) => reject(error))
      socket.addEventListener('open', () =>
        resolve({
          protocol: socket.protocol,
          extensions: socket.extensions,
          closed,
          send: (content) => socket.send(content),
          receive: () => received.next(),
          close: (code, reason) => socket.close(code, reason),
        }),
      )
    }),
}
