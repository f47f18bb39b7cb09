import type { CloseRecord } from '../protocol/close/close-record.ts'
import { asError } from '../protocol/errors/thrown.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { showMessage } from './show.ts'
import type { Terminal } from './terminal.ts'

export interface ConversationOptions {
  /** Lay out what is JSON. */
  readonly json: boolean
  /** Milliseconds without a message after the last line was sent; then it is over. May be `Infinity`. */
  readonly patience: number
}

/** Sends what is typed, shows what comes, until the socket is closed. Resolves with how it ended. */
export async function converse(
  socket: Websocket,
  terminal: Terminal,
  { json, patience }: ConversationOptions,
): Promise<CloseRecord> {
  let quiet: NodeJS.Timeout | undefined
  const closed = new Promise((resolve) => socket.onClose(resolve))
  socket.onMessage((message) => {
    quiet?.refresh()
    return terminal.print(showMessage(message, json))
  })
  const inputEnded = (): void => {
    if (socket.state === 'open' && patience < Infinity) {
      quiet = setTimeout(() => socket.close(), patience)
    }
  }
  const inputFailed = (error: unknown): void => {
    if (socket.state !== 'open') return
    terminal.notice(asError(error).message)
    socket.close()
  }
  sendLines(socket, terminal.lines).then(inputEnded, inputFailed)
  await closed
  clearTimeout(quiet)
  terminal.close()
  // With our own engine, the record is there before the close is reported.
  return socket.link.closeRecord!
}

/** A reader that is slow holds up the input. */
async function sendLines(socket: Websocket, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) {
    if (!socket.send(line)) await socket.drained()
  }
  await socket.link.flush?.()
}
