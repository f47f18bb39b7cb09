/** One opening handshake, of one side: bytes sent as they are. */
export interface HandshakeCase {
  readonly id: string
  readonly title: string
  readonly rfc: string
  /** The role of the implementation under test. */
  readonly only: 'server' | 'client'
  /**
   * The head the tester sends, and what comes behind it. In a response, `{accept}` stands for what answers the client's
   * key.
   */
  readonly message: string
  readonly behind?: Uint8Array
  readonly expect: {
    /** Of a server, that of the response; of a client 101 when it opens, 0 when it refuses. */
    readonly status: readonly number[]
    /** What must be in the response's head, by name in lower case; `null` for what must not. */
    readonly fields?: Readonly<Record<string, string | null>>
    readonly events?: readonly string[]
  }
}
