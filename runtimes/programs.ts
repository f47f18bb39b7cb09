import { pathTo } from './root.ts'

/** The runtimes that `npm ci --prefix runtimes` has installed, each as the command that runs a program in it. */

type Command = readonly string[]

/** Runs the sources as they stand. */
export const BUN: Command = [installed('@oven/bun-linux-x64/bin/bun')]

/** Runs the sources as they stand. */
export const DENO: Command = [
  installed('@deno/linux-x64-glibc/deno'),
  'run',
  // As a user would: `net` is for servers and clients, `read` for the certificates.
  '--no-prompt',
  '--allow-net',
  '--allow-read',
  '--no-lock',
  `--config=${pathTo('runtimes/deno.json')}`,
]

export const WORKERD: Command = [installed('@cloudflare/workerd-linux-64/bin/workerd')]

/** Runs what `npm run build:runtimes` has built. */
export function nodeOf(major: 20 | 22 | 24 | 26): Command {
  return [installed(`node-${major}/bin/node`)]
}

function installed(path: string): string {
  return pathTo(`runtimes/node_modules/${path}`)
}
