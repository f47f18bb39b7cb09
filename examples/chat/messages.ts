import type { WsMessage } from 'antiphon'

/** What a page may say, as JSON in a text message. `after` is the id of the last message that it has. */
export type FromPage =
  | { readonly type: 'join'; readonly name: string; readonly after?: string | undefined }
  | { readonly type: 'say'; readonly text: string }

/** What a page hears. `at` is in milliseconds since 1970. */
export type ToPage =
  | { readonly type: 'welcome'; readonly name: string; readonly people: readonly string[] }
  | { readonly type: 'joined' | 'left'; readonly name: string; readonly at: number }
  | Said
  | Mistake

export interface Said {
  readonly type: 'said'
  readonly id: string
  readonly name: string
  readonly text: string
  readonly at: number
}

/** To the one page that made it. */
export interface Mistake {
  readonly type: 'mistake'
  readonly message: string
}

const MAX_NAME = 24
const MAX_TEXT = 2_000

/** Path parameters are decoded, and may be anything. */
export function isRoomName(room: string): boolean {
  return /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(room)
}

export function readMessage(message: WsMessage): FromPage | Mistake {
  let value: unknown
  try {
    value = message.json()
  } catch {
    return mistake('a message must be JSON, such as {"type":"say","text":"hello"}')
  }
  if (!isRecord(value)) return mistake('a message must be a JSON object with a "type"')
  if (value.type === 'join') {
    const name = textOf('name', value.name, MAX_NAME)
    if (typeof name !== 'string') return name
    const after = typeof value.after === 'string' ? value.after : undefined
    return { type: 'join', name: name.replace(/\s+/g, ' '), after }
  }
  if (value.type === 'say') {
    const text = textOf('text', value.text, MAX_TEXT)
    return typeof text === 'string' ? { type: 'say', text } : text
  }
  return mistake('"type" must be "join" or "say"')
}

export function mistake(message: string): Mistake {
  return { type: 'mistake', message }
}

function textOf(field: string, value: unknown, most: number): string | Mistake {
  if (typeof value !== 'string') return mistake(`"${field}" must be a string`)
  const text = value.trim()
  if (text.length > most) {
    return mistake(`"${field}" has ${text.length} characters, at most ${most} fit`)
  }
  // Control and format characters show nothing: they alone are neither name nor text.
  return /[^\p{C}\p{Z}]/u.test(text) ? text : mistake(`"${field}" must not be empty`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
