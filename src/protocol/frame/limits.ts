import * as Opcode from './opcodes.ts'

/** What one connection may cost. Sizes in bytes; the code in a comment is what crossing that limit closes with. */
export interface ConnectionLimits {
  /** Payload of one frame (1009, before it is read). */
  maxFrameSize: number
  /** A whole message, after inflating; inclusive (1009). */
  maxMessageSize: number
  /** Fragments of one message that bring no byte (1008). */
  readonly maxEmptyFragments: number
  /**
   * Pongs that wait behind a slow reader; past it, only the newest is kept (RFC 6455, section 5.5.3). The first one is
   * always written.
   */
  readonly maxPendingPongs: number
}

// As literals, so that bundles contain only the limits that they use.

/** The limits of a server by default. */
export const SERVER_LIMITS: Readonly<ConnectionLimits> = {
  maxFrameSize: 1_048_576,
  maxMessageSize: 1_048_576,
  maxEmptyFragments: 16_384,
  maxPendingPongs: 64,
}

/** The limits of a client by default. */
export const CLIENT_LIMITS: Readonly<ConnectionLimits> = {
  maxFrameSize: 9_007_199_254_740_991,
  maxMessageSize: 67_108_864,
  maxEmptyFragments: 16_384,
  maxPendingPongs: 64,
}

/** The most bytes of a message with this opcode: text may not be longer than what can be decoded. */
export function messageLimit(
  opcode: number,
  { maxMessageSize }: { readonly maxMessageSize: number },
  { longestText }: { readonly longestText: number },
): number {
  return opcode === Opcode.TEXT && maxMessageSize > longestText ? longestText : maxMessageSize
}
