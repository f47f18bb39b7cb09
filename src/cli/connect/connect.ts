import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { reconnectingSessions } from '../../session/client/reconnecting-sessions.ts'
import type { DefaultClientWebSocketSession } from '../../session/session.ts'
import { isNormalEnd } from '../../websocket/client/normal-end.ts'
import { WebSocketConnectException, WebSocketException } from '../../websocket/errors.ts'
import type { WsFilter } from '../../websocket/ws-handler.ts'
import { type Command, command } from '../arguments/command.ts'
import { CommandError } from '../arguments/command-error.ts'
import { integer, milliseconds, notEmpty, orWord } from '../arguments/kinds.ts'
import { flag, many, type OptionValues, one } from '../arguments/options.ts'
import {
  CLIENT_OPTIONS,
  callersMistakes,
  connectOptions,
  onlyUrl,
  withoutPassword,
} from '../shared/client-options.ts'
import { givenMessage } from '../shared/given-message.ts'
import { escapeText } from '../terminal/escape.ts'
import { type Input, inputOf } from '../terminal/input.ts'
import { onInterrupt, type Shell } from '../terminal/shell.ts'
import { showCause, showClose, showFailure, showHead } from '../terminal/show.ts'
import { openTerminal, type Terminal } from '../terminal/terminal.ts'
import { converse } from './conversation.ts'
import { openSession } from './open-session.ts'
import { recordingTo } from './recording-to.ts'

/** The default of `--wait`, in milliseconds. */
const PATIENCE = 1_000

const options = {
  message: many('TEXT', notEmpty, 'repeatable: sent first; @FILE for what is in a file'),
  binary: flag('sends bytes, not text'),
  slash: flag('takes lines such as /ping and /close for commands'),
  json: flag('lays out messages that are JSON'),
  raw: flag('prints messages as they are, for other programs'),
  count: one('N', integer(1), 'closes when so many messages have come'),
  wait: one(
    'TIME',
    orWord(milliseconds(0), 'forever', Infinity),
    `of quiet to close after input ends; default ${PATIENCE / 1_000}s`,
  ),
  reconnect: flag('connects again when the connection ends'),
  ping: one('TIME', milliseconds(0), 'between Pings; default 0: none'),
  response: flag('shows the head of the response that opened it'),
  verbose: flag('shows Ping, Pong and Close frames that come'),
  quiet: flag('says nothing about the connection unless it fails'),
  record: one('FILE', notEmpty, 'appends all messages, for replay'),
  ...CLIENT_OPTIONS,
}

/** A client for the terminal. */
export const connectCommand: Command = command(
  {
    name: 'connect',
    summary: 'sends what is typed line by line, and shows what comes',
    positionals: 'URL',
    options,
    notes: `Messages go to the standard output: text on one line with control characters
escaped, bytes as a hex dump. News of the connection goes to the standard error.
Ctrl-C closes with 1000; pressed again, it cuts the connection.

When a pipe or file that is the input ends, the connection stays open until
nothing has come for a while, since answers may be on their way: --wait says how
long, --wait forever leaves the end to the server. At a terminal, Ctrl-D closes
at once unless --wait is given.

With --reconnect, lines wait until there is a connection; those on their way
when one is lost are not sent again. There is no other attempt after 1000, after
other codes that it would not change, and after a refusal such as 401; nor once
the input has ended, unless --wait is forever. Ctrl-C ends the wait for the
next one.

With --slash, '/ping TEXT' sends a Ping, '/close CODE REASON' closes, and a line
that begins with // is a message that begins with /.

Exit code: 0 when both sides closed with 1000, 1001 or no code, all input could
be read and, with --count, that many messages came; 2 for wrong arguments; 1
otherwise.`,
  },
  ({ values, positionals }, shell) => talk(onlyUrl('connect', positionals), values, shell),
)

type Values = OptionValues<typeof options>

async function talk(url: string, values: Values, shell: Shell): Promise<number> {
  const first = await Promise.all(values.message.map((text) => givenMessage(text, values.binary)))
  const abort = new AbortController()
  let session: DefaultClientWebSocketSession | undefined
  let record: CloseRecord | undefined
  let terminal: Terminal | undefined
  let leaving = false
  let inputFailed = false
  let wanted = values.count ?? Infinity
  // The first time closes politely, the second time at once.
  const leave = (): void => {
    leaving = true
    if (session === undefined || session.closeRecord !== undefined) abort.abort()
    else if (session.outgoing.isClosedForSend) session.terminate()
    else void session.close()
  }
  const tell = (line: string): void => {
    if (terminal === undefined) shell.stderr.write(`${escapeText(line)}\n`)
    else terminal.notice(line)
  }
  const tellNews = values.quiet ? () => {} : tell
  const recording = values.record === undefined ? undefined : recordingTo(values.record, tell)
  const connecting = { ...connectOptions(values), pingInterval: values.ping, signal: abort.signal }
  const filter = recording?.filter ?? same
  const open = (): Promise<DefaultClientWebSocketSession> =>
    callersMistakes(() => openSession(url, connecting, filter, values.verbose))
  const remove = onInterrupt(shell, leave)
  try {
    const sessions = reconnectingSessions(open, {
      signal: abort.signal,
      retry: ({ retryable, cause }) =>
        values.reconnect && !leaving && retryable && !(cause instanceof CommandError),
      onDown({ cause }, wait) {
        if (cause instanceof WebSocketConnectException) tellNews(showCause(cause))
        tellNews(`connecting again in ${(wait / 1_000).toFixed(1)} s`)
      },
    })
    let input: Input | undefined
    for await (session of sessions) {
      terminal ??= openTerminal(shell, leave)
      input ??= inputOf(terminal.lines)
      tellNews(connectedNotice(session, url))
      if (values.response) for (const line of showHead(session.call.response)) tell(line)
      const { binary, slash, json, raw } = values
      const patience =
        values.wait ?? (terminal.interactive ? 0 : wanted < Infinity ? Infinity : PATIENCE)
      const onShown = (): boolean => {
        leaving ||= --wanted === 0
        return wanted > 0
      }
      const onInputEnd = (failure?: Error): void => {
        if (failure !== undefined) tell(failure.message)
        inputFailed = failure !== undefined
        // There is nothing to connect again for.
        leaving ||= inputFailed || patience < Infinity
        if (patience === 0) leave()
      }
      const talking = { first, binary, slash, json, raw, patience, onInputEnd, onShown }
      record = await converse(session, input, terminal, talking)
      const tellEnd = isNormal(record) ? tellNews : tell
      tellEnd(showClose(record))
    }
  } catch (error) {
    if (!(error instanceof WebSocketException)) throw error
    // How a session ended has been told. Who leaves after that is told no more.
    const left = record !== undefined && abort.signal.aborted
    if (error instanceof WebSocketConnectException && !left) {
      for (const line of showFailure(error)) tell(line)
      return 1
    }
  } finally {
    remove()
    await recording?.close()
    terminal?.close()
  }
  if (wanted > 0 && wanted < Infinity) {
    tell(wanted === 1 ? '1 more message was to come' : `${wanted} more messages were to come`)
    return 1
  }
  const failed = inputFailed || recording?.failed() === true
  return record !== undefined && isNormal(record) && !failed ? 0 : 1
}

const same: WsFilter = (next) => next

function connectedNotice({ call }: DefaultClientWebSocketSession, url: string): string {
  const protocol = call.response.headers.get('sec-websocket-protocol')
  const chosen = protocol === null ? '' : `, subprotocol '${protocol}'`
  return `connected to ${withoutPassword(url)}${chosen}`
}

function isNormal({ local, remote }: CloseRecord): boolean {
  return [local, remote].every((side) => side !== undefined && isNormalEnd(side.code))
}
