/** What a peer did wrong, and the code to close with. */
export interface Violation {
  readonly code: 1002 | 1007 | 1008 | 1009
  readonly message: string
  /** For 1009: the size that was too big, in bytes. */
  readonly size?: number
}
