/** Headers with these fields, in order. They are copied, since the types of some runtimes do not take read-only ones. */
export function headersFrom(fields: readonly (readonly [name: string, value: string])[]): Headers {
  return new Headers(fields.map(([name, value]): [string, string] => [name, value]))
}
