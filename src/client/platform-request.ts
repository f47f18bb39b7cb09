import type { RequestKey } from '../websocket/request-key.ts'
import type { Params, UpgradeRequest } from '../websocket/upgrade-request.ts'

/** What can be told of a platform's request: its URL, and no headers. */
export function platformRequest(url: string): UpgradeRequest {
  return requestOf(url, new Headers(), {}, ({ name, fallback }) => {
    if (fallback) return fallback.value
    throw new Error(`the request holds nothing under the key '${name}'`)
  })
}

function requestOf<P extends Params>(
  url: string,
  headers: Headers,
  params: P,
  get: UpgradeRequest['get'],
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
      return requestOf(url, headers, params, found)
    },
    withParams: (more) => requestOf(url, headers, { ...params, ...more }, get),
    withUrl: (other) => requestOf(other, headers, params, get),
    withHeader(name, value) {
      const changed = new Headers(headers)
      if (value === null) changed.delete(name)
      else changed.set(name, value)
      return requestOf(url, changed, params, get)
    },
  }
}
