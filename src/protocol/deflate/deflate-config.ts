import { quote } from '../errors/quote.ts'
import type { BinaryFrame, TextFrame } from '../frame/frame.ts'

/**
 * How permessage-deflate (RFC 7692) is negotiated and done. The first four are its parameters.
 *
 * A server insists on them: an offer that does not allow them is declined. A client insists on `client...`, while
 * `server...` are wishes: it offers compression without them as its second choice.
 */
export interface DeflateConfig {
  /** 8 to 15, 15 when left out: the server refers no further back than 2 to that power bytes. */
  readonly serverMaxWindowBits?: number | undefined
  /**
   * 8 to 15, 15 when left out: the same for the client. A server that is set to 8 asks clients that do not offer 8
   * themselves for 9.
   */
  readonly clientMaxWindowBits?: number | undefined
  /**
   * The server starts every message with an empty window. Left out, it is true on a server, which then needs no
   * compressor (256 KiB) for each connection, and false on a client, which leaves it to the server. A window that is
   * kept makes series of small messages smaller: to keep it, a server says false.
   */
  readonly serverNoContextTakeover?: boolean | undefined
  /** The same for the client, whose window costs a server 40 KiB for each connection. */
  readonly clientNoContextTakeover?: boolean | undefined
  /** Compress a message only if each of these returns true. */
  readonly compressIf?: CompressPredicate | readonly CompressPredicate[] | undefined
  /** zlib's: 1 (fast) to 9 (small), or -1 for its own choice, which is 6; 5 when left out. */
  readonly level?: number | undefined
  /** zlib's: 1 to 9, 8 when left out. A compressor takes 2 ** (window bits + 2) + 2 ** (memLevel + 9) bytes. */
  readonly memLevel?: number | undefined
}

/** As `DeflateConfig`, with a threshold by size. */
export interface PerMessageDeflateConfig extends DeflateConfig {
  /** Compress a message only when its payload has more bytes than this; 1024 when left out. */
  readonly compressIfBiggerThan?: number | undefined
}

/** Sees a whole outgoing message; anything but `true`, such as a promise, means no. */
export type CompressPredicate = (message: TextFrame | BinaryFrame) => boolean

/** A configuration with every default filled in that does not depend on the role. */
export interface ResolvedDeflateConfig extends PerMessageDeflateConfig {
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number
  readonly compressIf: readonly CompressPredicate[]
  readonly level: number
  readonly memLevel: number
  readonly compressIfBiggerThan: number
}

/** zlib's and RFC 7692's largest window. */
export const MAX_WINDOW_BITS = 15

/** Compresses nearly as well as zlib's own choice, in two thirds of its time where a window is kept. */
const DEFAULT_LEVEL = 5

/** Fills in the defaults. Throws a `RangeError` or a `TypeError` that names the option that is wrong. */
export function resolveDeflateConfig(config: PerMessageDeflateConfig): ResolvedDeflateConfig {
  const {
    serverMaxWindowBits = MAX_WINDOW_BITS,
    clientMaxWindowBits = MAX_WINDOW_BITS,
    serverNoContextTakeover,
    clientNoContextTakeover,
    compressIf = [],
    level = DEFAULT_LEVEL,
    memLevel = 8,
    compressIfBiggerThan = 1024,
    ...others
  } = config
  const resolved: ResolvedDeflateConfig = {
    serverMaxWindowBits,
    clientMaxWindowBits,
    serverNoContextTakeover,
    clientNoContextTakeover,
    compressIf: typeof compressIf === 'function' ? [compressIf] : compressIf,
    level,
    memLevel,
    compressIfBiggerThan,
  }
  const [unknown] = Object.keys(others)
  // A misspelt option would have no effect.
  if (unknown !== undefined) {
    throw new TypeError(
      `permessage-deflate has no option ${unknown}: there are ${Object.keys(resolved).join(', ')}`,
    )
  }
  checkInteger('serverMaxWindowBits', serverMaxWindowBits, 8, MAX_WINDOW_BITS)
  checkInteger('clientMaxWindowBits', clientMaxWindowBits, 8, MAX_WINDOW_BITS)
  checkBoolean('serverNoContextTakeover', serverNoContextTakeover)
  checkBoolean('clientNoContextTakeover', clientNoContextTakeover)
  if (level !== -1) checkInteger('level', level, 1, 9, '-1 or ')
  checkInteger('memLevel', memLevel, 1, 9)
  checkPredicates(resolved.compressIf)
  if (typeof compressIfBiggerThan !== 'number' || !(compressIfBiggerThan >= 0)) {
    throw wrongNumber('compressIfBiggerThan', 'a number of bytes, 0 or more', compressIfBiggerThan)
  }
  return resolved
}

function checkInteger(option: string, value: number, min: number, max: number, or = ''): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw wrongNumber(option, `${or}an integer from ${min} to ${max}`, value)
}

/** A string is quoted: '9' looks like a number otherwise. */
function wrongNumber(option: string, right: string, value: unknown): RangeError {
  const got = typeof value === 'string' ? quote(value) : String(value)
  return new RangeError(`${option} must be ${right}, got ${got}`)
}

function checkBoolean(option: string, value: boolean | undefined): void {
  if (value === undefined || typeof value === 'boolean') return
  throw new TypeError(`${option} must be true or false, got ${String(value)}`)
}

function checkPredicates(predicates: readonly CompressPredicate[]): void {
  if (Array.isArray(predicates) && predicates.every((each) => typeof each === 'function')) return
  throw new TypeError('compressIf must be a function of the message, or an array of them')
}
