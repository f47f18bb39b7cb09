import type { Workload } from './case.ts'
import { findJvm } from './jvm.ts'
import { ANTIPHON, antiphon, onPublicApi, plainWs, rawNet, script, wsWithAddon } from './on-node.ts'
import { KIB, MIB } from './plan.ts'
import { findProgram, versionOf } from './runtimes.ts'
import { BASELINE, type Subject } from './subjects.ts'

/** What was found. */
export interface Found {
  readonly subjects: readonly Subject[]
  /** Subjects that cannot run here, and why. */
  readonly skipped: readonly string[]
  /** Of other runtimes, with their names. */
  readonly versions: readonly string[]
}

interface Source {
  readonly name: string
  /** Looks for it; a string says why there is none. */
  find(): readonly (Subject & { readonly version?: string })[] | string
}

const SOURCES: readonly Source[] = [
  { name: 'net', find: rawNet },
  { name: BASELINE, find: plainWs },
  ...Object.keys(ANTIPHON).map((style) => ({
    name: `antiphon-${style}`,
    find: () => antiphon(style),
  })),
  { name: 'antiphon-public', find: onPublicApi },
  { name: 'ws+bufferutil', find: wsWithAddon },
  runtime(
    'bun',
    ['run'],
    ['echo', 'broadcast', 'deflate', 'deflate-broadcast', 'handshakes', 'idle'],
  ),
  runtime('deno', ['run', '--allow-all'], ['echo', 'handshakes', 'idle']),
  onJvm('ktor', 'antiphon.bench.Ktor', ['echo', 'broadcast', 'handshakes', 'idle'], MIB),
  // Jetty's default limit.
  onJvm('http4k', 'antiphon.bench.Http4k', ['echo', 'broadcast', 'handshakes'], 64 * KIB),
]

/**
 * Those of `names` that can run here, the baseline among them; all that can for no names. With `exact`, a name stands for
 * itself, otherwise for all that begin so. Throws a `TypeError` for a name that nothing has.
 */
export function findSubjects(names: readonly string[], exact = false): Found {
  const fits = (wanted: string, name: string): boolean =>
    exact ? name === wanted : name.startsWith(wanted)
  const unknown = names.filter((wanted) => !SOURCES.some(({ name }) => fits(wanted, name)))
  if (unknown.length > 0) {
    const known = SOURCES.map(({ name }) => name).join(', ')
    throw new TypeError(`there is no subject ${unknown.join(', ')}: there are ${known}`)
  }
  const chosen = SOURCES.filter(
    ({ name }) =>
      names.length === 0 ||
      names.some((wanted) => fits(wanted, name)) ||
      (!exact && name === BASELINE),
  )
  const subjects: Subject[] = []
  const skipped: string[] = []
  const versions: string[] = []
  for (const { name, find } of chosen) {
    const found = find()
    if (typeof found === 'string') {
      skipped.push(`${name}: ${found}`)
      continue
    }
    for (const { version, ...subject } of found) {
      subjects.push(subject)
      if (version !== undefined) versions.push(version)
    }
  }
  return { subjects, skipped, versions }
}

function runtime(name: string, args: readonly string[], workloads: readonly Workload[]): Source {
  return {
    name,
    find() {
      const command = findProgram(name)
      if (command === undefined) return `there is no ${name} in runtimes/ and none on the PATH`
      const all = [...args, script(`./servers/${name}.js`), '']
      const version = `${name} ${/\d[\w.-]*/.exec(versionOf(command))?.[0]}`
      return [{ name, command, args: all, env: {}, workloads, raw: false, warm: 0, version }]
    },
  }
}

function onJvm(
  name: string,
  main: string,
  workloads: readonly Workload[],
  maxSize: number,
): Source {
  return {
    name,
    find() {
      const jvm = findJvm()
      if (typeof jvm === 'string') return jvm
      const { java, classPath, versions } = jvm
      const version = `${name} ${versions[name]} on ${versionOf(java)}`
      const args = ['-cp', classPath, main]
      const rest = { env: {}, workloads, raw: false, warm: JVM_WARM, maxSize, version }
      return [{ name, command: java, args, ...rest }]
    },
  }
}

/** A virtual machine interprets before it compiles, and compiles before it optimizes. */
const JVM_WARM = 4
