import type { ConnectOptions } from '../../node/client/connect-options.ts'
import { quote } from '../../protocol/errors/quote.ts'
import { CLIENT_LIMITS } from '../../protocol/frame/limits.ts'
import { CommandError } from '../arguments/command-error.ts'
import { headerField, integer, milliseconds, notEmpty, subprotocol } from '../arguments/kinds.ts'
import { flag, many, type Option, type OptionValues, one } from '../arguments/options.ts'

/** How to connect: the same for every command that does. */
export const CLIENT_OPTIONS: {
  readonly header: Option<readonly (readonly [name: string, value: string])[]>
  readonly protocol: Option<readonly string[]>
  readonly origin: Option<string | undefined>
  readonly insecure: Option<boolean>
  readonly timeout: Option<number | undefined>
  readonly 'max-message-size': Option<number | undefined>
} = {
  header: many('FIELD', headerField, "repeatable: as in 'X-User: ann'"),
  protocol: many('NAME', subprotocol, 'repeatable: a subprotocol to offer'),
  origin: one('ORIGIN', notEmpty, 'the Origin to send'),
  insecure: flag('accepts any certificate'),
  timeout: one('TIME', milliseconds(1), 'for opening: 30s, or 500 for ms; default 15s'),
  'max-message-size': one(
    'BYTES',
    integer(0, undefined, 'bytes'),
    `more closes with 1009; default ${CLIENT_LIMITS.maxMessageSize}`,
  ),
}

export type ClientValues = OptionValues<typeof CLIENT_OPTIONS>

/** What they mean to our client. */
export function connectOptions(values: ClientValues): ConnectOptions {
  const { header, protocol, origin, insecure, timeout } = values
  const fields = [...header, ...(origin === undefined ? [] : [['Origin', origin] as const])]
  return {
    headers: fields.map(([name, value]): [string, string] => [name, value]),
    protocols: protocol,
    tls: insecure ? { rejectUnauthorized: false } : undefined,
    timeout,
    maxMessageSize: values['max-message-size'],
  }
}

/** The only argument of a command. Throws a `CommandError` for none, and for another one. */
export function onlyUrl(command: string, positionals: readonly string[]): string {
  const [url, second] = positionals
  if (url === undefined)
    throw new CommandError(2, "no URL: give one, such as 'ws://127.0.0.1:9000/'")
  if (second === undefined) return url
  throw new CommandError(2, `${command} takes one URL, and not ${quote(second)} beside it`)
}

/** What cannot be sent is known before anything is, and is the caller's mistake: a `TypeError` is that, to a command. */
export async function callersMistakes<T>(opening: () => Promise<T>): Promise<T> {
  try {
    return await opening()
  } catch (error) {
    throw error instanceof TypeError ? new CommandError(2, error.message) : error
  }
}

/** Without the password that the URL may hold. */
export function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  return shown.href
}
