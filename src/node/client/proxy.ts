import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { quote } from '../../protocol/errors/quote.ts'
import { basicAuthorization, quoteUrl } from '../../protocol/handshake/client-url.ts'
import {
  fieldValue,
  type HeaderField,
  type HeadersInput,
  userFields,
} from '../../protocol/headers/header-field.ts'
import { WebSocketConnectException } from '../../websocket/errors.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'

/** An HTTP proxy that opens tunnels (CONNECT: RFC 9110, section 9.3.6). */
export interface ProxyOptions {
  /** `http:` or `https:`. Its user name and password become `Proxy-Authorization` (RFC 7617). */
  readonly url: string | URL
  /** Further headers, for the proxy alone. */
  readonly headers?: HeadersInput | undefined
  /** What `node:tls` takes, for a proxy that is reached by `https:`. */
  readonly tls?: TlsOptions | undefined
}

const PROXY_OPTIONS: OptionNames<ProxyOptions> = { url: 0, headers: 0, tls: 0 }

/** The proxy answered, and opened no tunnel. */
export class WebSocketProxyException extends WebSocketConnectException {
  override readonly name: string = 'WebSocketProxyException'
  override readonly code: string = 'ERR_WEBSOCKET_PROXY'
  readonly status: number
  readonly headers: Headers

  constructor(message: string, status: number, headers: Headers) {
    super('proxy', message)
    this.status = status
    this.headers = headers
  }
}

/** A proxy, its options checked. */
export interface HttpProxy {
  readonly url: URL
  readonly headers: readonly HeaderField[]
  readonly tls: TlsOptions | undefined
}

/** Checks the option, `''` for none, as environments have it. Throws a `TypeError` that says what is wrong with it. */
export function proxyOf(option: string | URL | ProxyOptions | undefined): HttpProxy | undefined {
  if (option === undefined || option === '') return undefined
  const options: ProxyOptions =
    typeof option === 'string' || option instanceof URL ? { url: option } : option
  checkNames('the option proxy', options, PROXY_OPTIONS)
  const { url: given, headers, tls } = options
  if (!URL.canParse(given)) {
    throw new TypeError(
      `the proxy ${quoteUrl(String(given))} is not an absolute URL: write it like 'http://proxy.example.com:3128'`,
    )
  }
  const url = new URL(given)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(
      `the proxy's URL has the scheme ${quote(url.protocol)}: use http: or https:, or an agent for other proxies`,
    )
  }
  const own = userFields(headers)
  const authorization = basicAuthorization(url)
  const fields: readonly HeaderField[] =
    authorization === undefined || fieldValue(own, 'proxy-authorization') !== null
      ? own
      : [['Proxy-Authorization', authorization], ...own]
  return { url, headers: fields, tls }
}

/** The proxy as errors show it, without its password. */
export function shownProxy({ url }: HttpProxy): string {
  return url.origin
}
