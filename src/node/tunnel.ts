import { type ClientRequest, type RequestOptions, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Duplex } from 'node:stream'
import { fieldValue } from '../protocol/handshake/header-field.ts'
import { asError } from '../protocol/thrown.ts'
import { connectFailure, reasonOf, shownUrl } from './connect-failure.ts'
import { hostOf, portOf } from './host-and-port.ts'
import { type HttpProxy, shownProxy, WebSocketProxyException } from './proxy.ts'
import { headersOf, shownStatus } from './response-facts.ts'

/**
 * Asks a proxy for a tunnel to the host and port of a URL (RFC 9110, section 9.3.6). Rejects with a
 * `WebSocketProxyException` when it refuses, and with a `WebSocketConnectException` when it cannot be asked or the
 * signal aborts.
 */
export function openTunnel(proxy: HttpProxy, url: URL, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const reason = `the proxy ${shownProxy(proxy)}: ${reasonOf(error)}`
      reject(connectFailure(url, 'proxy', reason, error))
    }
    let outgoing: ClientRequest
    try {
      outgoing = tunnelRequest(proxy, url, signal)
    } catch (thrown) {
      fail(asError(thrown))
      return
    }
    outgoing.on('error', fail)
    outgoing.on('connect', (response, tunnel, head) => {
      const { statusCode: status = 0 } = response
      if (status >= 200 && status < 300) {
        if (head.length > 0) tunnel.unshift(head)
        resolve(tunnel)
        return
      }
      tunnel.destroy()
      const message = `cannot connect to ${shownUrl(url)}: the proxy ${shownProxy(proxy)} answered ${shownStatus(response)}`
      reject(new WebSocketProxyException(message, status, headersOf(response)))
    })
    outgoing.end()
  })
}

function tunnelRequest(proxy: HttpProxy, target: URL, signal: AbortSignal): ClientRequest {
  const { url, headers, tls } = proxy
  const authority = `${target.hostname}:${portOf(target)}`
  const settings: RequestOptions = {
    method: 'CONNECT',
    path: authority,
    host: hostOf(url),
    port: portOf(url),
    headers: [
      ['Host', fieldValue(headers, 'host') ?? authority],
      // Left out, Node would say `close`, which a proxy might take at its word.
      ['Connection', 'keep-alive'],
      ...headers.filter(([name]) => name.toLowerCase() !== 'host'),
    ].flat(),
    setHost: false,
    agent: false,
    signal,
  }
  return url.protocol === 'https:' ? requestTls({ ...tls, ...settings }) : request(settings)
}
