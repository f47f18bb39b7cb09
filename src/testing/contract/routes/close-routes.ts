import { CloseReason } from '../../../protocol/close/close-reason.ts'
import { bind } from '../../../routing/bind.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import { WsStatus } from '../../../websocket/ws-status.ts'
import { type ContractLog, messageOf } from '../contract-log.ts'

const CHUNK = new Uint8Array(65_536)

/** Chunks that are more than fit into the buffers of any system. */
const MUCH = 400

export function closeRoutes(log: ContractLog): WsRouter {
  return websockets(
    bind('/watched/:id', ({ params }) => (socket) => {
      log.add(params.id, socket.state)
      log.watch(params.id, socket)
      socket.onMessage((message) => socket.send(message))
    }),
    bind('/closes/:id/:code', ({ params }) => (socket) => {
      log.watch(params.id, socket)
      socket.onMessage((message) => {
        socket.close(new CloseReason(Number(params.code), message.text()))
        log.add(params.id, `${socket.state} ${socket.send('too late')}`)
      })
    }),
    bind('/closes-normally', () => (socket) => socket.close()),
    bind('/closes-behind-much/:id', ({ params }) => (socket) => {
      log.watch(params.id, socket)
      for (let i = 0; i < MUCH; i++) socket.send(CHUNK)
      socket.close(WsStatus.GOING_AWAY)
    }),
    bind('/closes-twice', () => (socket) => {
      socket.close(WsStatus.GOING_AWAY)
      socket.close(WsStatus.POLICY_VALIDATION)
    }),
    bind('/closes-badly', () => (socket) => {
      socket.send(messageOf(() => socket.close(WsStatus.ABNORMAL_CLOSE)))
      socket.send(messageOf(() => socket.close(WsStatus.NOCODE)))
      socket.send(socket.state)
    }),
    bind('/says-and-closes', () => (socket) => {
      for (let i = 0; i < 100; i++) socket.send(String(i))
      socket.close()
    }),
    bind('/closes-in-onClose/:id', ({ params }) => (socket) => {
      socket.onClose(() => {
        socket.close()
        socket.terminate()
        log.add(params.id, `${socket.state} ${socket.send('too late')}`)
      })
      log.watch(params.id, socket)
    }),
    bind('/closes-as-told/:id', ({ params }) => (socket) => {
      socket.onClose((status) =>
        log.add(
          params.id,
          messageOf(() => socket.close(status)),
        ),
      )
    }),
    bind('/listens-late/:id', ({ params }) => async (socket) => {
      await new Promise<void>((resolve) => socket.onClose(() => resolve()))
      socket.onClose(({ code }) => log.add(params.id, `late ${code}`))
      await socket.drained()
      log.add(params.id, 'drained')
    }),
    bind('/terminates/:id', ({ params }) => (socket) => {
      log.watch(params.id, socket)
      socket.onMessage(() => socket.terminate())
    }),
    bind('/record/:id', ({ params }) => (socket) => {
      socket.onClose(() => {
        const { local, remote, initiator, clean } = socket.link.closeRecord ?? {}
        log.add(params.id, `${local?.code} ${remote?.code} ${initiator} ${clean}`)
      })
      socket.onMessage(() => socket.close(WsStatus.GOING_AWAY))
    }),
  )
}
