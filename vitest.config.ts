import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const source = fileURLToPath(new URL('./src/', import.meta.url))

const config: ViteUserConfig = defineConfig({
  resolve: {
    // Examples import the package by its name; tests run them on the sources.
    alias: [
      { find: /^antiphon$/, replacement: `${source}index.ts` },
      { find: /^antiphon\/([\w-]+)$/, replacement: `${source}$1/index.ts` },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/peers/**'],
        },
      },
      {
        // Against other programs: browsers, other languages, tools of the system.
        extends: true,
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
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
