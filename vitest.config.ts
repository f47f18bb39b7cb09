import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const source = fileURLToPath(new URL('./src/', import.meta.url))

/** Attacks whose outcome is counted in memory, or in what is done to a global. */
const COUNTED =
  'test/attacks/{decompression-bombs,one-byte-chunks,pinned-buffers,uninitialised-memory}.test.ts'

/** Tests that replace modules, the environment or globals, or that count what their process holds. */
const ALONE = [
  COUNTED,
  'test/contract/node.test.ts',
  'test/examples/express.test.ts',
  'test/node/{connections,reuse-port}.test.ts',
  'test/node/stream/{shared-read,stream-transport}.test.ts',
  'test/node/zlib/{fallback,zlib-port}.test.ts',
]

/** What opens sockets, runs programs, bundles, compiles, counts what V8 does, or reads the whole repository. */
const INTEGRATION = [
  'test/*.test.ts',
  'test/{bench,cli,client,contract,counts,examples,fuzz,node,soak}/**/*.test.ts',
  'test/endpoint/bundle.test.ts',
  'test/protocol/deflate/ws.test.ts',
  'test/testing/backends.test.ts',
  'test/topics/history-reconnecting.test.ts',
]

/** What needs a build, other programs or runtimes, or a process with few others. */
const ELSEWHERE = ['test/{attacks,interop,peers,runtimes}/**', ...ALONE]

const config: ViteUserConfig = defineConfig({
  resolve: {
    // Examples import the package by its name; tests run them on the sources.
    alias: [
      { find: /^antiphon$/, replacement: `${source}index.ts` },
      { find: /^antiphon\/([\w-]+)$/, replacement: `${source}$1/index.ts` },
    ],
  },
  test: {
    // For tests that hang. One that only takes long on a busy machine is not to fail for it.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Pages of documentation that tests run are written there.
    server: { deps: { inline: [/\.cache\/run-snippets/] } },
    // A module that all projects share is transformed once.
    experimental: { fsModuleCache: true },
    projects: [
      {
        // Most tests only read the modules they share, and start much faster in one worker's memory.
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...INTEGRATION, ...ELSEWHERE],
          pool: 'threads',
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: INTEGRATION,
          exclude: ALONE,
          pool: 'threads',
          isolate: false,
        },
      },
      {
        // In processes where nobody else writes a line: they count what is written.
        extends: true,
        test: {
          name: 'attacks',
          include: ['test/attacks/**/*.test.ts'],
          exclude: [COUNTED],
          pool: 'forks',
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE },
      },
      {
        // Against other programs: browsers, other languages, tools of the system, and what npm has.
        extends: true,
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts', 'test/interop/**/*.test.ts'],
        },
      },
      {
        // In other runtimes: those of the workspace `runtimes/`.
        extends: true,
        test: { name: 'runtimes', include: ['test/runtimes/**/*.test.ts'] },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/protocol/**/*.ts'],
      reporter: ['text', 'html'],
      thresholds: { branches: 100 },
    },
  },
})

export default config
