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
import type { ConnectStage, WebSocketConnectException } from '../../websocket/errors.ts'
import { requestHeaders } from '../http/raw-headers.ts'
import { aborted, connectFailure, reasonOf } from './connect-failure.ts'
import type { ConnectOptions } from './connect-options.ts'
import { hostOf, isSecure, portOf, serverNameOf } from './host-and-port.ts'
import type { HttpProxy } from './proxy.ts'
import { openTunnel } from './tunnel.ts'

/** What it takes to send a handshake. */
export interface Opening {
  readonly handshake: ClientHandshake
  readonly options: Pick<ConnectOptions, 'agent' | 'tls'>
  readonly proxy: HttpProxy | undefined
  /** In milliseconds, for all of opening. */
  readonly timeout: number
  /** Gives up. */
  readonly signal: AbortSignal
}

/** The server's answer to an upgrade, and the stream if it took it. */
export interface Answer {
  readonly response: IncomingMessage
  /** Absent when the response is not a 101. */
  readonly upgraded?: { readonly stream: Duplex; readonly head: Uint8Array } | undefined
}

/** How far the opening has got. */
interface Progress {
  stage: ConnectStage
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
  const { handshake, proxy } = opening
  const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, handshake.url, signal)
  const answer = await upgrade(opening, tunnel, progress, signal)
  // Nobody takes the stream any more.
  if (signal.aborted) answer.upgraded?.stream.destroy()
  return answer
}

function upgrade(
  opening: Opening,
  tunnel: Duplex | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<Answer> {
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

function stageOf(error: Error, stage: ConnectStage): ConnectStage {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns'
  if (code.startsWith('HPE_')) return 'http'
  // In TLS 1.3, a server may refuse the client's certificate after the handshake is done on this side.
  if (code.startsWith('ERR_SSL_')) return 'tls'
  return stage === 'dns' ? 'tcp' : stage
}
