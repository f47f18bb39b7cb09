import { wrongType } from '../websocket/support/check-function.ts'
import type { OptionNames } from '../websocket/support/option-names.ts'

/** What `printTraffic` and `record` hide. */
export interface SecretsOptions {
  /** Headers whose values are not to be shown, besides those known by name, such as `Authorization` and `X-Api-Key`. */
  readonly secretHeaders?: readonly string[] | undefined
  /** Query parameters whose values are not to be shown, besides those known by name, such as `accessToken` and `sig`. */
  readonly secretQuery?: readonly string[] | undefined
}

/** The names of these options. */
export const SECRETS_OPTIONS: OptionNames<SecretsOptions> = { secretHeaders: 0, secretQuery: 0 }

/** Parts of names that indicate a secret, without case, `-`, `_` and `.`: `X-Amz-Security-Token`, `idToken`. */
const SECRET_PARTS =
  /apikey|assertion|authentication|authorization|bearer|cookie|credential|jwt|passphrase|passw|privatekey|secret|sessid|session|signature|ticket|token/

/** Names that indicate a secret only as a whole; `author` does not. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'auth',
  'code',
  'key',
  'otp',
  'pass',
  'pwd',
  'secwebsocketkey',
  'sid',
  'sig',
])

const HIDDEN = '***'

/** No subprotocol has so long a name; tokens do. */
const MAX_PROTOCOL = 64

/** Hides what readers of a log or a recording should not learn. The case of names does not matter. */
export class Secrets {
  readonly #headers: ReadonlySet<string>
  readonly #query: ReadonlySet<string>

  /** Throws a `TypeError` for anything but lists. */
  constructor(options: SecretsOptions) {
    this.#headers = lowered('secretHeaders', options.secretHeaders)
    this.#query = lowered('secretQuery', options.secretQuery)
  }

  headers(headers: Headers): (readonly [name: string, value: string])[] {
    return [...headers].map(([name, value]) => [name, this.#header(name, value)])
  }

  /** The URL with secret values hidden, and otherwise unchanged. */
  url(url: string): string {
    const start = url.indexOf('?') + 1
    if (start === 0) return url
    const fields = url.slice(start).split('&')
    return url.slice(0, start) + fields.map((field) => this.#field(field)).join('&')
  }

  #header(name: string, value: string): string {
    if (this.#headers.has(name) || namesSecret(name)) return HIDDEN
    // URLs, of the page or of what a proxy was asked for, are in headers, too.
    return name === 'sec-websocket-protocol' ? protocols(value) : this.url(value)
  }

  #field(field: string): string {
    const equals = field.indexOf('=')
    if (equals < 0) return field
    const name = field.slice(0, equals)
    const known = decoded(name)
    return this.#query.has(known.toLowerCase()) || namesSecret(known) ? `${name}=${HIDDEN}` : field
  }
}

function namesSecret(name: string): boolean {
  const bare = name.toLowerCase().replace(/^x-/, '').replace(/[-_.]/g, '')
  return SECRET_NAMES.has(bare) || SECRET_PARTS.test(bare)
}

/** Pages cannot set headers, so some offer a token as a subprotocol: after a name that indicates one, or by itself. */
function protocols(value: string): string {
  const offered = value.split(',').map((protocol) => protocol.trim())
  const shown = offered.map((protocol, index) => {
    const before = offered[index - 1] ?? ''
    const behind = namesSecret(before) && protocolName(before) === before
    return behind || protocol.length > MAX_PROTOCOL ? HIDDEN : protocolName(protocol)
  })
  // No subprotocol may be offered twice, also when this is replayed.
  return [...new Set(shown)].join(', ')
}

/** Without a token that is part of it: `bearer.abc`, but not `session.v1`. */
function protocolName(protocol: string): string {
  const parts = protocol.split('.')
  const end = parts.findIndex(namesSecret) + 1
  const rest = parts.slice(end).join('.')
  if (end === 0 || rest === '' || /^v\d+$/.test(rest)) return protocol
  return [...parts.slice(0, end), HIDDEN].join('.')
}

function lowered(option: string, names: readonly string[] = []): ReadonlySet<string> {
  if (!Array.isArray(names))
    throw wrongType(names, `the option ${option} has to be a list of names`)
  return new Set(names.map((name) => name.toLowerCase()))
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}
