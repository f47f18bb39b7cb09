import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { documentTables } from './report/markdown.ts'
import { headline, tableLine, tally } from './report/table.ts'
import { tryAll } from './run.ts'
import { antiphonClient, antiphonServer } from './subjects/antiphon.ts'
import { wsClient, wsServer } from './subjects/ws.ts'
import { allCases, handshakes } from './suite/all.ts'
import { FULL, SHORT } from './suite/deflate.ts'

const SUBJECTS = [antiphonServer, antiphonClient, wsServer, wsClient] as const
const OURS: readonly string[] = [antiphonServer.name, antiphonClient.name]

const { values } = parseArgs({
  options: {
    case: { type: 'string', default: '' },
    full: { type: 'boolean', default: false },
    json: { type: 'string', default: 'conformance.json' },
    docs: { type: 'boolean', default: false },
  },
})

const names = SUBJECTS.map(({ name }) => name)
const chosen = <T extends { readonly id: string }>(cases: readonly T[]): readonly T[] =>
  cases.filter(({ id }) => `${id}.`.startsWith(values.case === '' ? '' : `${values.case}.`))

console.log(headline(names))
const rows = await tryAll(
  chosen(allCases(values.full ? FULL : SHORT)),
  chosen(handshakes),
  SUBJECTS,
  (row) => console.log(tableLine(row, names)),
)
console.log(`\n${tally(rows, names)}`)
writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`)
if (values.docs) {
  const page = new URL('../docs/conformance.md', import.meta.url)
  const [before = '', after = ''] = readFileSync(page, 'utf8').split(
    /<!-- results -->[\s\S]*<!-- end -->/,
  )
  const tables = documentTables(rows, names)
  writeFileSync(page, `${before}<!-- results -->\n\n${tables}\n\n<!-- end -->${after}`)
}

const failures = rows.filter(({ results }) =>
  OURS.some((name) => !['OK', 'INFORMATIONAL', undefined].includes(results[name]?.outcome)),
)
process.exitCode = failures.length > 0 ? 1 : 0
