import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `npm ci --prefix runtimes` puts what it installs. */
export const INSTALLED: string = fileURLToPath(new URL('../runtimes/node_modules', import.meta.url))

/** The folders of programs in there. */
const PACKAGES: Readonly<Record<string, string>> = {
  bun: '@oven/bun-linux-x64/bin',
  deno: '@deno/linux-x64-glibc',
}

/** The first program of this name that runs: of `runtimes/`, then of the `PATH`. `undefined` when there is none. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const own = PACKAGES[name]
  if (own !== undefined) folders.unshift(join(INSTALLED, own))
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path) && runs(path))
}

/** What it says of its version, in one line. */
export function versionOf(command: string): string {
  const text = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: QUIET })
  return text.slice(0, text.search(/[\n(]|$/)).trim()
}

const QUIET: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']

function runs(command: string): boolean {
  try {
    return versionOf(command) !== ''
  } catch {
    return false
  }
}
