import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { arch, availableParallelism, loadavg, platform, totalmem } from 'node:os'
import type { Found } from '../find-subjects.ts'
import type { Setting } from '../results.ts'
import type { Runs } from '../run-case.ts'

/** Where and when a run happens. */
export function settingOf(
  { time, warm, repeats }: Runs,
  { skipped, versions }: Pick<Found, 'skipped' | 'versions'>,
): Setting {
  const cores = availableParallelism()
  const programs = [`Node ${process.versions.node}`, `ws ${wsVersion()}`, ...new Set(versions)]
  const memory = Math.round(totalmem() / 2 ** 30)
  return {
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
    machine: `${cores} ${cores === 1 ? 'core' : 'cores'}, ${memory} GiB, ${platform()} on ${arch()}, ${programs.join(', ')}`,
    time,
    warm,
    repeats,
    load: loadavg()[0]!,
    cores,
    skipped,
  }
}

function wsVersion(): string {
  const manifest: { version: string } = createRequire(import.meta.url)('ws/package.json')
  return manifest.version
}

function commit(): string {
  try {
    // What a run has written into the documents changes no figure.
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', ':!docs') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`
  } catch {
    return 'unknown'
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}
