import type { RequestKey } from '../websocket/request/request-key.ts'
import type { Params, UpgradeRequest } from '../websocket/request/upgrade-request.ts'

/** What is known of a platform's request: its URL, and no headers until a copy has some. */
export function platformRequest<P extends Params>(
  url: string,
  params: P,
  headers: Headers = new Headers(),
  get: UpgradeRequest['get'] = ({ name, fallback }) => {
    if (fallback) return fallback.value
    throw new Error(`the request holds nothing under the key '${name}'`)
  },
): UpgradeRequest<P> {
  return {
    method: 'GET',
    url,
    path: new URL(url).pathname,
    headers,
    params,
    remoteAddress: undefined,
    get raw() {
      return new Request(url, { headers })
    },
    header: (name) => headers.get(name),
    get,
    with(key, value) {
      // Every value stands behind a key of its own type.
      const found = (asked: RequestKey<unknown>): never =>
        (asked === key ? value : get(asked)) as never
      return platformRequest(url, params, headers, found)
    },
    withParams: (more) => platformRequest(url, { ...params, ...more }, headers, get),
    withUrl: (other) => platformRequest(other, params, headers, get),
    withHeader(name, value) {
      const changed = new Headers(headers)
      if (value === null) changed.delete(name)
      else changed.set(name, value)
      return platformRequest(url, params, changed, get)
    },
  }
}
