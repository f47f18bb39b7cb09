import { openSocket } from '../node/client/connect.ts'
import type { ConnectOptions } from '../node/client/connect-options.ts'
import type { CloseRecord } from '../protocol/close/close-record.ts'
import { quote } from '../protocol/errors/quote.ts'
import { CLIENT_LIMITS } from '../protocol/frame/limits.ts'
import { isNormalEnd } from '../websocket/client/normal-end.ts'
import { WebSocketConnectException } from '../websocket/errors.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { type Command, command } from './command.ts'
import { CommandError } from './command-error.ts'
import { converse } from './conversation.ts'
import { escapeText } from './escape.ts'
import { headerField, integer, milliseconds, notEmpty, orWord, subprotocol } from './kinds.ts'
import { flag, many, type OptionValues, one } from './options.ts'
import { onInterrupt, type Shell } from './shell.ts'
import { showClose, showFailure } from './show.ts'
import { openTerminal } from './terminal.ts'

/** The default of `--wait`, in milliseconds. */
const PATIENCE = 1_000

const options = {
  header: many('FIELD', headerField, "repeatable: as in 'X-User: ann'"),
  protocol: many('NAME', subprotocol, 'repeatable: a subprotocol to offer'),
  origin: one('ORIGIN', notEmpty, 'the Origin to send'),
  insecure: flag('accepts any certificate'),
  json: flag('lays out messages that are JSON'),
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

Exit code: 0 when both sides closed with 1000, 1001 or no code; 2 for wrong
arguments; 1 otherwise.`,
  },
  async ({ values, positionals }, shell) => {
    const url = onlyUrl(positionals)
    const abort = new AbortController()
    let socket: Websocket | undefined
    // The first time closes politely, the second time at once.
    const leave = (): void => {
      if (socket?.state === 'open') socket.close()
      else abort.abort()
    }
    const remove = onInterrupt(shell, leave)
    try {
      socket = await opened(url, connectOptions(values, abort.signal))
      return await talk(socket, url, values, shell, leave)
    } catch (error) {
      if (!(error instanceof WebSocketConnectException)) throw error
      for (const line of showFailure(error)) shell.stderr.write(`${escapeText(line)}\n`)
      return 1
    } finally {
      remove()
    }
  },
)

/** What cannot be sent is known before anything is, and is the caller's mistake. */
async function opened(url: string, options: ConnectOptions): Promise<Websocket> {
  try {
    return (await openSocket(url, options)).socket
  } catch (error) {
    throw error instanceof TypeError ? new CommandError(2, error.message) : error
  }
}

async function talk(
  socket: Websocket,
  url: string,
  { json, wait }: OptionValues<typeof options>,
  shell: Shell,
  leave: () => void,
): Promise<number> {
  const terminal = openTerminal(shell, leave)
  terminal.notice(connectedNotice(socket, url))
  const patience = wait ?? (terminal.interactive ? 0 : PATIENCE)
  const record = await converse(socket, terminal, { json, patience })
  terminal.notice(showClose(record))
  return isNormal(record) ? 0 : 1
}

function onlyUrl(positionals: readonly string[]): string {
  const [url, second] = positionals
  if (url === undefined)
    throw new CommandError(2, "no URL: give one, such as 'ws://127.0.0.1:9000/'")
  if (second === undefined) return url
  throw new CommandError(2, `connect takes one URL, and not ${quote(second)} beside it`)
}

function connectOptions(values: OptionValues<typeof options>, signal: AbortSignal): ConnectOptions {
  const { header, protocol, origin, insecure, ping, timeout } = values
  const maxMessageSize = values['max-message-size']
  const fields = [...header, ...(origin === undefined ? [] : [['Origin', origin] as const])]
  return {
    headers: fields.map(([name, value]): [string, string] => [name, value]),
    protocols: protocol,
    signal,
    ...(insecure && { tls: { rejectUnauthorized: false } }),
    ...(ping !== undefined && { pingInterval: ping }),
    ...(timeout !== undefined && { timeout }),
    ...(maxMessageSize !== undefined && { maxMessageSize }),
  }
}

/** Without the password that the URL may hold. */
function connectedNotice({ protocol }: Websocket, url: string): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  return `connected to ${shown.href}${protocol === '' ? '' : `, subprotocol '${protocol}'`}`
}

function isNormal({ local, remote }: CloseRecord): boolean {
  return [local, remote].every((side) => side !== undefined && isNormalEnd(side.code))
}
