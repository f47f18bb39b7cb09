import { join } from 'node:path'
import type { Workload } from './case.ts'

/** Something to measure, in a process of its own. */
export interface Subject {
  readonly name: string
  readonly command: string
  /** Before the case, and the generator's port where the subject is a client. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workloads: readonly Workload[]
  /** Speaks no WebSocket. */
  readonly raw: boolean
  /** Seconds that it needs at least to warm up. */
  readonly warm: number
  /** Bytes of the largest message that it takes with default options; any when left out. */
  readonly maxSize?: number
}

/** What all others are held against. */
export const BASELINE = 'ws'

/** The same, writing a CPU profile into a folder of its name in `folder` when it ends; for Node alone. */
export function profiled(subject: Subject, folder: string): Subject {
  if (subject.command !== process.execPath) return subject
  const options = ['--cpu-prof', `--cpu-prof-dir=${join(folder, subject.name)}`]
  return { ...subject, args: [...options, ...subject.args] }
}
