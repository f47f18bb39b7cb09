/** One frame that the tester writes, by hand: it may be as wrong as a case wants it. */
export interface TestFrame {
  readonly opcode: number
  /** A string stands for its UTF-8. Default empty. */
  readonly payload?: string | Uint8Array
  /** Default true. */
  readonly fin?: boolean
  /** RSV1, RSV2 and RSV3 as the bits 4, 2 and 1. Default 0. */
  readonly rsv?: number
  /** Masked where it must not be, or not where it must (RFC 6455, section 5.1). */
  readonly wrongMask?: boolean
  /** The length, written in so many octets after the first two; by default in as few as can be. */
  readonly length?: { readonly octets: 0 | 2 | 8; readonly value: bigint }
}

/** What the tester does. */
export type Step =
  | {
      readonly kind: 'frame'
      readonly frame: TestFrame
      /** Where, in octets of the payload, the tester stops within the frame for a step. */
      readonly pauses?: readonly { readonly at: number; readonly pause: Pause }[]
    }
  /** A whole message, compressed where that is agreed, in fragments of so many octets; 0 for one frame. */
  | {
      readonly kind: 'message'
      readonly opcode: 1 | 2
      readonly payload: Uint8Array
      readonly fragment: number
    }
  | Pause

export type Pause =
  /** For a moment, the peer must not give up. */
  | { readonly kind: 'quiet' }
  /** By now the peer must have given up. */
  | { readonly kind: 'failed' }
  /** By now so many events must have come. */
  | { readonly kind: 'heard'; readonly events: number }

/** How the connection is to end. */
export interface End {
  /**
   * `'clean'`: Close frames go both ways; the tester sends one with 1000 unless a step did. `'failed'`: the peer gives
   * up by itself. `'any'`: whatever it does is right.
   */
  readonly kind: 'clean' | 'failed' | 'any'
  /** What the peer's Close frame may say; 1005 stands for an empty one. */
  readonly codes: readonly number[]
}

export interface Expectation {
  /** What must come, as `describeEvent` writes it. */
  readonly events: Iterable<string>
  /** What may come instead, though it is not strict. */
  readonly lenient?: readonly (readonly string[])[]
  readonly end: End
}

/** What the tester asks for of permessage-deflate, on either side (RFC 7692). */
export interface DeflateTerms {
  /** The peer is to start every message with an empty window. */
  readonly noContextTakeover: boolean
  /** The peer is to use a window of 2 to this power at most; 0: as it likes. */
  readonly windowBits: 0 | 9 | 15
}

/** One case, of both sides of a connection. The peer under test echoes every message. */
export interface Case {
  /** Numbered as in the Autobahn test suite, as far as that goes. */
  readonly id: string
  readonly title: string
  /** Where it is written: a section of RFC 6455 unless another is named. */
  readonly rfc: string
  readonly send: Iterable<Step>
  /** How it is cut when it is sent as it is: in one piece, by frames, or into so many octets. Default one piece. */
  readonly chop?: 'frames' | number
  readonly expect: Expectation
  /** To be agreed on, the preferred terms first; absent: no extension. */
  readonly deflate?: readonly DeflateTerms[]
  /** True where the original suite has no such case. */
  readonly own?: boolean
  /** Tried in this role of the peer only. */
  readonly only?: 'server' | 'client'
}

/** The group of a case: `6.22` of `6.22.34`; `2` of `2.10`. */
export function groupOf(id: string): string {
  return id.split('.').slice(0, -1).join('.')
}

/** Orders identifiers by their numbers. */
export function compareIds(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
