import { type ClientRequest, type RequestOptions, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Duplex } from 'node:stream'
import { connectFailure, reasonOf, shownUrl } from './connect-failure.ts'
import { hostOf, portOf } from './host-and-port.ts'
import { type Proxy, shownProxy, WebSocketProxyException } from './proxy.ts'
import { headersOf } from './response-facts.ts'

/**
 * Asks a proxy for a tunnel to the host and port of a URL (RFC 9110, section 9.3.6). Rejects with a
 * `WebSocketProxyException` when it refuses, with a `WebSocketConnectException` when it cannot be asked, and with the
 * signal's reason.
 */
export function openTunnel(proxy: Proxy, url: URL, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const outgoing = tunnelRequest(proxy, url, signal)
    outgoing.on('error', (error) => {
      const reason = `the proxy ${shownProxy(proxy)}: ${reasonOf(error)}`
      reject(signal.aborted ? signal.reason : connectFailure(url, 'proxy', reason, error))
    })
    outgoing.on('connect', (response, tunnel, head) => {
      const { statusCode: status = 0, statusMessage = '' } = response
      if (status >= 200 && status < 300) {
        if (head.length > 0) tunnel.unshift(head)
        resolve(tunnel)
        return
      }
      tunnel.destroy()
      const message = `cannot connect to ${shownUrl(url)}: the proxy ${shownProxy(proxy)} answered ${status} ${statusMessage}`
      reject(new WebSocketProxyException(message, status, headersOf(response)))
    })
    outgoing.end()
  })
}

function tunnelRequest(proxy: Proxy, target: URL, signal: AbortSignal): ClientRequest {
  const { url, headers, tls } = proxy
  const authority = `${target.hostname}:${portOf(target)}`
  const settings: RequestOptions = {
    method: 'CONNECT',
    path: authority,
    host: hostOf(url),
    port: portOf(url),
    headers: [['Host', authority], ...headers].flat(),
    setHost: false,
    agent: false,
    signal,
  }
  return url.protocol === 'https:' ? requestTls({ ...tls, ...settings }) : request(settings)
}
