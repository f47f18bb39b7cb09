import type { MessageEntry, TrafficEntry } from '../../filters/traffic-entry.ts'
import { decodeBase64, encodeBase64 } from '../../protocol/bytes/base64.ts'
import { isValidCloseCode } from '../../protocol/close/close-code.ts'
import { CloseReason } from '../../protocol/close/close-reason.ts'
import { Frame } from '../../protocol/frame/frame.ts'
import { DefaultWebSocketSessionImpl } from '../../session/default-session.ts'
import { run } from '../../session/run.ts'
import type { WebSocketSession } from '../../session/session.ts'
import { accept } from '../../websocket/accept.ts'
import { WebSocketClosedException } from '../../websocket/errors.ts'
import { offers } from '../../websocket/request/offered-subprotocols.ts'
import type { Clock } from '../../websocket/support/clock.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { WsHandler } from '../../websocket/ws-handler.ts'
import { WsStatus } from '../../websocket/ws-status.ts'
import { pause } from './pause.ts'
import type { RecordedConnection } from './recording.ts'
import { showEntry } from './show-difference.ts'

/** How the server's half of a recording is played. */
export interface ServerPlaying {
  readonly clock: Clock
  /** Leaves out what was quiet. */
  readonly fast: boolean
  /** Hears, in one line, what clients do otherwise. */
  tell(line: string): void
}

/**
 * Answers each connection as one with its path was answered, the recorded ones in turn, and then from the start. What is to
 * come from the client is waited for; if it is something else, that is told, and the answers stay those of the recording.
 */
export function playAsServer(
  recorded: readonly RecordedConnection[],
  playing: ServerPlaying,
): WsHandler {
  const turns = new Map<string, number>()
  return (request) => {
    const { path } = request
    const alike = recorded.filter(({ open }) => pathOf(open.url) === path)
    const turn = turns.get(path) ?? 0
    const connection = alike[turn % alike.length]
    if (connection === undefined) {
      const paths = [...new Set(recorded.map(({ open }) => pathOf(open.url)))].join(', ')
      return new Response(`nothing is recorded for ${path}; there is ${paths}`, { status: 404 })
    }
    const protocol = connection.open.protocol || undefined
    if (!offers(request, protocol)) {
      const message = `this was recorded with the subprotocol '${protocol}', which is not offered`
      return new Response(message, { status: 400 })
    }
    turns.set(path, turn + 1)
    return accept(
      (socket) =>
        run(new DefaultWebSocketSessionImpl(socket), (session) =>
          play(socket, session, connection, playing),
        ),
      { protocol },
    )
  }
}

async function play(
  socket: Websocket,
  session: WebSocketSession,
  { open, entries }: RecordedConnection,
  playing: ServerPlaying,
): Promise<void> {
  const { clock, fast } = playing
  const tell = (line: string): void => playing.tell(`connection ${open.connection}: ${line}`)
  let before = open.at
  for (const entry of entries) {
    const comes = entry.kind === 'message' && entry.direction === 'in'
    // Once the session has ended, sending rejects.
    if (!comes && !fast) await pause(entry.at - before, clock, session.signal)
    before = entry.at
    if (comes) await compare(session, entry, tell)
    else if (entry.kind === 'message') await session.send(frameOf(entry))
    else if (entry.kind === 'close') return await close(socket, session, entry, tell)
  }
  // It was still open when the recording ended.
  await rest(session, tell)
}

async function compare(
  session: WebSocketSession,
  expected: MessageEntry,
  tell: (line: string) => void,
): Promise<void> {
  const came = entryOf(await session.incoming.receive(), expected)
  const { mode, text, base64 } = came
  if (mode === expected.mode && text === expected.text && base64 === expected.base64) return
  tell(`recorded was ${showEntry(expected)}, and ${showEntry(came)} came`)
}

async function close(
  socket: Websocket,
  session: WebSocketSession,
  entry: Extract<TrafficEntry, { readonly kind: 'close' }>,
  tell: (line: string) => void,
): Promise<void> {
  const { direction, code, reason } = entry
  if (direction === 'in') await rest(session, tell)
  else if (direction === undefined || code === WsStatus.ABNORMAL_CLOSE.code) session.terminate()
  // A session would say 1000, and other codes cannot be sent.
  else if (!isValidCloseCode(code)) socket.link.sendFrame?.(new Frame.Close())
  else await session.close(new CloseReason(code, reason))
}

/** Nothing is left to be said: whatever comes until the end is told. */
async function rest(session: WebSocketSession, tell: (line: string) => void): Promise<void> {
  try {
    for await (const frame of session.incoming) {
      tell(`nothing more was recorded, and ${showEntry(entryOf(frame))} came`)
    }
  } catch (error) {
    if (!(error instanceof WebSocketClosedException)) throw error
  }
}

function frameOf({ mode, text, base64 = '' }: MessageEntry): string | Frame {
  if (text !== undefined) return text
  const bytes = decodeBase64(base64)
  return mode === 'text' ? new Frame.Text(bytes) : new Frame.Binary(bytes)
}

/** What came, as it would be recorded. */
function entryOf(
  frame: Frame,
  { connection, at }: { connection: number; at: number } = NOWHERE,
): MessageEntry {
  const came = { kind: 'message', connection, at, direction: 'in' } as const
  return frame.type === 'text'
    ? { ...came, mode: 'text', text: frame.readText() }
    : { ...came, mode: 'binary', base64: encodeBase64(frame.readBytes()) }
}

const NOWHERE = { connection: 0, at: 0 }

function pathOf(url: string): string {
  return new URL(url).pathname
}
