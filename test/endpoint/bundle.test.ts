import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** The modules that leave something in the bundle of a page with these names, as paths in `src`. */
async function modulesOf(names: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: {
      contents: `export { ${names} } from '${SRC}index.ts'; export { connect } from '${SRC}client/index.ts'`,
      resolveDir: SRC,
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  })
  const { inputs } = Object.values(metafile.outputs)[0]!
  const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return used.map(([path]) => path.replaceAll('\\', '/').replace(/^.*src\//, ''))
}

const ofServers = (path: string): boolean =>
  /^(?:routing|serving|session|filters|topics)\//.test(path) && path !== 'routing/path-template.ts'

test('a page that has an endpoint loads nothing of a server, of sessions, or of the documentation', async () => {
  const modules = await modulesOf('endpoint, connectTo, requestTo, Message, Query, Header')
  expect(modules).toContain('endpoint/connect-to.ts')
  expect(modules.filter(ofServers)).toEqual([])
  expect(modules.filter((path) => path.startsWith('endpoint/')).sort()).toEqual([
    'endpoint/connect-to.ts',
    'endpoint/endpoint-lenses.ts',
    'endpoint/endpoint.ts',
    'endpoint/no-messages.ts',
  ])
})

test('that would be noticed', async () => {
  const modules = await modulesOf('endpoint, bindEndpoint')
  expect(modules.filter(ofServers)).toContain('routing/bind.ts')
})
