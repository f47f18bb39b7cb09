import { checkFunction } from '../websocket/check-function.ts'
import type { HandshakeFilter, WsFilter } from '../websocket/ws-handler.ts'
import type { HttpFilter, PolyFilter } from './poly-handler.ts'

/** One filter of several of a kind; the first is the outermost. Throws a `TypeError` for anything but a function. */
export function compose<F extends WsFilter | HandshakeFilter | HttpFilter | PolyFilter>(
  ...filters: readonly F[]
): F {
  for (const filter of filters) checkFunction(filter, 'compose needs filters')
  // A filter of any kind makes of a value another one of the same type, hence so does a chain of them. Which kind it
  // is has been said by F, and is of no matter here.
  type Step = (next: unknown) => unknown
  const steps = filters as readonly Step[]
  return ((next) => steps.reduceRight((inner, step) => step(inner), next)) as Step as F
}
