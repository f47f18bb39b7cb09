import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from './task.ts'
import { usageOf } from './usage.ts'

/** Of whatever is counted, so that a run ends whatever happens. */
export const MAX_COUNT = 100_000_000

/** What went on while the load was on. */
export interface Window {
  /** Microseconds of the subject. */
  readonly cpu: number
  readonly count: number
  /** By the clock, a second. */
  readonly rate: number
}

/** Lets the load run warm, then holds what was counted against what the subject used. */
export async function measure(task: Task, counted: () => number): Promise<Window> {
  await sleep(task.warm * 1000)
  const before = await usageOf(task.pids)
  const from = counted()
  const start = performance.now()
  await sleep(task.time * 1000)
  const after = await usageOf(task.pids)
  const count = counted() - from
  const seconds = (performance.now() - start) / 1000
  if (count === 0) throw new Error(`nothing came back in ${task.time} s`)
  return { cpu: after.cpu - before.cpu, count, rate: count / seconds }
}

/** Rejects with the first failure that is told. */
export function failures(): { readonly failed: Promise<never>; fail(error: Error): void } {
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {}) // It may come when nobody waits any more.
  return { failed, fail }
}
