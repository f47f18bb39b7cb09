import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Duplex } from 'node:stream'
import type { ClientHandshake } from '../protocol/handshake/client-handshake.ts'
import { type ConnectStage, WebSocketConnectException } from '../websocket/errors.ts'
import type { ConnectOptions } from './connect-options.ts'

/** The server's answer to an upgrade, and the stream if it took it. */
export interface Answer {
  readonly response: IncomingMessage
  /** Absent when the response is not a 101. */
  readonly upgraded?: { readonly stream: Duplex; readonly head: Uint8Array }
}

/** The URL as errors tell it: they are logged, and a password is not to be. */
export function shownUrl({ url }: ClientHandshake): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search}`
}

/** The error for an opening that was given up. */
export function aborted(handshake: ClientHandshake, cause: unknown): WebSocketConnectException {
  const message = `cannot connect to ${shownUrl(handshake)}: opening was aborted`
  return new WebSocketConnectException('aborted', message, { cause })
}

/**
 * Sends the handshake and waits for the answer, at most `timeout` milliseconds. Rejects with a
 * `WebSocketConnectException` that says where it failed.
 */
export function sendHandshake(
  handshake: ClientHandshake,
  options: ConnectOptions,
  timeout: number,
  signal: AbortSignal,
): Promise<Answer> {
  const { url } = handshake
  return new Promise((resolve, reject) => {
    let stage: ConnectStage = 'dns'
    const outgoing = begin(handshake, options)
    const giveUp = (error: WebSocketConnectException): void => {
      stop()
      outgoing.destroy()
      reject(error)
    }
    const fail = (failed: ConnectStage, reason: string, cause?: unknown): void => {
      const message = `cannot connect to ${shownUrl(handshake)}: ${reason}`
      giveUp(new WebSocketConnectException(failed, message, { cause }))
    }
    const timer = setTimeout(
      () => fail('timeout', `no answer within ${timeout} ms (it got to: ${stage})`),
      timeout,
    )
    const onAbort = (): void => giveUp(aborted(handshake, signal.reason))
    const stop = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    outgoing.on('error', (error) => fail(stageOf(error, stage), reasonOf(error), error))
    outgoing.on('socket', (socket) => {
      socket.once('lookup', () => {
        if (stage === 'dns') stage = 'tcp'
      })
      socket.once('connect', () => {
        stage = isSecure(url) ? 'tls' : 'http'
      })
      socket.once('secureConnect', () => {
        stage = 'http'
      })
    })
    outgoing.on('upgrade', (response, stream, head) => {
      stop()
      resolve({ response, upgraded: { stream, head } })
    })
    outgoing.on('response', (response) => {
      stop()
      resolve({ response })
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    outgoing.end()
  })
}

function begin(handshake: ClientHandshake, options: ConnectOptions): ClientRequest {
  const { url, method, target } = handshake
  const settings: RequestOptions = {
    method,
    path: target,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    headers: handshake.headers.flat(),
    setHost: false,
    agent: options.agent ?? false,
  }
  return isSecure(url) ? requestTls({ ...options.tls, ...settings }) : request(settings)
}

function isSecure(url: URL): boolean {
  return url.protocol === 'wss:' || url.protocol === 'https:'
}

function stageOf(error: Error, stage: ConnectStage): ConnectStage {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns'
  if (code.startsWith('HPE_')) return 'http'
  return stage === 'dns' ? 'tcp' : stage
}

/** Node's error for several addresses tried has no message of its own. */
function reasonOf(error: Error): string {
  if (error.message !== '') return error.message
  if (error instanceof AggregateError) return error.errors.map(String).join('; ')
  return 'code' in error ? String(error.code) : error.name
}
