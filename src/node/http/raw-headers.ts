/** The headers of a list as Node's parser makes it: name, value, name, value, and so on. */
export function headersOf(fields: readonly string[]): Headers {
  const headers = new Headers()
  for (let i = 0; i < fields.length; i += 2) headers.append(fields[i]!, fields[i + 1]!)
  return headers
}
