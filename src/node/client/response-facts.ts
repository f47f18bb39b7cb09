import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { legible, quote } from '../../protocol/errors/quote.ts'
import { headersOf } from '../http/raw-headers.ts'
import { reset } from '../stream/http2-stream.ts'

/** The head of a response, over either version of HTTP. */
export interface ResponseHead {
  readonly status: number
  /** What stands behind the status; over HTTP/2, which has no such text, the usual one. */
  readonly statusText: string
  readonly headers: Headers
}

/** The head of a response over HTTP/1. */
export function headOf({
  statusCode = 0,
  statusMessage = '',
  rawHeaders,
}: IncomingMessage): ResponseHead {
  return { status: statusCode, statusText: statusMessage, headers: headersOf(rawHeaders) }
}

/** How much of a refusal's body is kept, in bytes. */
const MOST = 65_536

/** How much of its status and of its first line an error's message shows, in characters each. */
const SHOWN = 200

/** How long a refusal's body may take at most, in milliseconds. */
const PATIENCE = 2_000

/** The redirect of a response, for an error message; `''` when there is none. */
export function shownRedirect({ status, headers }: ResponseHead): string {
  const location = headers.get('location')
  if (status < 300 || status > 399 || location === null) return ''
  return ` (it redirects to ${quote(location)}, which is not followed)`
}

/** The status, for an error message. The text behind the number is the peer's, hence made legible. */
export function shownStatus({ status, statusText }: ResponseHead): string {
  return shown(`${status} ${statusText}`.trimEnd())
}

/** The first line of a plain-text body, which mostly says why, for an error message; `''` when there is none. */
export function shownReason({ statusText, headers }: ResponseHead, body: string): string {
  const line =
    body
      .trimStart()
      .split(/[\r\n]/, 1)[0]
      ?.trimEnd() ?? ''
  const plain = headers.get('content-type')?.startsWith('text/plain') === true
  if (!plain || line === '' || line === statusText) return ''
  return `: ${shown(line)}`
}

function shown(line: string): string {
  return legible(line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line)
}

/** The beginning of a response's body as text: what comes within `time` milliseconds and before the signal aborts. */
export function bodyOf(response: Readable, time: number, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const finish = (): void => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).subarray(0, MOST).toString())
      reset(response)
    }
    const timer = setTimeout(finish, Math.min(time, PATIENCE))
    signal.addEventListener('abort', finish)
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length >= MOST) finish()
    })
    response.on('end', finish)
    response.on('error', finish)
    response.on('close', finish)
  })
}
