import type { RequestKey } from '../websocket/request-key.ts'
import type { Params, UpgradeRequest } from '../websocket/upgrade-request.ts'

/** What `with` put there. */
type Values = <T>(key: RequestKey<T>) => { readonly value: T } | undefined

/** What can be told of a platform's request: its URL, and no headers. */
export function platformRequest(url: string): UpgradeRequest {
  return requestOf(url, new Headers(), {}, () => undefined)
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
    get raw() {
      return new Request(url, { headers })
    },
    header: (name) => headers.get(name),
    get(key) {
      const found = values(key) ?? key.fallback
      if (found !== undefined) return found.value
      throw new Error(`the request holds nothing under the key '${key.name}'`)
    },
    with: (key, value) =>
      // A key is only ever stored beside a value of its own type.
      requestOf(url, headers, params, (other: unknown) =>
        other === key ? { value: value as never } : values(other as never),
      ),
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
