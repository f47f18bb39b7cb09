import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DIFFERENCES } from '../../conformance/report/differences.ts'
import { documentTables } from '../../conformance/report/markdown.ts'
import { SECTIONS, sectionOf } from '../../conformance/report/sections.ts'
import { headline, tableLine, tally } from '../../conformance/report/table.ts'
import type { Row } from '../../conformance/run.ts'
import { allCases, handshakes } from '../../conformance/suite/all.ts'
import { SHORT } from '../../conformance/suite/deflate.ts'
import type { Outcome } from '../../conformance/tester/judge.ts'

const NAMES = ['ours', 'theirs']

function row(id: string, ours: Outcome, theirs: Outcome | undefined, why = ''): Row {
  const result = (outcome: Outcome): Row['results'][string] => ({
    outcome,
    why: outcome === 'OK' ? '' : why,
    cuts: {},
  })
  const results = { ours: result(ours), ...(theirs && { theirs: result(theirs) }) }
  return { id, title: 'a case', rfc: '5', own: false, results }
}

describe('the table', () => {
  it('has a column for each implementation, and says below a row what went wrong', () => {
    expect(headline(NAMES)).toBe('case     ours            theirs          title')
    expect(tableLine(row('6.4.1', 'OK', 'NON-STRICT', 'it noticed late'), NAMES)).toBe(
      '6.4.1    OK              NON-STRICT      a case\n         theirs: it noticed late',
    )
    expect(tableLine(row('8.1.1', 'OK', undefined), NAMES)).toBe(
      '8.1.1    OK              -               a case',
    )
  })

  it('is counted by implementation', () => {
    const rows = [row('1.1.1', 'OK', 'OK'), row('1.1.2', 'OK', 'FAILED'), row('1.1.3', 'OK', 'OK')]
    expect(tally(rows, NAMES)).toBe('ours: 3 OK\ntheirs: 2 OK, 1 FAILED')
  })
})

describe('the page', () => {
  const cases = [...allCases(SHORT), ...handshakes]

  it('says what each section is', () => {
    const sections = new Set(cases.map(({ id }) => sectionOf(id)))
    expect([...sections].toSorted()).toEqual(Object.keys(SECTIONS).toSorted())
  })

  it('explains only cases that there are', () => {
    for (const { cases: pattern } of DIFFERENCES) {
      expect(
        cases.some(({ id }) => pattern.test(id)),
        String(pattern),
      ).toBe(true)
    }
  })

  it('cannot be written while nobody says why two differ', () => {
    const explained = row('6.4.1', 'OK', 'NON-STRICT')
    expect(documentTables([explained], NAMES)).toContain('| 6.4.1 | notices malformed text')
    expect(() => documentTables([explained, row('2.1', 'OK', 'FAILED')], NAMES)).toThrow('2.1')
  })

  it('is of the suite as it is', () => {
    const page = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8')
    for (const [section, title] of Object.entries(SECTIONS)) {
      const count = cases.filter(({ id }) => sectionOf(id) === section).length
      expect(page).toContain(`| ${section} ${title} | ${count} |`)
    }
  })
})
