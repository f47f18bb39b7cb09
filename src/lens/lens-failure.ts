import { AnsweredError } from '../websocket/answered-error.ts'
import type { LensMeta, LensTarget } from './lens.ts'
import { show } from './show.ts'

/**
 * A value that is missing or wrong, for example `query 'page': expected an integer, got 'abc'`.
 * The message holds nothing of `cause`, so it can be shown to the peer. When a handler throws it, the answer is a 400. A
 * failure to write, or to read a response from another server, is no fault of the request: the answer is a 500, and the
 * server's hook hears of it.
 */
export class LensFailure extends AnsweredError {
  // The class's name, as everywhere; the name of the field is `field`.
  override readonly name = 'LensFailure'
  readonly code = 'ERR_LENS'
  readonly kind: 'missing' | 'invalid'
  readonly target: LensTarget
  /** The field's name; `''` for a body or a message. */
  readonly field: string
  /** What would have been right, such as `an integer`. */
  readonly expected: string
  /** What was there, shortened and escaped; `nothing` when it is missing. */
  readonly got: string

  /** What failed inside is `cause`: an error that a map threw, or the array of a schema's issues. */
  constructor(
    at: Pick<LensMeta, 'target' | 'name'>,
    failure: {
      readonly kind: 'missing' | 'invalid'
      readonly expected: string
      readonly got: string
      readonly cause?: unknown
    },
  ) {
    super(
      `${placeOf(at)}: expected ${failure.expected}, got ${failure.got}`,
      failure.cause === undefined ? undefined : { cause: failure.cause },
    )
    this.kind = failure.kind
    this.target = at.target
    this.field = at.name
    this.expected = failure.expected
    this.got = failure.got
  }

  /** For engines: `lensFailureResponse` of this; `undefined` when it is no fault of the request. */
  override answer(): Response | undefined {
    return ours.has(this) ? undefined : lensFailureResponse(this)
  }
}

const ours = new WeakSet<object>()

/** Marks a failure of what this side writes, or of an answer that it got: the sender of the request must not see it. */
export function ourOwn(thrown: unknown): unknown {
  if (thrown instanceof LensFailure) ours.add(thrown)
  return thrown
}

/** The result of `write`, whose failures are marked as our own. */
export function written<T>(write: () => T): T {
  try {
    return write()
  } catch (thrown) {
    throw ourOwn(thrown)
  }
}

/** What a handshake or an HTTP handler answers to a failure: 400, with its message as text. */
export function lensFailureResponse(failure: LensFailure): Response {
  return new Response(failure.message, {
    status: 400,
    headers: { 'content-type': 'text/plain;charset=utf-8', 'x-content-type-options': 'nosniff' },
  })
}

/** `query 'page'`, or `message` alone. */
function placeOf(at: Pick<LensMeta, 'target' | 'name'>): string {
  return at.name === '' ? at.target : `${at.target} ${show(at.name)}`
}

export function missing(at: LensMeta, expected: string, cause?: unknown): LensFailure {
  return new LensFailure(at, { kind: 'missing', expected, got: 'nothing', cause })
}

export function invalid(
  at: LensMeta,
  expected: string,
  got: unknown,
  cause?: unknown,
): LensFailure {
  return new LensFailure(at, { kind: 'invalid', expected, got: show(got), cause })
}
