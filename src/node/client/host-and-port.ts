import { isIP } from 'node:net'

/** Whether a URL of `ws:`, `wss:`, `http:` or `https:` asks for TLS. */
export function isSecure({ protocol }: URL): boolean {
  return protocol === 'wss:' || protocol === 'https:'
}

/** The host as sockets take it: without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** The port, that of the scheme when none is given. */
export function portOf(url: URL): string {
  if (url.port !== '') return url.port
  return isSecure(url) ? '443' : '80'
}

/** The name that a server of TLS is told, and has to prove: Node would take it from the header `Host`. `''` for an address. */
export function serverNameOf(url: URL): string {
  const host = hostOf(url)
  return isIP(host) === 0 ? host : ''
}
