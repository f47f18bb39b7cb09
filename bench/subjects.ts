import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WORKLOADS, type Workload } from './case.ts'

/** Something to measure, in a process of its own. */
export interface Subject {
  readonly name: string
  readonly command: string
  /** Before the case, and the generator's port where the subject is a client. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workloads: readonly Workload[]
  /** Speaks no WebSocket. */
  readonly raw: boolean
}

/** What all others are held against. */
export const BASELINE = 'ws'

const NO_NATIVE = { WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' }
const SERVER_SIDE = WORKLOADS.filter((workload) => workload !== 'receive')

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

function onNode(
  name: string,
  path: string,
  style: string,
  workloads: readonly Workload[],
  more: Partial<Subject> = {},
): Subject {
  const args = [script(path), style]
  return { name, command: process.execPath, args, env: {}, workloads, raw: false, ...more }
}

const ALWAYS: readonly Subject[] = [
  onNode('net', './servers/net.js', '', ['echo', 'idle'], { raw: true }),
  onNode(BASELINE, './servers/ws.js', '', SERVER_SIDE, { env: NO_NATIVE }),
  onNode('antiphon-handler', './servers/antiphon.js', 'handler', SERVER_SIDE),
  onNode('antiphon-session', './servers/antiphon.js', 'session', ['echo', 'handshakes', 'idle']),
  onNode('antiphon-filters', './servers/antiphon.js', 'filters', ['echo', 'handshakes']),
  onNode('antiphon-async', './servers/antiphon.js', 'async', ['echo']),
  onNode('antiphon-typed', './servers/antiphon.js', 'typed', ['echo']),
  onNode(BASELINE, './clients/ws.js', '', ['receive'], { env: NO_NATIVE }),
  onNode('antiphon-client', './clients/antiphon.js', '', ['receive']),
]

/** All that can run here, and why the others cannot. */
export function findSubjects(): {
  readonly subjects: readonly Subject[]
  readonly skipped: readonly string[]
} {
  const subjects = [...ALWAYS]
  const skipped: string[] = []
  if (hasBufferUtil()) {
    const native = 'ws+bufferutil'
    subjects.push(
      onNode(native, './servers/ws.js', '', ['echo', 'broadcast', 'deflate', 'idle']),
      onNode(native, './clients/ws.js', '', ['receive']),
    )
  } else {
    skipped.push('ws+bufferutil: the package bufferutil is not installed')
  }
  const others = [
    {
      name: 'bun',
      args: ['run'],
      workloads: ['echo', 'broadcast', 'deflate', 'handshakes', 'idle'],
    },
    { name: 'deno', args: ['run', '--allow-all'], workloads: ['echo', 'handshakes', 'idle'] },
  ] as const
  for (const { name, args, workloads } of others) {
    if (runs(name)) {
      const all = [...args, script(`./servers/${name}.js`), '']
      subjects.push({ name, command: name, args: all, env: {}, workloads, raw: false })
    } else {
      skipped.push(`${name}: there is no ${name} on the PATH`)
    }
  }
  return { subjects, skipped }
}

/** Those of `names`, or whose names begin so; the baseline is always there. All of them for no names. */
export function chosenSubjects(
  subjects: readonly Subject[],
  names: readonly string[],
): readonly Subject[] {
  if (names.length === 0) return subjects
  const unknown = names.filter((wanted) => !subjects.some(({ name }) => name.startsWith(wanted)))
  if (unknown.length > 0) {
    const known = [...new Set(subjects.map(({ name }) => name))].join(', ')
    throw new TypeError(`there is no subject ${unknown.join(', ')}: there are ${known}`)
  }
  return subjects.filter(
    ({ name }) => name === BASELINE || names.some((wanted) => name.startsWith(wanted)),
  )
}

/** The same, writing a CPU profile into a folder of its name in `folder` when it ends; for Node alone. */
export function profiled(subject: Subject, folder: string): Subject {
  if (subject.command !== process.execPath) return subject
  const options = ['--cpu-prof', `--cpu-prof-dir=${join(folder, subject.name)}`]
  return { ...subject, args: [...options, ...subject.args] }
}

/** As `ws` would find it. */
function hasBufferUtil(): boolean {
  try {
    createRequire(createRequire(import.meta.url).resolve('ws')).resolve('bufferutil')
    return true
  } catch {
    return false
  }
}

function runs(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
