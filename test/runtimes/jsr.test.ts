import { execFile } from 'node:child_process'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { DENO } from '../../runtimes/programs.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What the dry run says, on both streams. Rejects, with that as its message, when it fails. */
async function dryRun(): Promise<string> {
  // What is not committed yet is looked at, too.
  const args = ['publish', '--dry-run', '--allow-dirty']
  const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
  const { stdout, stderr } = await promisify(execFile)(DENO[0]!, args, { cwd: ROOT, env })
  return stdout + stderr
}

describe("JSR's dry run", { timeout: 120_000 }, () => {
  test('takes the sources as they stand, with all that they import, and finds no slow type', async () => {
    const said = await dryRun()
    expect(said).toContain('Checking for slow types in the public API...')
    expect(said).toContain('Success Dry run complete')
    expect(said).not.toMatch(/warning|slow-type|missing-explicit/i)
    const urls = [...said.matchAll(/^ +(file:\S+) \(/gm)].map(([, url]) => url!)
    const paths = urls.map((url) => relative(ROOT, fileURLToPath(url)))
    const others = paths.filter((path) => !/^src\/.*\.ts$/.test(path))
    expect(paths).toContain('src/client/index.ts')
    expect(others.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'LIMITATIONS.md',
      'README.md',
      'SECURITY.md',
      'jsr.json',
      'src/node/bytes/unmask.wat',
    ])
  })
})
