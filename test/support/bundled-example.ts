import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The server of an example as one script, for processes of its own: not every Node runs TypeScript. Deleted when disposed. */
export async function bundledExample(
  name: string,
  ...packages: readonly string[]
): Promise<Disposable & { readonly script: string }> {
  // Within `node_modules`, packages are found.
  const folder = mkdtempSync(join(ROOT, `node_modules/.${name}-`))
  const script = join(folder, 'server.mjs')
  await build({
    entryPoints: [join(ROOT, `examples/${name}/server.ts`)],
    alias: {
      antiphon: join(ROOT, 'src/index.ts'),
      'antiphon/node': join(ROOT, 'src/node/index.ts'),
    },
    external: ['srvx', ...packages],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  return { script, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
