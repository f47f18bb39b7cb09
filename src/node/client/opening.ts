import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request,
} from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { asError } from '../../protocol/errors/thrown.ts'
import type { ClientHandshake } from '../../protocol/handshake/client-handshake.ts'
import type { WebSocketConnectException } from '../../websocket/errors.ts'
import { requestHeaders } from '../http/raw-headers.ts'
import type { Answer, Progress } from './answer.ts'
import { aborted, connectFailure, reasonOf, stageOf } from './connect-failure.ts'
import type { ConnectOptions } from './connect-options.ts'
import { hostOf, isSecure, portOf, serverNameOf } from './host-and-port.ts'
import { answerOverHttp2 } from './http2-opening.ts'
import type { HttpProxy } from './proxy.ts'
import { headOf } from './response-facts.ts'
import { openTunnel } from './tunnel.ts'

/** What it takes to send a handshake. */
export interface Opening {
  readonly handshake: ClientHandshake
  readonly options: Pick<ConnectOptions, 'agent' | 'tls' | 'http2'>
  readonly proxy: HttpProxy | undefined
  /** In milliseconds, for all of opening. */
  readonly timeout: number
  /** Gives up. */
  readonly signal: AbortSignal
}

/**
 * Sends the handshake, through a tunnel if there is a proxy, and waits for the answer, at most `timeout` milliseconds.
 * Rejects with a `WebSocketConnectException` that says where it failed.
 */
export async function sendHandshake(opening: Opening): Promise<Answer> {
  const { handshake, timeout, signal } = opening
  const { url } = handshake
  // Checked here, since a request connects even if its signal has aborted.
  if (signal.aborted) throw aborted(url, signal.reason)
  const progress: Progress = { stage: 'proxy' }
  const end = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    end.signal.addEventListener('abort', () => reject(end.signal.reason))
  })
  const timer = setTimeout(() => {
    const reason = `no answer within ${timeout} ms (it got to: ${progress.stage})`
    end.abort(connectFailure(url, 'timeout', reason))
  }, timeout)
  const onAbort = (): void => end.abort(aborted(url, signal.reason))
  signal.addEventListener('abort', onAbort)
  try {
    // A request that waits for its agent notices an abort late.
    return await Promise.race([ended, answerTo(opening, progress, end.signal)])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

async function answerTo(
  opening: Opening,
  progress: Progress,
  signal: AbortSignal,
): Promise<Answer> {
  const { handshake, options, proxy } = opening
  if (options.http2 !== undefined) {
    return await answerOverHttp2(handshake, options.http2, progress, signal)
  }
  const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, handshake.url, signal)
  const { response, upgraded } = await upgrade(opening, tunnel, progress, signal)
  // Nobody takes the stream any more.
  if (signal.aborted) upgraded?.stream.destroy()
  return { ...headOf(response), body: response, upgraded }
}

interface Reply extends Pick<Answer, 'upgraded'> {
  readonly response: IncomingMessage
}

function upgrade(
  opening: Opening,
  tunnel: Duplex | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<Reply> {
  const { url } = opening.handshake
  const connected = isSecure(url) ? 'tls' : 'http'
  if (tunnel !== undefined) progress.stage = connected
  else progress.stage = isIP(hostOf(url)) === 0 ? 'dns' : 'tcp'
  return new Promise((resolve, reject) => {
    let outgoing: ClientRequest
    try {
      outgoing = upgradeRequest(opening, tunnel, signal)
    } catch (thrown) {
      tunnel?.destroy()
      reject(unusable(opening, asError(thrown)))
      return
    }
    outgoing.on('error', (error) => {
      const stage = stageOf(error, progress.stage)
      reject(connectFailure(url, stage, reasonOf(error), error))
    })
    outgoing.on('socket', (socket) => {
      // An agent's socket may be connected already. If it is destroyed, its error tells how far it got.
      if (!socket.connecting && !socket.destroyed) {
        progress.stage = Reflect.get(socket, 'secureConnecting') === true ? 'tls' : 'http'
      }
      socket.once('lookup', () => {
        progress.stage = 'tcp'
      })
      socket.once('connect', () => {
        progress.stage = connected
      })
      socket.once('secureConnect', () => {
        progress.stage = 'http'
      })
    })
    outgoing.on('upgrade', (response, stream, head) => {
      // What came right behind the answer may break it before its transport listens, which is a few microtasks later.
      stream.on('error', (error) => stream.destroy(error))
      resolve({ response, upgraded: { stream, head } })
    })
    outgoing.on('response', (response) => resolve({ response }))
    outgoing.end()
  })
}

function upgradeRequest(
  { handshake, options }: Opening,
  tunnel: Duplex | undefined,
  signal: AbortSignal,
): ClientRequest {
  const { url, method, target } = handshake
  const { agent = false, tls } = options
  const host = hostOf(url)
  const settings: RequestOptions = {
    method,
    path: target,
    host,
    port: portOf(url),
    headers: requestHeaders(handshake.headers),
    setHost: false,
    signal,
  }
  const servername = tls?.servername ?? serverNameOf(url)
  if (tunnel === undefined) {
    return isSecure(url)
      ? requestTls({ ...tls, servername, ...settings, agent })
      : request({ ...settings, agent })
  }
  const stream = isSecure(url) ? connectTls({ ...tls, servername, host, socket: tunnel }) : tunnel
  // Without an agent, nobody would close the connection after a refusal.
  const through = Object.assign(new Agent(), { createConnection: () => stream })
  return request({ ...settings, agent: through })
}

/** The error for an option that Node finds to be invalid only when it connects. */
function unusable({ handshake, options }: Opening, error: Error): WebSocketConnectException {
  const code = 'code' in error ? String(error.code) : ''
  const agents = options.agent !== undefined && !/^ERR_(?:TLS|SSL|OSSL)_/.test(code)
  const [stage, option] = agents ? (['tcp', 'agent'] as const) : (['tls', 'tls'] as const)
  const reason = `the option ${option} cannot be used: ${reasonOf(error)}`
  return connectFailure(handshake.url, stage, reason, error)
}
