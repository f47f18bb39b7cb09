import type { OutgoingHttpHeaders } from 'node:http'
import type { HeaderField } from '../../protocol/headers/header-field.ts'

/** The headers of a list as Node's parser makes it: name, value, name, value, and so on. */
export function headersOf(fields: readonly string[]): Headers {
  const headers = new Headers()
  for (let i = 0; i < fields.length; i += 2) headers.append(fields[i]!, fields[i + 1]!)
  return headers
}

/**
 * The headers of a request as an object. `node:http` takes a list as well, but what observes requests may not: OpenTelemetry
 * adds a header to a copy of the object, and from a list it would make headers named 0, 1, 2.
 */
export function requestHeaders(fields: readonly HeaderField[]): OutgoingHttpHeaders {
  const found = new Map<string, { readonly name: string; readonly values: string[] }>()
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    const same = found.get(key)
    if (same === undefined) found.set(key, { name, values: [value] })
    else same.values.push(value)
  }
  const entries = [...found.values()].map(({ name, values }) => [
    name,
    values.length === 1 ? values[0] : values,
  ])
  return Object.fromEntries(entries)
}
