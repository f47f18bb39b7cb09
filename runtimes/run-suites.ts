import type { CaseReport, ReportLine } from './report.ts'
import type { Suite, SuiteCase } from './suite.ts'

/** Runs suites, one case after the other, in whatever runtime this is, and tells line by line what became of them. */
export async function runSuites(
  suites: readonly Suite[],
  print: (line: string) => unknown = console.log,
): Promise<void> {
  const tell = (line: ReportLine): unknown => print(JSON.stringify(line))
  for (const { title, proves, lacks, cases } of suites) {
    tell({ antiphon: 'suite', suite: { title, proves, lacks } })
    for (const each of cases) {
      const { name, needs } = each
      tell({ antiphon: 'begin', suite: title, name })
      tell({ antiphon: 'case', case: { suite: title, name, needs, ...(await resultOf(each)) } })
    }
  }
  tell({ antiphon: 'end' })
}

async function resultOf({ run }: SuiteCase): Promise<Pick<CaseReport, 'result' | 'error'>> {
  if (run === undefined) return { result: 'absent' }
  try {
    await run()
    return { result: 'passed' }
  } catch (thrown) {
    const error = thrown instanceof Error ? `${thrown}\n${thrown.stack ?? ''}` : String(thrown)
    return { result: 'failed', error }
  }
}
