import { bind } from '../../../routing/bind.ts'
import { webSocket } from '../../../routing/session-routes.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import { sharedTopics } from '../../../topics/shared/shared-topics.ts'
import { topics } from '../../../topics/topics.ts'
import { memoryLog } from '../../offline/memory-log.ts'
import type { ContractLog } from '../contract-log.ts'

const MIB = new Uint8Array(1024 * 1024)

/** More than any system buffers for one connection, and a topic besides. */
const MOST_MIB = 64

/** Sockets and sessions that pass on to all others of their topic what they get, and answer with how many got it. */
export function topicRoutes(log: ContractLog): WsRouter {
  const rooms = topics()
  const told = topics({ history: {} })
  const shared = sharedTopics({
    log: memoryLog(),
    withId: (id, message) => `${id} ${message.text()}`,
  })
  return websockets(
    bind('/topic/:name', ({ params }) => (socket) => {
      const room = rooms(params.name)
      room.subscribe(socket)
      socket.onMessage((message) => {
        socket.send(String(room.publish(message, { except: socket })))
      })
      socket.send('subscribed')
    }),
    webSocket('/session/topic/:name', async (session) => {
      const room = rooms(session.call.parameters.name)
      room.subscribe(session)
      await session.send('subscribed')
      for await (const frame of session.incoming) {
        const content = frame.type === 'text' ? frame.readText() : frame.data
        await session.send(String(room.publish(content, { except: session })))
      }
    }),
    // Two that say whether they have recovered, after what they have missed, and keep what they publish.
    bind('/history/:name/:after', ({ params: { name, after } }) => (socket) => {
      const { recovered, caughtUp } = told(name).subscribe(socket, { after })
      socket.onMessage((message) => told(name).publish((id) => `${id} ${message.text()}`))
      void caughtUp.then(() => socket.send(`recovered ${recovered}`))
    }),
    webSocket('/session/history/:name/:after', async (session) => {
      const { name, after } = session.call.parameters
      const { recovered, caughtUp } = told(name).subscribe(session, { after })
      await caughtUp
      await session.send(`recovered ${recovered}`)
      for await (const frame of session.incoming) {
        if (frame.type === 'text') told(name).publish((id) => `${id} ${frame.readText()}`)
      }
    }),
    // The same by way of a log.
    bind('/shared/:name/:after', ({ params: { name, after } }) => (socket) => {
      socket.onMessage((message) => shared(name).publish(message))
      const { recovered, caughtUp } = shared(name).subscribe(socket, { after })
      void caughtUp.then(async () => socket.send(`recovered ${await recovered}`))
    }),
    webSocket('/session/shared/:name/:after', async (session) => {
      const { name, after } = session.call.parameters
      const { recovered, caughtUp } = shared(name).subscribe(session, { after })
      await caughtUp
      await session.send(`recovered ${await recovered}`)
      for await (const frame of session.incoming) {
        if (frame.type === 'text') await shared(name).publish(frame.readText())
      }
    }),
    // Publishes to itself, between what it sends, so many messages of the given size.
    webSocket('/session/publishes/:count/:size', async (session) => {
      const { count, size } = session.call.parameters
      const own = rooms('own')
      own.subscribe(session)
      for (let i = 0; i < Number(count); i++) {
        own.publish(`${i} ${'x'.repeat(Number(size))}`)
        if (i % 10 === 0) void session.send(`own ${i}`)
      }
      await session.flush()
    }),
    // Publishes to itself, in one go, until it is given no more.
    webSocket('/session/floods/:id', async (session) => {
      const own = rooms('flood')
      own.subscribe(session)
      let given = 0
      while (given < MOST_MIB && own.publish(MIB) === 1) given++
      log.add(session.call.parameters.id, `${given >= 15} ${given < MOST_MIB}`)
      log.add(session.call.parameters.id, `${session.outgoing.isClosedForSend}`)
      await session.closed
    }),
  )
}
