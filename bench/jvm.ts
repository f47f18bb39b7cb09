import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from './runtimes.ts'

const PROJECT = fileURLToPath(new URL('../bench/jvm', import.meta.url))
const BUILT = join(PROJECT, 'target/lib')
/** Milliseconds: the first time, Maven fetches some hundred files. */
const BUILD_PATIENCE = 600_000

/** How to run the classes of `bench/jvm`. */
export interface Jvm {
  readonly java: string
  readonly classPath: string
  /** Of the servers that it has, by name. */
  readonly versions: Readonly<Record<string, string | undefined>>
}

/** Builds `bench/jvm` when need be; a string says why it cannot be run. */
export function findJvm(): Jvm | string {
  if (process.platform !== 'linux') return 'it cannot tell its use: that is read from /proc'
  const [java, javac, maven] = ['java', 'javac', 'mvn'].map(findProgram)
  if (java === undefined || javac === undefined) return 'there is no JDK on the PATH'
  if (maven === undefined) return 'there is no Maven (mvn) on the PATH'
  if (!isBuilt()) {
    try {
      build(maven)
    } catch (error) {
      return `bench/jvm does not build: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  const classPath = [join(PROJECT, 'target/classes'), join(BUILT, '*')].join(delimiter)
  const versions = { ktor: versionIn('ktor-server-core-jvm'), http4k: versionIn('http4k-core') }
  return { java, classPath, versions }
}

function versionIn(library: string): string | undefined {
  const jar = readdirSync(BUILT).find((name) => /^\d/.test(name.replace(`${library}-`, '')))
  return jar?.slice(library.length + 1, -'.jar'.length)
}

function build(maven: string): void {
  const stdio: ['ignore', 2, 'inherit'] = ['ignore', 2, 'inherit']
  const args = ['--batch-mode', '--quiet', 'clean', 'compile']
  execFileSync(maven, args, { cwd: PROJECT, stdio, timeout: BUILD_PATIENCE })
}

/** Whether it was, after the last change to the sources. */
function isBuilt(): boolean {
  if (!existsSync(BUILT)) return false
  const built = statSync(BUILT).mtimeMs
  const sources = readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' })
  const all = ['pom.xml', ...sources.map((path) => join('src', path))]
  return all.every((path) => statSync(join(PROJECT, path)).mtimeMs < built)
}
