import { type ClientRequest, type RequestOptions, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Duplex } from 'node:stream'
import { asError } from '../../protocol/errors/thrown.ts'
import { fieldValue } from '../../protocol/headers/header-field.ts'
import { requestHeaders } from '../http/raw-headers.ts'
import { connectFailure, reasonOf, shownUrl } from './connect-failure.ts'
import { hostOf, isSecure, portOf, serverNameOf } from './host-and-port.ts'
import { type HttpProxy, shownProxy, WebSocketProxyException } from './proxy.ts'
import { headOf, shownStatus } from './response-facts.ts'

/** How many interim responses (RFC 9110, section 15.2) may come before the answer. */
const MOST_INTERIM = 16

/**
 * Asks a proxy for a tunnel to the host and port of a URL (RFC 9110, section 9.3.6). Rejects with a
 * `WebSocketProxyException` when it refuses, and with a `WebSocketConnectException` when it cannot be asked or the
 * signal aborts.
 */
export function openTunnel(proxy: HttpProxy, url: URL, signal: AbortSignal): Promise<Duplex> {
  const settings = tunnelRequest(proxy, url, signal)
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const reason = `the proxy ${shownProxy(proxy)}: ${reasonOf(error)}`
      reject(connectFailure(url, 'proxy', reason, error))
    }
    const hear = (outgoing: ClientRequest, interim: number): ClientRequest => {
      outgoing.on('error', fail)
      return outgoing.on('connect', (response, tunnel, head) => {
        const { statusCode: status = 0 } = response
        tunnel.unshift(head)
        if (status >= 200 && status < 300) {
          resolve(tunnel)
        } else if (status < 200 && status !== 101 && interim < MOST_INTERIM) {
          // Node takes an interim response for the answer. A request that is never sent reads what follows.
          hear(request({ ...settings, createConnection: () => tunnel }), interim + 1)
        } else {
          tunnel.destroy()
          const answered = headOf(response)
          const message = `cannot connect to ${shownUrl(url)}: the proxy ${shownProxy(proxy)} answered ${shownStatus(answered)}`
          reject(new WebSocketProxyException(message, status, answered.headers))
        }
      })
    }
    try {
      const options = { ...settings, agent: false }
      const servername = proxy.tls?.servername ?? serverNameOf(proxy.url)
      const outgoing = isSecure(proxy.url)
        ? requestTls({ ...proxy.tls, servername, ...options })
        : request(options)
      hear(outgoing, 0).end()
    } catch (thrown) {
      fail(asError(thrown))
    }
  })
}

function tunnelRequest(proxy: HttpProxy, target: URL, signal: AbortSignal): RequestOptions {
  const { url, headers } = proxy
  const authority = `${target.hostname}:${portOf(target)}`
  return {
    method: 'CONNECT',
    path: authority,
    host: hostOf(url),
    port: portOf(url),
    headers: requestHeaders([
      ['Host', fieldValue(headers, 'host') ?? authority],
      // Without it, Node would send `close`, which a proxy might obey.
      ['Connection', 'keep-alive'],
      ...headers.filter(([name]) => name.toLowerCase() !== 'host'),
    ]),
    setHost: false,
    signal,
  }
}
