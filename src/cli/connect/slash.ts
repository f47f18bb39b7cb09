import { checkReason } from '../../protocol/close/close-code.ts'
import { CloseReason } from '../../protocol/close/close-reason.ts'
import { quote } from '../../protocol/errors/quote.ts'

/** What a line asks for. */
export type Act =
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'ping'; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'close'; readonly reason: CloseReason | undefined }
  | { readonly kind: 'mistake'; readonly message: string }

const MAX_PING = 125
const LIKE_THIS = 'write it like /close 4000 bye'

/** Reads a line that may be `/ping`, `/close`, or a message; one that begins with two slashes is a message with one. */
export function actOf(line: string): Act {
  if (!line.startsWith('/')) return { kind: 'send', text: line }
  if (line.startsWith('//')) return { kind: 'send', text: line.slice(1) }
  const [command = '', ...words] = line.slice(1).split(' ')
  const rest = words.join(' ')
  if (command === 'ping') return ping(rest)
  if (command === 'close') return close(words)
  return mistake(
    `there is no command ${quote(`/${command}`)}: there are /ping and /close, and // begins a message with a slash`,
  )
}

function ping(text: string): Act {
  const data = new TextEncoder().encode(text)
  return data.length <= MAX_PING
    ? { kind: 'ping', data }
    : mistake(`a Ping takes at most ${MAX_PING} bytes, and not ${data.length}`)
}

function close([code, ...words]: readonly string[]): Act {
  if (code === undefined) return { kind: 'close', reason: undefined }
  if (!/^\d+$/.test(code)) return mistake(`${quote(code)} is no close code: ${LIKE_THIS}`)
  try {
    const reason = new CloseReason(Number(code), words.join(' '))
    checkReason(reason)
    return { kind: 'close', reason }
  } catch (error) {
    return mistake(`${(error as Error).message}: ${LIKE_THIS}`)
  }
}

function mistake(message: string): Act {
  return { kind: 'mistake', message }
}
