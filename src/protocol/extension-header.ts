/** One element of `Sec-WebSocket-Extensions` (RFC 6455, section 9.1); a parameter without a value has `''`... */
export interface ExtensionHeader {
  readonly name: string
  readonly parameters: readonly ExtensionParameter[]
}

export interface ExtensionParameter {
  readonly name: string
  /** Unquoted; `undefined` when the parameter stands alone. */
  readonly value: string | undefined
}
