import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WORKLOADS, type Workload } from './case.ts'
import { INSTALLED } from './runtimes.ts'
import { BASELINE, type Subject } from './subjects.ts'

const SERVER_SIDE = WORKLOADS.filter((workload) => workload !== 'receive')

/** The compiled script beside this one. */
export function script(path: string): string {
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
  return { name, command: process.execPath, args, env: {}, workloads, raw: false, warm: 0, ...more }
}

const WITHOUT_ADDONS = { env: { WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' } }

/** `ws` as npm installs it. */
export function plainWs(): readonly Subject[] {
  return [
    onNode(BASELINE, './servers/ws.js', '', SERVER_SIDE, WITHOUT_ADDONS),
    onNode(BASELINE, './clients/ws.js', '', ['receive'], WITHOUT_ADDONS),
  ]
}

/** `ws` with its native addon for masking; a string says why not. */
export function wsWithAddon(): readonly Subject[] | string {
  const more = environmentWithAddon()
  if (more === undefined) return 'the package bufferutil is installed neither here nor in runtimes/'
  const name = 'ws+bufferutil'
  return [
    onNode(name, './servers/ws.js', '', SERVER_SIDE, more),
    onNode(name, './clients/ws.js', '', ['receive'], more),
  ]
}

/** In which `ws` finds `bufferutil`, beside itself or in `runtimes/`; `undefined` where it is in neither. */
function environmentWithAddon(): Pick<Subject, 'env'> | undefined {
  try {
    createRequire(createRequire(import.meta.url).resolve('ws')).resolve('bufferutil')
    return { env: {} }
  } catch {
    return existsSync(join(INSTALLED, 'bufferutil')) ? { env: { NODE_PATH: INSTALLED } } : undefined
  }
}

/** What a connection costs without WebSocket. */
export function rawNet(): readonly Subject[] {
  return [onNode('net', './servers/net.js', '', ['echo', 'idle'], { raw: true })]
}

export function antiphon(style: string): readonly Subject[] {
  const name = `antiphon-${style}`
  const workloads = ANTIPHON[style]!
  if (style === 'client') return [onNode(name, './clients/antiphon.js', '', workloads)]
  return [onNode(name, './servers/antiphon.js', style, workloads)]
}

/** The workloads of each style of `servers/antiphon.ts`, and of the client. */
export const ANTIPHON: Readonly<Record<string, readonly Workload[]>> = {
  handler: SERVER_SIDE,
  session: ['echo', 'handshakes', 'idle'],
  filters: ['echo', 'handshakes'],
  async: ['echo'],
  typed: ['echo'],
  stacked: ['echo'],
  client: ['receive'],
}

/** The handler on a Node whose private ways of reading and writing a socket and driving zlib are not there. */
export function onPublicApi(): readonly Subject[] {
  const workloads: readonly Workload[] = ['echo', 'broadcast', 'deflate', 'idle']
  const name = 'antiphon-public'
  const made = onNode(name, './servers/antiphon.js', 'handler', workloads, {
    env: { ANTIPHON_SHARED_READ: '0', ANTIPHON_DIRECT_WRITE: '0' },
  })
  return [{ ...made, args: ['--import', script('./servers/public-zlib.js'), ...made.args] }]
}

/** The handler in so many processes that share a port. */
export function inWorkers(count: number): Subject {
  const name = count === 1 ? 'antiphon, 1 worker' : `antiphon, ${count} workers`
  return onNode(name, './servers/workers.js', String(count), ['echo', 'deflate'])
}
