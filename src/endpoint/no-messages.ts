import type { Lens, LensMeta } from '../lens/lens.ts'
import { invalid } from '../lens/lens-failure.ts'
import type { WsMessage } from '../websocket/ws-message.ts'

/**
 * The lens of a side that sends nothing: it refuses every message. Its type is one that any lens fits: the compiler checks
 * the options of an endpoint before it knows the types of lenses that are made in place, against this, and what does not
 * fit hides the mistake that there is.
 */
export interface NoMessages extends Lens<WsMessage, unknown, never> {
  /** Tells it from lenses that read something. */
  readonly readsNothing?: undefined
}

const meta: LensMeta = { target: 'message', name: '', type: 'nothing', required: true }

function refuse(value: unknown): never {
  throw invalid(meta, 'no message', value)
}

/** Typed by all that it takes, so that it is a lens of any values. */
export const noMessages: Lens<WsMessage, never, unknown> = Object.assign(refuse, {
  meta,
  create: refuse,
  map: () => noMessages,
})
