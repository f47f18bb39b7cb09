import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { build } from 'esbuild'
import { WORKERD } from '../programs.ts'
import { pathTo } from '../root.ts'
import { configOf } from './config.ts'

/** A running workerd. */
export interface Workerd extends AsyncDisposable {
  readonly port: number
}

/** Serves a module, with all that it imports, as a Worker on a free port of this machine. */
export async function startWorkerd(module: string): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'antiphon-workerd-'))
  await build({
    entryPoints: [module],
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2023',
    conditions: ['workerd', 'worker'],
    external: ['node:*', 'workerd:*'],
    // Not the sources, to which the one of the repository points.
    tsconfigRaw: '{}',
    logLevel: 'error',
  })
  for (const page of PAGES) await cp(pathTo(page), join(folder, page))
  await writeFile(join(folder, 'config.capnp'), configOf(PAGES))
  const [program = '', ...args] = WORKERD
  // `unsafe_module` is one of its experiments.
  args.push('serve', '--experimental', '--control-fd=3', join(folder, 'config.capnp'))
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  const ended = once(child, 'exit')
  // Asked to end, it would wait for connections that are open.
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  return {
    port: await portOf(child),
    async [Symbol.asyncDispose]() {
      kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

/** What examples read from their disk. */
const PAGES = [
  ...['index.html', 'chat.css', 'chat.js', 'icon.svg'].map(
    (name) => `examples/chat/public/${name}`,
  ),
  'examples/dashboard/index.html',
]

/** Where it listens; it says so on its control channel. */
async function portOf({ stdio }: ChildProcess): Promise<number> {
  const control = stdio[3]
  if (control instanceof Readable) {
    for await (const line of createInterface(control)) {
      const { event, port } = JSON.parse(line)
      if (event === 'listen') return port
    }
  }
  throw new Error('workerd ended before it listened')
}
