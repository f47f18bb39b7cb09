import { bind } from '../../../routing/bind.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import type { ContractLog } from '../contract-log.ts'

/** How the cases read the log, and let go on what waits in it. */
export function logRoutes(log: ContractLog): WsRouter {
  return websockets(
    bind('/log/:id', ({ params }) => (socket) => {
      socket.send(JSON.stringify(log.lines(params.id)))
      socket.close()
    }),
    bind('/resume/:id', ({ params }) => (socket) => {
      log.resume(params.id)
      socket.close()
    }),
  )
}
