import type { Shell } from '../terminal/shell.ts'
import type { Load } from './plan.ts'
import type { Phase } from './run-load.ts'
import { count } from './show-report.ts'

/** In milliseconds. */
const EVERY = 500

/** One line on the standard error about what is going on, renewed all the time. */
export interface Progress {
  phase(phase: Phase, load: Load): void
  /** Takes the line away. */
  end(): void
}

/** Shows nothing where nobody looks: the standard error is no terminal. */
export function progressOn({ stderr }: Shell): Progress {
  if (stderr.isTTY !== true) return { phase() {}, end() {} }
  let timer: NodeJS.Timeout | undefined
  return {
    phase(phase, load) {
      clearInterval(timer)
      let before = { at: load.clock.now(), sent: load.tally.sent }
      const show = (): void => {
        const { tally, clock } = load
        const now = { at: clock.now(), sent: tally.sent }
        const rate = ((now.sent - before.sent) * 1_000) / Math.max(now.at - before.at, 1)
        before = now
        const text = `${phase}: ${line(load)} (${count(rate)}/s)`
        stderr.write(`${TAKE_AWAY}${text.slice(0, (stderr.columns ?? Infinity) - 1)}`)
      }
      show()
      timer = setInterval(show, EVERY)
    },
    end() {
      if (timer !== undefined) stderr.write(TAKE_AWAY)
      clearInterval(timer)
      timer = undefined
    },
  }
}

/** To the first column, and what stands there erased: of a line that is wider than the terminal, only the end would be. */
const TAKE_AWAY = '\r\u001b[2K'

function line({ plan, tally }: Load): string {
  const failures = [...tally.refusals, ...tally.failures]
  const failed = failures.reduce((sum, alike) => sum + alike.count, 0)
  const parts = [
    `${count(tally.open)} of ${count(plan.connections)} open`,
    ...(failed === 0 ? [] : [`${count(failed)} failed`]),
    `${count(tally.received)} received`,
    `${count(tally.sent)} sent`,
  ]
  return parts.join(', ')
}
