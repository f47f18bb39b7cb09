export interface SecretsOptions {
  /** Headers whose values are not to be shown, beside `Authorization`, `Cookie` and the like. */
  readonly secretHeaders?: readonly string[]
  /** Query parameters whose values are not to be shown, beside `access_token`, `password` and the like. */
  readonly secretQuery?: readonly string[]
}

const HEADERS: readonly string[] = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'sec-websocket-key',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
]

const QUERY: readonly string[] = [
  'access_token',
  'api_key',
  'apikey',
  'auth',
  'code',
  'id_token',
  'jwt',
  'key',
  'password',
  'refresh_token',
  'secret',
  'session',
  'sig',
  'signature',
  'ticket',
  'token',
]

const HIDDEN = '***'

/** Hides what those who read a log or a recording should not learn. Names are told apart without their case. */
export class Secrets {
  readonly #headers: ReadonlySet<string>
  readonly #query: ReadonlySet<string>

  constructor(options: SecretsOptions) {
    this.#headers = lowered(HEADERS, options.secretHeaders)
    this.#query = lowered(QUERY, options.secretQuery)
  }

  headers(headers: Headers): (readonly [name: string, value: string])[] {
    return [...headers].map(([name, value]) => [name, this.#headers.has(name) ? HIDDEN : value])
  }

  /** The URL as it is, but for the values. */
  url(url: string): string {
    const start = url.indexOf('?') + 1
    if (start === 0) return url
    const fields = url.slice(start).split('&')
    return url.slice(0, start) + fields.map((field) => this.#field(field)).join('&')
  }

  #field(field: string): string {
    const equals = field.indexOf('=')
    if (equals < 0) return field
    const name = field.slice(0, equals)
    return this.#query.has(decoded(name).toLowerCase()) ? `${name}=${HIDDEN}` : field
  }
}

function lowered(known: readonly string[], added: readonly string[] = []): ReadonlySet<string> {
  return new Set([...known, ...added.map((name) => name.toLowerCase())])
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}
