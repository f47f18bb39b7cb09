import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { Frame } from '../../protocol/frame/frame.ts'
import type { WebSocketSession } from '../../session/session.ts'
import { WebSocketException } from '../../websocket/errors.ts'
import { onAbort } from '../../websocket/support/on-abort.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import type { Input } from '../terminal/input.ts'
import { rawFrame, showControl, showFrame } from '../terminal/show.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { actOf } from './slash.ts'

/** Frames in one turn of the event loop: a server that never pauses must not keep us from hearing signals. */
const AT_ONCE = 1_000

export interface ConversationOptions {
  /** Sent before the lines. */
  readonly first: readonly WsMessage[]
  /** Lines are sent as bytes. */
  readonly binary: boolean
  /** Lines that begin with a slash are commands. */
  readonly slash: boolean
  /** Lay out what is JSON. */
  readonly json: boolean
  /** Print what comes as it is. */
  readonly raw: boolean
  /** Milliseconds without a message after the last line was sent; then it is over. May be `Infinity`. */
  readonly patience: number
  /** Called when nothing of the input is left, also after the session has ended; with why, if reading it failed. */
  readonly onInputEnd: (failure?: Error) => void
  /** Called for each message that was shown; false: no more are wanted. */
  readonly onShown: () => boolean
}

/** Sends what is typed, shows what comes, until the session has ended. Resolves with how it ended. */
export async function converse(
  session: WebSocketSession,
  input: Input,
  terminal: Terminal,
  options: ConversationOptions,
): Promise<CloseRecord> {
  const { json, raw, patience, onInputEnd, onShown } = options
  let quiet: NodeJS.Timeout | undefined
  // While nothing is read, nothing can come.
  let printing = false
  const allSent = (): void => {
    if (patience < Infinity && !session.outgoing.isClosedForSend) {
      quiet = setTimeout(() => void (printing ? quiet?.refresh() : session.close()), patience)
    }
  }
  const inputFailed = (error: unknown): void => {
    if (session.outgoing.isClosedForSend) return
    onInputEnd(asError(error))
    void session.close()
  }
  sendAll(session, input, terminal, options).then(allSent, inputFailed)
  let shown = 0
  try {
    for await (const frame of session.incoming) {
      if (++shown % AT_ONCE === 0) await new Promise(setImmediate)
      if (frame.frameType.controlFrame) {
        terminal.notice(showControl(frame))
        continue
      }
      const printed = terminal.print(raw ? rawFrame(frame, json) : showFrame(frame, json))
      if (printed !== undefined) {
        printing = true
        await orAborted(printed, session.signal)
        printing = false
      }
      quiet?.refresh()
      if (onShown()) continue
      session.incoming.cancel()
      void session.close()
      break
    }
  } catch (error) {
    // The session failed, as its record says.
    if (!(error instanceof WebSocketException)) throw error
  }
  const record = await session.closed
  clearTimeout(quiet)
  return record
}

/** Who reads what is printed may never do so again, which must not outlast the session. */
function orAborted(printed: PromiseLike<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const unlink = onAbort(signal, resolve)
    void printed.then(() => {
      unlink()
      resolve()
    })
  })
}

/** A reader that is slow holds up the input. A line that cannot be sent any more is left for the next session. */
async function sendAll(
  session: WebSocketSession,
  input: Input,
  terminal: Terminal,
  { first, binary, slash, onInputEnd }: ConversationOptions,
): Promise<void> {
  for (const message of first) {
    await session.send(message.mode === 'text' ? message.text() : message.bytes())
  }
  for (let line = await input.next(); line !== undefined; line = await input.next()) {
    const act = slash ? actOf(line) : ({ kind: 'send', text: line } as const)
    if (act.kind === 'send') {
      await session.send(binary ? new TextEncoder().encode(act.text) : act.text)
    } else if (act.kind === 'ping') await session.send(new Frame.Ping(act.data))
    else if (act.kind === 'close') void session.close(act.reason)
    else terminal.notice(act.message)
    input.taken()
  }
  onInputEnd()
  await session.flush()
}
