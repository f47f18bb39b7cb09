import { readdirSync, readFileSync } from 'node:fs'
import type { FromGenerator, ToGenerator, Usage } from './task.ts'

const PAGE = 4096

/** What the subject has used: read where the system shows it (Linux), otherwise told by the subject itself. */
export async function usageOf(pids: readonly number[]): Promise<Usage> {
  if (pids.length === 0) return await asked()
  const sum = (of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0)
  return { cpu: sum(cpuOf), rss: sum(rssOf) }
}

/** Nanoseconds on a processor stand first in the schedstat of each thread (Linux, Documentation/scheduler/sched-stats). */
function cpuOf(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const line = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1')
    nanoseconds += Number(line.slice(0, line.indexOf(' ')))
  }
  return nanoseconds / 1000
}

function rssOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE
}

function asked(): Promise<Usage> {
  return new Promise((resolve) => {
    process.once('message', ({ usage }: ToGenerator) => resolve(usage))
    tell({ type: 'ask', what: 'usage' })
  })
}

/** Tells whoever started this process. */
export function tell(message: FromGenerator): void {
  process.send?.(message)
}
