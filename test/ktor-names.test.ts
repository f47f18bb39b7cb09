import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const page = new URL('../docs/ktor.md', import.meta.url)
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))

describe('the table of Ktor’s names', () => {
  test.each(rows)('%s', async (row) => {
    const names = [...row.matchAll(/`(\w+)` of `(antiphon(?:\/\w+)?)`/g)]
    for (const [, name, entry] of names) {
      const source = entry === 'antiphon' ? '../src/index.ts' : '../src/node/index.ts'
      expect(await import(source), `${entry} exports ${name}`).toHaveProperty(name!)
    }
    const tests = [...row.matchAll(/\]\((\.\.\/test\/[^)]+)\)/g)]
    expect(tests.length).toBeGreaterThan(0)
    for (const [, path] of tests) {
      expect(existsSync(fileURLToPath(new URL(path!, page))), `${path} exists`).toBe(true)
    }
  })

  test('has names to check', () => {
    expect(rows.length).toBeGreaterThan(25)
  })
})
