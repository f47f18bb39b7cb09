import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'

const CLIENT = new URL('../../src/client/', import.meta.url).pathname

/** What a bundler makes of an application that has only this import. */
async function bundleOf(names: string): Promise<{ bytes: number; sources: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${names} } from './index.ts'`, resolveDir: CLIENT },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  })
  const [output] = Object.values(metafile.outputs)
  const used = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return {
    bytes: gzipSync(outputFiles[0]!.contents).length,
    sources: used.map(([path]) => path.replace(/^.*src\//, '')),
  }
}

const roomsOf = (sources: readonly string[]): string[] =>
  [...new Set(sources.map((path) => path.replace(/\/.*/, '')))].sort()

describe('a bundle of the client for browsers', () => {
  test('has nothing of the server, of sessions or of frames', async () => {
    const { bytes, sources } = await bundleOf('connect, open')
    expect(roomsOf(sources)).toEqual(['client', 'protocol', 'websocket'])
    expect(sources.filter((path) => /frame|connection|handshake|deflate/.test(path))).toEqual([])
    expect(bytes).toBeLessThan(8_000)
  })

  test('has sessions, and still nothing of the server, when they are asked for', async () => {
    const { bytes, sources } = await bundleOf('SessionClient')
    expect(roomsOf(sources)).toEqual(['client', 'protocol', 'session', 'websocket'])
    expect(sources).not.toContain('protocol/connection.ts')
    expect(sources).not.toContain('session/raw-websocket.ts')
    expect(bytes).toBeLessThan(15_000)
  })
})
