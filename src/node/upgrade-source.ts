import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { HandshakeRequest } from '../protocol/handshake/server-handshake.ts'
import type { RequestSource } from '../websocket/upgrade-request.ts'

/**
 * What a request for an upgrade says, without the message it came in: sockets keep it as long as they live, and the
 * message would keep the parser's state and the stream.
 */
export function upgradeSource(message: IncomingMessage): RequestSource & HandshakeRequest {
  const fields = message.rawHeaders
  const method = message.method ?? 'GET'
  const scheme = message.socket instanceof TLSSocket ? 'https' : 'http'
  const target = message.url ?? '/'
  const host = headerOf(fields, 'host') ?? 'localhost'
  const url = target.startsWith('/') ? `${scheme}://${host}${target}` : target
  const headers = (): Headers => new Headers(pairs(fields))
  return {
    method,
    url,
    httpVersion: message.httpVersion,
    header: (name) => headerOf(fields, name),
    headers,
    raw: () => new Request(url, { method, headers: headers() }),
  }
}

/** Several values are joined by `, `; of a header that may stand only once, that makes a value nobody accepts. */
function headerOf(fields: readonly string[], name: string): string | null {
  const wanted = name.toLowerCase()
  let joined: string | null = null
  for (let i = 0; i < fields.length; i += 2) {
    const field = fields[i]!
    if (field.length !== wanted.length || field.toLowerCase() !== wanted) continue
    joined = joined === null ? fields[i + 1]! : `${joined}, ${fields[i + 1]!}`
  }
  return joined
}

function pairs(fields: readonly string[]): [string, string][] {
  const list: [string, string][] = []
  for (let i = 0; i < fields.length; i += 2) list.push([fields[i]!, fields[i + 1]!])
  return list
}
