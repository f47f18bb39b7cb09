import { BUN, DENO, nodeOf } from './programs.ts'
import { pathTo } from './root.ts'

/** A program of `runtimes/` in one runtime. */
export interface Combination {
  readonly title: string
  readonly runtime: 'Node' | 'Bun' | 'Deno' | 'Workers' | 'Chromium' | 'Firefox'
  /** The heads of the columns that it proves in the tables of capabilities: of servers, of clients. Several may prove one. */
  readonly server?: string
  readonly client?: string
  readonly command: readonly string[]
  /** A program that npm does not install. */
  readonly browser?: 'chromium' | 'firefox-esr'
}

export const COMBINATIONS: readonly Combination[] = [
  ...([20, 22, 24, 26] as const).map(
    (major): Combination => ({
      title: `node() on Node ${major}`,
      runtime: 'Node',
      server: '`node()` on Node',
      client: '`antiphon/node` on Node',
      command: [...nodeOf(major), built('node-engine')],
    }),
  ),
  ...([22, 24, 26] as const).map(
    (major): Combination => ({
      title: `antiphon/client on Node ${major}`,
      runtime: 'Node',
      client: '`antiphon/client` on Node',
      command: [...nodeOf(major), built('platform-client')],
    }),
  ),
  {
    title: 'node() on Bun',
    runtime: 'Bun',
    server: '`node()` on Bun',
    client: '`antiphon/node` on Bun',
    command: [...BUN, source('node-engine')],
  },
  {
    title: 'antiphon/client on Bun',
    runtime: 'Bun',
    client: '`antiphon/client` on Bun',
    command: [...BUN, source('platform-client')],
  },
  {
    title: 'bun()',
    runtime: 'Bun',
    server: '`bun()`',
    command: [...BUN, source('bun-engine')],
  },
  {
    title: 'node() on Deno',
    runtime: 'Deno',
    server: '`node()` on Deno',
    client: '`antiphon/node` on Deno',
    // The environment is for Express, which one of its examples uses.
    command: [...DENO, '--allow-env', source('node-engine')],
  },
  {
    title: 'antiphon/client on Deno',
    runtime: 'Deno',
    client: '`antiphon/client` on Deno',
    command: [...DENO, source('platform-client')],
  },
  {
    title: 'deno()',
    runtime: 'Deno',
    server: '`deno()`',
    command: [...DENO, source('deno-engine')],
  },
  {
    title: 'worker() and durableObject()',
    runtime: 'Workers',
    server: '`worker()`',
    command: [...nodeOf(24), built('workers-engine')],
  },
  {
    title: 'antiphon/client on Workers',
    runtime: 'Workers',
    client: '`antiphon/client` on Workers',
    command: [...nodeOf(24), built('workers-client')],
  },
  {
    title: 'antiphon/client in Chromium',
    runtime: 'Chromium',
    client: '`antiphon/client` in Chromium',
    // By the Node at hand: it needs nothing of the workspace.
    command: [process.execPath, built('chromium-client')],
    browser: 'chromium',
  },
  {
    title: 'antiphon/client in Firefox',
    runtime: 'Firefox',
    client: '`antiphon/client` in Firefox',
    command: [process.execPath, built('firefox-client')],
    browser: 'firefox-esr',
  },
]

/** For runtimes that take TypeScript. */
function source(program: string): string {
  return pathTo(`runtimes/${program}.ts`)
}

/** For Node: by `npm run build:runtimes`. */
function built(program: string): string {
  return pathTo(`dist-runtimes/runtimes/${program}.js`)
}
