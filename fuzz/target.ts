import type { Arbitrary } from 'fast-check'

/** Something that takes bytes from a peer, with what it promises about them. */
export interface Target {
  readonly name: string
  /** Inputs to begin with, beside the corpus. */
  readonly seeds: readonly Uint8Array[]
  /** What a mutation may insert: words of the format. */
  readonly words: readonly Uint8Array[]
  /** Inputs with the structure of the format, mostly legal ones. */
  readonly inputs: Arbitrary<Uint8Array>
  /** Throws when a promise is broken. Does the same for the same input. */
  check(input: Uint8Array): void
}
