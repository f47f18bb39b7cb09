import type { Params, UpgradeRequest } from '../websocket/upgrade-request.ts'

/** What `with` put there. Every value stands behind a key of its own type. */
type Values = ReadonlyMap<unknown, { readonly value: unknown }>

/** What can be told of a platform's request: its URL, and no headers. */
export function platformRequest(url: string): UpgradeRequest {
  return requestOf(url, new Headers(), {}, new Map())
}

function requestOf<P extends Params>(
  url: string,
  headers: Headers,
  params: P,
  values: Values,
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
    get(key) {
      const found = values.get(key) ?? key.fallback
      if (!found) throw new Error(`the request holds nothing under the key '${key.name}'`)
      return found.value as never
    },
    with: (key, value) => requestOf(url, headers, params, new Map(values).set(key, { value })),
    withParams: (more) => requestOf(url, headers, { ...params, ...more }, values),
    withUrl: (other) => requestOf(other, headers, params, values),
    withHeader(name, value) {
      const changed = new Headers(headers)
      if (value === null) changed.delete(name)
      else changed.set(name, value)
      return requestOf(url, changed, params, values)
    },
  }
}
