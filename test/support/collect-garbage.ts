import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects all garbage; what the reference then still leads to, something keeps. */
export async function keptOf<T extends object>(reference: WeakRef<T>): Promise<T | undefined> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // Until the end of a turn, all that it made a reference to is kept.
  await turn()
  collect()
  return reference.deref()
}
