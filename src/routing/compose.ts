import { checkFunction } from '../websocket/support/check-function.ts'
import type { HandshakeFilter, WsFilter } from '../websocket/ws-handler.ts'
import type { HttpFilter, PolyFilter } from './poly-handler.ts'

/** One filter of several of a kind; the first is the outermost. Throws a `TypeError` for anything but a function. */
export function compose<F extends WsFilter | HandshakeFilter | HttpFilter | PolyFilter>(
  ...filters: readonly F[]
): F {
  for (const filter of filters) checkFunction(filter, 'compose needs filters')
  // A filter of any kind returns a value of the type that it is given, and so does a chain of them. Which kind it is
  // does not matter here.
  type Step = (next: unknown) => unknown
  const steps = filters as readonly Step[]
  return ((next) => steps.reduceRight((inner, step) => step(inner), next)) as Step as F
}
