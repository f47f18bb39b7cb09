import { bind } from '../../../routing/bind.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import type { ContractLog } from '../contract-log.ts'

export function messageRoutes(log: ContractLog): WsRouter {
  return websockets(
    bind('/half-a-pair', () => (socket) => socket.send('a\ud800b')),
    bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message))),
    bind('/greet/:name', ({ params }) => (socket) => {
      socket.send(`hello ${params.name}`)
      socket.send(new TextEncoder().encode(params.name))
    }),
    bind('/count/:until', ({ params }) => (socket) => {
      for (let i = 0; i < Number(params.until); i++) socket.send(String(i))
    }),
    bind('/zeros/:bytes', ({ params }) => (socket) => {
      socket.onMessage(() => socket.send(new Uint8Array(Number(params.bytes))))
    }),
    // Nobody listens at first: what arrives is held.
    bind('/late/:id', ({ params }) => async (socket) => {
      await log.until(params.id)
      socket.onMessage((message) => socket.send(message))
    }),
    bind('/listeners', () => (socket) => {
      const remove = socket.onMessage((message) => {
        remove()
        socket.send(`first ${message.text()}`)
      })
      socket.onMessage((message) => socket.send(`second ${message.text()}`))
    }),
    bind('/copies', () => (socket) => {
      for (const buffer of [new ArrayBuffer(3), new SharedArrayBuffer(3)]) {
        const bytes = new Uint8Array(buffer)
        bytes.set([1, 2, 3])
        socket.send(bytes)
        bytes.fill(9)
      }
    }),
    bind('/first-terminates/:id', ({ params }) => (socket) => {
      socket.onMessage(() => socket.terminate())
      socket.onMessage((message) => log.add(params.id, message.text()))
    }),
    // An asynchronous listener does not delay the next message: they are answered from the last to the first.
    bind('/reverse', () => (socket) => {
      let later: (() => void)[] = []
      socket.onMessage(async (message) => {
        if (message.text() === 'now') {
          for (const answer of later.reverse()) answer()
          later = []
        } else {
          await new Promise<void>((resolve) => later.push(resolve))
          socket.send(message)
        }
      })
    }),
    bind('/throws', () => (socket) => {
      socket.onError((error) => socket.send(`heard ${error.message}`))
      socket.onMessage((message) => {
        throw new Error(message.text())
      })
    }),
    bind('/rejects', () => (socket) => {
      socket.onError((error) => socket.send(`heard ${error.message}`))
      socket.onMessage(async (message) => {
        throw new Error(message.text())
      })
    }),
    bind('/throws-unheard', () => (socket) => {
      socket.onMessage((message) => {
        throw new Error(message.text())
      })
    }),
    bind('/consumer-throws', () => () => {
      throw new Error('the consumer threw')
    }),
    bind('/consumer-rejects', () => async () => {
      throw new Error('the consumer rejected')
    }),
    bind('/removals/:id', ({ params }) => (socket) => {
      socket.onError(() => log.add(params.id, 'removed error'))()
      socket.onClose(() => log.add(params.id, 'removed close'))()
      socket.onClose(() => log.add(params.id, 'close'))
      socket.onError(() => log.add(params.id, 'error'))
      socket.onMessage(() => {
        throw new Error('heard of')
      })
    }),
    bind('/close-listener-throws/:id', ({ params }) => (socket) => {
      socket.onClose(() => {
        throw new Error('a close listener threw')
      })
      log.watch(params.id, socket)
    }),
  )
}
