import { SessionClient, type SessionClientConfig } from '../../node/client/session-client.ts'
import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { quote } from '../../protocol/errors/quote.ts'
import { CLIENT_LIMITS } from '../../protocol/frame/limits.ts'
import {
  type OpenSession,
  reconnectingSessions,
} from '../../session/client/reconnecting-sessions.ts'
import type { DefaultClientWebSocketSession } from '../../session/session.ts'
import { isNormalEnd } from '../../websocket/client/normal-end.ts'
import { WebSocketConnectException, WebSocketException } from '../../websocket/errors.ts'
import { type Command, command } from '../arguments/command.ts'
import { CommandError } from '../arguments/command-error.ts'
import {
  headerField,
  integer,
  milliseconds,
  notEmpty,
  orWord,
  subprotocol,
} from '../arguments/kinds.ts'
import { flag, many, type OptionValues, one } from '../arguments/options.ts'
import { escapeText } from '../terminal/escape.ts'
import { type Input, inputOf } from '../terminal/input.ts'
import { onInterrupt, type Shell } from '../terminal/shell.ts'
import { showCause, showClose, showFailure, showHead } from '../terminal/show.ts'
import { openTerminal, type Terminal } from '../terminal/terminal.ts'
import { converse } from './conversation.ts'

/** The default of `--wait`, in milliseconds. */
const PATIENCE = 1_000

const options = {
  header: many('FIELD', headerField, "repeatable: as in 'X-User: ann'"),
  protocol: many('NAME', subprotocol, 'repeatable: a subprotocol to offer'),
  origin: one('ORIGIN', notEmpty, 'the Origin to send'),
  insecure: flag('accepts any certificate'),
  json: flag('lays out messages that are JSON'),
  response: flag('shows the head of the response that opened it'),
  reconnect: flag('connects again when the connection ends'),
  ping: one('MS', milliseconds(0), 'between Pings; default 0: none'),
  timeout: one('MS', milliseconds(1), 'for opening; default 15000'),
  wait: one(
    'MS',
    orWord(milliseconds(0), 'forever', Infinity),
    `of quiet to close after input ends; default ${PATIENCE}`,
  ),
  'max-message-size': one(
    'BYTES',
    integer(0, undefined, 'bytes'),
    `more closes with 1009; default ${CLIENT_LIMITS.maxMessageSize}`,
  ),
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
other codes that it would not change, and after a refusal such as 401. Ctrl-C
ends the wait for the next one.

Exit code: 0 when both sides closed with 1000, 1001 or no code; 2 for wrong
arguments; 1 otherwise.`,
  },
  ({ values, positionals }, shell) => talk(onlyUrl(positionals), values, shell),
)

type Values = OptionValues<typeof options>

async function talk(url: string, values: Values, shell: Shell): Promise<number> {
  const abort = new AbortController()
  let session: DefaultClientWebSocketSession | undefined
  let record: CloseRecord | undefined
  let terminal: Terminal | undefined
  let leaving = false
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
  const remove = onInterrupt(shell, leave)
  try {
    const sessions = reconnectingSessions(opener(url, values, abort.signal), {
      signal: abort.signal,
      retry: ({ retryable, cause }) =>
        values.reconnect && !leaving && retryable && !(cause instanceof CommandError),
      onDown({ cause }, wait) {
        if (cause instanceof WebSocketConnectException) tell(showCause(cause))
        tell(`connecting again in ${(wait / 1_000).toFixed(1)} s`)
      },
    })
    let input: Input | undefined
    for await (session of sessions) {
      terminal ??= openTerminal(shell, leave)
      input ??= inputOf(terminal.lines)
      tell(connectedNotice(session, url))
      if (values.response) for (const line of showHead(session.call.response)) tell(line)
      const patience = values.wait ?? (terminal.interactive ? 0 : PATIENCE)
      record = await converse(session, input, terminal, { json: values.json, patience, leave })
      tell(showClose(record))
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
    terminal?.close()
  }
  return record !== undefined && isNormal(record) ? 0 : 1
}

/** What cannot be sent is known before anything is, and is the caller's mistake. */
function opener(
  url: string,
  values: Values,
  signal: AbortSignal,
): OpenSession<DefaultClientWebSocketSession> {
  return async () => {
    try {
      const client = new SessionClient(clientConfig(values))
      return await client.webSocketSession(url, { signal })
    } catch (error) {
      throw error instanceof TypeError ? new CommandError(2, error.message) : error
    }
  }
}

function onlyUrl(positionals: readonly string[]): string {
  const [url, second] = positionals
  if (url === undefined)
    throw new CommandError(2, "no URL: give one, such as 'ws://127.0.0.1:9000/'")
  if (second === undefined) return url
  throw new CommandError(2, `connect takes one URL, and not ${quote(second)} beside it`)
}

function clientConfig(values: Values): SessionClientConfig {
  const { header, protocol, origin, insecure, ping, timeout } = values
  const fields = [...header, ...(origin === undefined ? [] : [['Origin', origin] as const])]
  return {
    headers: fields.map(([name, value]): [string, string] => [name, value]),
    protocols: protocol,
    tls: insecure ? { rejectUnauthorized: false } : undefined,
    pingInterval: ping,
    timeout,
    maxMessageSize: values['max-message-size'],
  }
}

/** Without the password that the URL may hold. */
function connectedNotice({ call }: DefaultClientWebSocketSession, url: string): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  const protocol = call.response.headers.get('sec-websocket-protocol')
  return `connected to ${shown.href}${protocol === null ? '' : `, subprotocol '${protocol}'`}`
}

function isNormal({ local, remote }: CloseRecord): boolean {
  return [local, remote].every((side) => side !== undefined && isNormalEnd(side.code))
}
