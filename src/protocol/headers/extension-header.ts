import { quote } from '../errors/quote.ts'
import { type HeaderCursor, parseList } from './header-list.ts'
import { isToken } from './token.ts'

/** One element of `Sec-WebSocket-Extensions` (RFC 6455, section 9.1). */
export interface ExtensionHeader {
  readonly name: string
  readonly parameters: readonly ExtensionParameter[]
}

/** A parameter of an extension in `Sec-WebSocket-Extensions` (RFC 6455, section 9.1). */
export interface ExtensionParameter {
  readonly name: string
  /** Unquoted; `undefined` when the parameter stands alone. */
  readonly value: string | undefined
}

/**
 * The elements of a `Sec-WebSocket-Extensions` value, in linear time; `undefined` when it is malformed or has none.
 * A quoted value must hold a token once it is unquoted (RFC 6455, section 9.1).
 */
export function parseExtensions(value: string): readonly ExtensionHeader[] | undefined {
  return parseList(value, parseExtension)
}

/**
 * The value of `Sec-WebSocket-Extensions` for these elements: `permessage-deflate; client_max_window_bits=10, x`.
 * Throws a `TypeError` when a name or a value is not a token.
 */
export function formatExtensions(extensions: readonly ExtensionHeader[]): string {
  return extensions.map(formatExtension).join(', ')
}

function parseExtension(cursor: HeaderCursor): ExtensionHeader | undefined {
  const name = cursor.token()
  if (name === undefined) return undefined
  const parameters: ExtensionParameter[] = []
  cursor.skipSpace()
  while (cursor.take(';')) {
    cursor.skipSpace()
    const parameter = parseParameter(cursor)
    if (parameter === undefined) return undefined
    parameters.push(parameter)
    cursor.skipSpace()
  }
  return { name, parameters }
}

/** RFC 6455 takes its grammar from RFC 2616, where whitespace may also stand around the equals sign. */
function parseParameter(cursor: HeaderCursor): ExtensionParameter | undefined {
  const name = cursor.token()
  if (name === undefined) return undefined
  cursor.skipSpace()
  if (!cursor.take('=')) return { name, value: undefined }
  cursor.skipSpace()
  const value = cursor.take('"') ? cursor.quotedToken() : cursor.token()
  return value === undefined ? undefined : { name, value }
}

function formatExtension({ name, parameters }: ExtensionHeader): string {
  let text = checkToken(name, 'name of an extension')
  for (const parameter of parameters) {
    text += `; ${checkToken(parameter.name, `parameter of ${name}`)}`
    if (parameter.value !== undefined) {
      text += `=${checkToken(parameter.value, `value of ${name}'s ${parameter.name}`)}`
    }
  }
  return text
}

function checkToken(text: string, role: string): string {
  if (isToken(text)) return text
  throw new TypeError(
    `${quote(text)} cannot be the ${role}: it must be a token, letters, digits and !#$%&'*+-.^_\`|~ (RFC 6455, section 9.1)`,
  )
}
