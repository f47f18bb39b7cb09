import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import type { WebSocketSession } from '../../session/session.ts'
import { WebSocketException } from '../../websocket/errors.ts'
import type { Input } from '../terminal/input.ts'
import { showFrame } from '../terminal/show.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ConversationOptions {
  /** Lay out what is JSON. */
  readonly json: boolean
  /** Milliseconds without a message after the last line was sent; then it is over. May be `Infinity`. */
  readonly patience: number
  /** Called if the input ends when there is no patience, also after the session has. */
  readonly leave: () => void
}

/** Sends what is typed, shows what comes, until the session has ended. Resolves with how it ended. */
export async function converse(
  session: WebSocketSession,
  input: Input,
  terminal: Terminal,
  { json, patience, leave }: ConversationOptions,
): Promise<CloseRecord> {
  let quiet: NodeJS.Timeout | undefined
  const inputEnded = (): void => {
    if (patience === 0) leave()
    else if (patience < Infinity && !session.outgoing.isClosedForSend) {
      quiet = setTimeout(() => void session.close(), patience)
    }
  }
  const inputFailed = (error: unknown): void => {
    if (session.outgoing.isClosedForSend) return
    terminal.notice(asError(error).message)
    void session.close()
  }
  sendLines(session, input).then(inputEnded, inputFailed)
  try {
    for await (const frame of session.incoming) {
      quiet?.refresh()
      await terminal.print(showFrame(frame, json))
    }
  } catch (error) {
    // The session failed, as its record says.
    if (!(error instanceof WebSocketException)) throw error
  }
  const record = await session.closed
  clearTimeout(quiet)
  return record
}

/** A reader that is slow holds up the input. A line that cannot be sent any more is left for the next session. */
async function sendLines(session: WebSocketSession, input: Input): Promise<void> {
  for (let line = await input.next(); line !== undefined; line = await input.next()) {
    await session.send(line)
    input.taken()
  }
  await session.flush()
}
