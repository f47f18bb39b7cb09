import type { Case } from './case.ts'
import type { Row } from './results.ts'
import { runOnce } from './run-once.ts'
import type { Subject } from './subjects.ts'

export interface Runs {
  readonly time: number
  readonly warm: number
  readonly repeats: number
}

/**
 * Runs a case on every subject that can do it, one after the other and all of them again, each time beginning with
 * another one, so that what disturbs the machine disturbs all alike. A run that fails is told and leaves a gap.
 */
export async function runCase(
  measured: Case,
  all: readonly Subject[],
  { time, warm, repeats }: Runs,
  say: (line: string) => void,
): Promise<Row[]> {
  const subjects = all.filter(
    ({ workloads, maxSize = measured.size }) =>
      workloads.includes(measured.workload) && measured.size <= maxSize,
  )
  const figures = subjects.map((): (number | null)[] => [])
  const rates = subjects.map((): (number | null)[] => [])
  const wire: (number | undefined)[] = []
  for (let round = 0; round < repeats; round++) {
    for (let i = 0; i < subjects.length; i++) {
      const at = (i + round) % subjects.length
      const subject = subjects[at]!
      try {
        const outcome = await runOnce(subject, measured, { time, warm })
        figures[at]!.push(outcome.figure)
        rates[at]!.push(outcome.rate ?? null)
        wire[at] = outcome.wireBytes
      } catch (error) {
        figures[at]!.push(null)
        rates[at]!.push(null)
        say(`${subject.name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  return subjects.map(({ name }, i) => ({
    case: measured,
    subject: name,
    figures: figures[i]!,
    rates: rates[i]!,
    wireBytes: wire[i],
  }))
}
