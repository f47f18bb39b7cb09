import type { IncomingMessage } from 'node:http'
import { legible, quote } from '../../protocol/errors/quote.ts'

/** How much of a refusal's body is kept, in bytes. */
const MOST = 65_536

/** How much of its status and of its first line an error's message shows, in characters each. */
const SHOWN = 200

/** How long a refusal's body may take at most, in milliseconds. */
const PATIENCE = 2_000

/** The redirect of a response, for an error message; `''` when there is none. */
export function shownRedirect({ statusCode = 0, headers }: IncomingMessage): string {
  const { location } = headers
  if (statusCode < 300 || statusCode > 399 || location === undefined) return ''
  return ` (it redirects to ${quote(location)}, which is not followed)`
}

/** The status, for an error message. The text behind the number is the peer's, hence made legible. */
export function shownStatus({ statusCode = 0, statusMessage = '' }: IncomingMessage): string {
  return shown(`${statusCode} ${statusMessage}`.trimEnd())
}

/** The first line of a plain-text body, which mostly says why, for an error message; `''` when there is none. */
export function shownReason({ statusMessage, headers }: IncomingMessage, body: string): string {
  const line =
    body
      .trimStart()
      .split(/[\r\n]/, 1)[0]
      ?.trimEnd() ?? ''
  const plain = headers['content-type']?.startsWith('text/plain') === true
  if (!plain || line === '' || line === statusMessage) return ''
  return `: ${shown(line)}`
}

function shown(line: string): string {
  return legible(line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line)
}

/** The beginning of a response's body as text: what comes within `time` milliseconds and before the signal aborts. */
export function bodyOf(
  message: IncomingMessage,
  time: number,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const finish = (): void => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).subarray(0, MOST).toString())
      message.destroy()
    }
    const timer = setTimeout(finish, Math.min(time, PATIENCE))
    signal.addEventListener('abort', finish)
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length >= MOST) finish()
    })
    message.on('end', finish)
    message.on('error', finish)
    message.on('close', finish)
  })
}
