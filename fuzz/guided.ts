import { Coverage } from './coverage.ts'
import { mutate, type Random } from './mutate.ts'
import type { Target } from './target.ts'

export interface GuidedOptions {
  readonly target: Target
  readonly corpus: readonly Uint8Array[]
  readonly random: Random
  readonly seconds: number
}

export interface Found {
  readonly executions: number
  /** How many blocks, by how often they ran, were seen. */
  readonly features: number
  /** Inputs that reached what none before had, made as short as they can be. */
  readonly fresh: readonly Uint8Array[]
  /** The first input that broke a promise, and how. */
  readonly failure: { readonly input: Uint8Array; readonly error: unknown } | undefined
}

/**
 * Changes what is in the corpus at random and keeps what reaches something new, for so many seconds, or until a promise
 * is broken.
 */
export function fuzzGuided({ target, corpus, random, seconds }: GuidedOptions): Found {
  const coverage = new Coverage()
  const known = new Set<string>()
  const pool: Uint8Array[] = [...target.seeds, ...corpus]
  const fresh: Uint8Array[] = []
  let executions = 0

  /** What an input reaches. */
  function reach(input: Uint8Array): Set<string> {
    coverage.take()
    executions++
    target.check(Uint8Array.from(input))
    return coverage.take()
  }
  function learn(input: Uint8Array): string[] {
    const reached = reach(input)
    const news = [...reached].filter((feature) => !known.has(feature))
    for (const feature of news) known.add(feature)
    return news
  }

  let current = new Uint8Array()
  try {
    for (const input of pool) {
      current = Uint8Array.from(input)
      learn(current)
    }
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      current = Uint8Array.from(mutate(pool, target.words, random))
      const news = learn(current)
      if (news.length === 0) continue
      const short = shorten(current, (input) => {
        const reached = reach(input)
        return news.every((feature) => reached.has(feature))
      })
      pool.push(short)
      fresh.push(short)
    }
    return { executions, features: known.size, fresh, failure: undefined }
  } catch (error) {
    return { executions, features: known.size, fresh, failure: { input: current, error } }
  } finally {
    coverage.stop()
  }
}

/** Leaves out as much as can be while `holds` does. */
function shorten(input: Uint8Array, holds: (input: Uint8Array) => boolean): Uint8Array {
  let best = input
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= best.length; ) {
      const shorter = Uint8Array.from([...best.subarray(0, at), ...best.subarray(at + size)])
      if (holds(shorter)) best = shorter
      else at += size
    }
  }
  return best
}
