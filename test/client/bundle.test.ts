import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'
import { describe, expect, test } from 'vitest'
import type * as Client from '../../src/client/index.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const ENTRY = `${ROOT}src/client/index.ts`

interface Bundle {
  readonly code: string
  /** Modules that left something in it, as paths in `src`. */
  readonly modules: readonly string[]
}

/** Makes the bundle of an application for browsers that imports these names and nothing else. */
type Bundler = (names: string) => Promise<Bundle>

const inSrc = (path: string): string => path.replaceAll('\\', '/').replace(/^.*src\//, '')

const esbuild: Bundler = async (names) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${names} } from '${ENTRY}'`, resolveDir: ROOT },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  })
  const { inputs } = Object.values(metafile.outputs)[0]!
  const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return { code: outputFiles[0]!.text, modules: used.map(([path]) => inSrc(path)).sort() }
}

const rolldownMinified: Bundler = async (names) => {
  const bundle = await rolldown({
    input: 'entry',
    platform: 'browser',
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) => (id === 'entry' ? `export { ${names} } from '${ENTRY}'` : null),
      },
    ],
  })
  const { output } = await bundle.generate({ minify: true })
  const { code, modules } = output[0]
  const used = Object.entries(modules).filter(([, { renderedLength }]) => renderedLength > 0)
  return { code, modules: used.map(([path]) => inSrc(path)).sort() }
}

/** What stands in `.size-limit.json` for an entry of this name, in bytes. */
function limitOf(name: string): number {
  const limits: readonly { name: string; limit: string }[] = JSON.parse(
    readFileSync(`${ROOT}.size-limit.json`, 'utf8'),
  )
  return Number.parseFloat(limits.find((entry) => entry.name === name)!.limit) * 1_000
}

const bundlers: readonly (readonly [string, Bundler])[] = [
  ['esbuild', esbuild],
  ['rolldown', rolldownMinified],
]

/** All that a client without sessions is made of. */
const MODULES = [
  'client/connect-options.ts',
  'client/connect.ts',
  'client/deferred.ts',
  'client/guard.ts',
  'client/listeners.ts',
  'client/mailbox.ts',
  'client/platform-request.ts',
  'client/platform-websocket.ts',
  'client/received.ts',
  'protocol/bytes/content.ts',
  'protocol/bytes/utf8.ts',
  'protocol/bytes/well-formed.ts',
  'protocol/close/reason.ts',
  'protocol/errors/quote.ts',
  'protocol/errors/thrown.ts',
  'websocket/client/normal-end.ts',
  'websocket/errors.ts',
  'websocket/never-connected.ts',
  'websocket/page-codes.ts',
  'websocket/socket/socket-settings.ts',
  'websocket/support/lasting-clock.ts',
  'websocket/support/leavable.ts',
  'websocket/ws-message.ts',
]

test.each([
  ['connect, open', ['chrome91', 'firefox90', 'safari14.1']],
  ['connect, reconnecting', ['chrome91', 'firefox90', 'safari15']],
  ['SessionClient, reconnectingSessions', ['chrome91', 'firefox90', 'safari15']],
  ['connect, open, SessionClient', ['chrome91', 'firefox90', 'safari15']],
])('for these browsers there is no syntax to lower in %s: %o', async (names, target) => {
  const codeFor = async (target: string | string[]): Promise<string> => {
    const contents = `export { ${names} } from '${ENTRY}'`
    const stdin = { contents, resolveDir: ROOT }
    const { outputFiles } = await build({
      stdin,
      bundle: true,
      write: false,
      format: 'esm',
      target,
    })
    return outputFiles[0]!.text
  }
  expect(await codeFor(target)).toBe(await codeFor('esnext'))
})

describe.each(bundlers)('bundled by %s', (_, bundleOf) => {
  test('connect and open bring these modules, and none of a server, of sessions or of frames', async () => {
    const { code, modules } = await bundleOf('connect, open')
    expect(modules).toEqual(MODULES)
    expect(code).not.toMatch(/\b(?:import|require)\b/)
    const limit = limitOf('antiphon/client: connect and open')
    expect(gzipSync(code).length).toBeLessThan(limit)
  })

  test('a client that reconnects brings its own, and still nothing of a server or of sessions', async () => {
    const { code, modules } = await bundleOf('connect, reconnecting')
    // Of this module it needs a constant, which esbuild inlines.
    const known = [...MODULES, 'websocket/support/clock.ts']
    expect(modules.filter((path) => !known.includes(path))).toEqual([
      'protocol/close/close-code.ts',
      'websocket/client/backoff-options.ts',
      'websocket/client/backoff.ts',
      'websocket/client/failure-of.ts',
      'websocket/client/is-retryable.ts',
      'websocket/client/opening-bound.ts',
      'websocket/client/received-in-turn.ts',
      'websocket/client/reconnect-options.ts',
      'websocket/client/reconnecting.ts',
      'websocket/socket/inbound-gauge.ts',
      'websocket/support/check-function.ts',
      'websocket/support/fifo.ts',
      'websocket/support/on-abort.ts',
      'websocket/support/option-checks.ts',
      'websocket/support/option-names.ts',
    ])
    const limit = limitOf('antiphon/client: reconnecting too')
    expect(gzipSync(code).length).toBeLessThan(limit)
  })

  test('sessions bring their own, and still nothing of a server or of frames on the wire', async () => {
    const { code, modules } = await bundleOf('connect, open, SessionClient')
    const rooms = new Set(modules.map((path) => path.replace(/\/.*/, '')))
    expect([...rooms].sort()).toEqual(['client', 'lens', 'protocol', 'session', 'websocket'])
    expect(modules).toEqual(expect.arrayContaining(MODULES))
    expect(modules).toContain('session/default-session.ts')
    const unwanted = /connection|deflate|frame-(?:reader|parser|writer|header|session)|server|mask/
    expect(modules.filter((path) => unwanted.test(path))).toEqual([])
    expect(code).not.toMatch(/\b(?:import|require)\b/)
    // Of the frames, those that a page can send: not Close, Ping and Pong.
    expect(code).not.toContain('control frames cannot carry')
    const limit = limitOf('antiphon/client: sessions too')
    expect(gzipSync(code).length).toBeLessThan(limit)
  })

  test('sessions that reconnect bring no more than they share with a client that does', async () => {
    const { modules: known } = await bundleOf('connect, open, SessionClient')
    const { modules } = await bundleOf('connect, open, SessionClient, reconnectingSessions')
    expect(modules.filter((path) => !known.includes(path))).toEqual([
      'session/client/opening-aborted.ts',
      'session/client/reconnecting-sessions.ts',
      'websocket/client/backoff-options.ts',
      'websocket/client/backoff.ts',
      'websocket/client/failure-of.ts',
      'websocket/client/is-retryable.ts',
      'websocket/support/check-function.ts',
      'websocket/support/option-names.ts',
      'websocket/support/unless-aborted.ts',
    ])
  })

  test('a name brings what it needs, which works, and nothing else', async () => {
    const { code, modules } = await bundleOf('CloseReason')
    expect(modules).toEqual([
      'protocol/bytes/utf8.ts',
      'protocol/close/close-reason.ts',
      'protocol/close/reason.ts',
      'protocol/errors/quote.ts',
    ])
    const { CloseReason }: typeof Client = await import(
      `data:text/javascript,${encodeURIComponent(code)}`
    )
    expect(CloseReason.TRY_AGAIN_LATER).toBeInstanceOf(CloseReason)
    expect(String(CloseReason.truncated(CloseReason.Codes.TOO_BIG, 'x'.repeat(124)))).toBe(
      `CloseReason(reason=TOO_BIG, message=${'x'.repeat(123)})`,
    )
  })
})
