import { json } from '../../../format/json.ts'
import { CloseReason } from '../../../protocol/close/close-reason.ts'
import type { CloseRecord } from '../../../protocol/close/close-record.ts'
import { asError } from '../../../protocol/errors/thrown.ts'
import { Frame } from '../../../protocol/frame/frame.ts'
import type { Route } from '../../../routing/route.ts'
import { webSocket, webSocketRaw } from '../../../routing/session-routes.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import { converterOf } from '../../../session/converter-of.ts'
import { sendStream } from '../../../session/send-stream.ts'
import type { WebSocketSession } from '../../../session/session.ts'
import { streamedMessages } from '../../../session/streamed-messages.ts'
import { webStreams } from '../../../session/web-streams.ts'
import type { FrameSocket } from '../../../websocket/frame-socket.ts'
import type { WsResponse } from '../../../websocket/ws-handler.ts'
import type { ContractLog } from '../contract-log.ts'

async function echo(session: WebSocketSession): Promise<void> {
  for await (const frame of session.incoming) await session.send(frame)
}

/** `4000 4001 local true`: codes of both sides, who began, whether it was clean. */
function recordLine({ local, remote, initiator, clean }: CloseRecord): string {
  return `${local?.code} ${remote?.code} ${initiator} ${clean}`
}

/** Asked of every engine, whatever its type says: the case is not for those that lack it. */
function withCopies(
  path: string,
  handler: (session: WebSocketSession) => unknown,
): Route<WsResponse | undefined> {
  return webSocket(path, { controlFrames: true }, handler) as Route<WsResponse | undefined>
}

export function sessionRoutes(log: ContractLog): WsRouter {
  return websockets(
    webSocket('/session/echo', echo),
    webSocket(
      '/session/rooms/:room',
      { protocol: 'chat.v1', headers: { 'X-Own': 'yes' } },
      (session) =>
        session.send(
          `${session.call.parameters.room} ${session.call.response.headers.get('x-own')}`,
        ),
    ),
    webSocket('/session/streams', async (session) => {
      const { readable, writable } = webStreams(session)
      await readable.pipeTo(writable)
    }),
    webSocket('/session/streams/:id', async (session) => {
      const writer = webStreams(session).writable.getWriter()
      await writer.write('the last')
      await writer.close()
      log.add(session.call.parameters.id, 'closed')
    }),
    webSocket('/session/values', { contentConverter: converterOf(json) }, async (session) => {
      for (;;) await session.sendSerialized({ got: await session.receiveDeserialized() })
    }),
    webSocket('/session/fails/:id', async (session) => {
      log.add(session.call.parameters.id, (await session.incoming.receive()).type)
      throw new Error('inner detail')
    }),
    webSocket('/session/closes/:id', async (session) => {
      const { id } = session.call.parameters
      void session.closed.then((record) => log.add(id, recordLine(record)))
      session.signal.addEventListener('abort', () => log.add(id, 'aborted'))
      const frame = await session.incoming.receive()
      if (frame.type === 'text') await session.close(new CloseReason(4000, frame.readText()))
    }),
    webSocket('/session/closes-behind-much/:id', async (session) => {
      for (let i = 0; i < 400; i++) void session.send(new Uint8Array(65_536))
      log.add(session.call.parameters.id, recordLine(await session.close(CloseReason.GOING_AWAY)))
    }),
    webSocket('/session/pings/:timeout/:id', async (session) => {
      const { id, timeout } = session.call.parameters
      void session.closed.then(({ reason }) => log.add(id, `closed ${reason.code}`))
      session.pingInterval = 10
      session.pongTimeout = Number(timeout)
      try {
        await echo(session)
      } catch (thrown) {
        log.add(id, asError(thrown).name)
      }
    }),
    webSocket('/session/small/:id', async (session) => {
      session.maxFrameSize = 10
      try {
        await echo(session)
      } catch (thrown) {
        log.add(session.call.parameters.id, asError(thrown).name)
        throw thrown
      }
    }),
    // Receives nothing before `/resume/:id`.
    webSocket('/session/slow/:id', async (session) => {
      await log.until(session.call.parameters.id)
      let bytes = 0
      for await (const frame of session.incoming) {
        bytes += frame.byteLength
        if (frame.type === 'text') await session.send(String(bytes))
      }
    }),
    webSocket('/session/sends/:count', async (session) => {
      const count = Number(session.call.parameters.count)
      for (let i = 0; i < count; i++) await session.send(new Uint8Array(65_536))
      await session.flush()
      await session.send('done')
    }),
    withCopies('/session/control', async (session) => {
      for await (const frame of session.incoming) {
        await session.send(`${frame.type} ${new TextDecoder().decode(frame.data)}`)
      }
    }),
    webSocket('/session/fragments', async (session) => {
      const data = new TextEncoder().encode('in three pieces')
      await session.send(new Frame.Text(data.slice(0, 3), false))
      await session.send(new Frame.Text(data.slice(3, 9), false))
      await session.send(new Frame.Ping())
      await session.send(new Frame.Text(data.slice(9)))
    }),
  )
}

/** For backends whose sockets can have frames. */
export function rawSessionRoutes(): WsRouter<FrameSocket> {
  return websockets(
    webSocketRaw('/raw', async (session) => {
      for await (const frame of session.incoming) {
        if (frame.type === 'close') await session.close(new CloseReason(4001))
        else await session.send(`${frame.type} ${frame.fin} ${frame.byteLength}`)
      }
    }),
    webSocket(
      '/session/streamed',
      { fragments: true, limits: { maxMessageSize: 4 * 1024 * 1024 } },
      async (session) => {
        for await (const message of streamedMessages(session)) await sendStream(session, message)
      },
    ),
  )
}
