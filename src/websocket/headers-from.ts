/** Headers of fields in order; the types of some runtimes take none that are read-only. */
export function headersFrom(fields: readonly (readonly [name: string, value: string])[]): Headers {
  return new Headers(fields.map(([name, value]): [string, string] => [name, value]))
}
