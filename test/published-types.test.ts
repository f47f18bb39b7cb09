import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Within `node_modules`, so that the types of packages are found from there. */
const FOLDER = join(ROOT, 'node_modules/.cache/published-types')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

const { exports }: { exports: Readonly<Record<string, string | { readonly types: string }>> } =
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** Those of the entry points, as `npm run build` has left them. */
const ENTRIES = Object.values(exports).flatMap((target) =>
  typeof target === 'string' ? [] : [join(ROOT, target.types)],
)

/** The compiler's complaints about these files and all that they import, declarations included. */
function complaints(files: readonly string[], lib: readonly string[]): Promise<string[]> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    lib,
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  }
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '--pretty', 'false'], { cwd: FOLDER }, (_error, stdout) =>
      resolve(stdout.split('\n').filter((line) => line !== '')),
    )
  })
}

test.each([
  ['no types of the DOM', ['es2022']],
  ['the types of the DOM', ['es2022', 'dom']],
])(
  'the published types stand in a project of Node that has %s',
  { timeout: 30_000 },
  async (_title, lib) => {
    expect(ENTRIES.length).toBeGreaterThan(5)
    expect(await complaints(ENTRIES, lib)).toEqual([])
  },
)

test('a name that only the DOM has is noticed', { timeout: 30_000 }, async () => {
  const types = join(FOLDER, '../published-types.d.ts')
  writeFileSync(types, 'export declare const headers: HeadersInit\n')
  expect(await complaints([types], ['es2022'])).toEqual([
    expect.stringContaining("Cannot find name 'HeadersInit'"),
  ])
})
