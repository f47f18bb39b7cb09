import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const page = new URL('../docs/ktor.md', import.meta.url)
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))

/** All that the entry points name, types among it. */
const EXPORTS = new Set(
  ['../src/index.ts', '../src/node/index.ts'].flatMap(
    (entry) => readFileSync(new URL(entry, import.meta.url), 'utf8').match(/\w+/g) ?? [],
  ),
)

/** The types that a row promises: those it names, or those of Ktor's names that it says are here. */
function typesOf(row: string): readonly string[] {
  const [, ktor = '', here = ''] = row.split('|')
  const same = /\btypes? of th(?:is|ese) names?\b/.test(here)
  const named = same ? ktor : (/the types? (`\w+`(?: and `\w+`)*)/.exec(here)?.[1] ?? '')
  return [...named.matchAll(/`(\w+)`/g)]
    .map(([, name]) => name!)
    .filter((name) => /^[A-Z]/.test(name))
}

describe('the table of Ktor’s names', () => {
  test.each(rows)('%s', async (row) => {
    const names = [...row.matchAll(/`(\w+)` of `(antiphon(?:\/\w+)?)`/g)]
    for (const [, name, entry] of names) {
      const source = entry === 'antiphon' ? '../src/index.ts' : '../src/node/index.ts'
      expect(await import(source), `${entry} exports ${name}`).toHaveProperty(name!)
    }
    for (const name of typesOf(row)) {
      expect(EXPORTS.has(name), `the type ${name} is exported`).toBe(true)
    }
    const tests = [...row.matchAll(/\]\((\.\.\/test\/[^)]+)\)/g)]
    expect(tests.length).toBeGreaterThan(0)
    for (const [, path] of tests) {
      expect(existsSync(fileURLToPath(new URL(path!, page))), `${path} exists`).toBe(true)
    }
  })

  test('has names to check', () => {
    expect(rows.length).toBeGreaterThan(25)
    expect(rows.flatMap(typesOf).length).toBeGreaterThan(10)
  })
})
