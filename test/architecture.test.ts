import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { houseRuleBreaches, machinePaths } from './support/house-rules.ts'
import { importLoops } from './support/import-loops.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => ending.test(path))
    .sort()
}

describe('the house', () => {
  const sources = filesBelow('src', /\.ts$/)
  const files = sources.map((path): [string, string] => [
    path,
    readFileSync(join(ROOT, 'src', path), 'utf8'),
  ])

  test('is read from its ground floor up', () => {
    expect(sources).toContain('protocol/frame/frame-parser.ts')
    expect(sources).toContain('websocket/websocket.ts')
  })

  test('has no file that breaks its rules', () => {
    expect(files.flatMap(([path, text]) => houseRuleBreaches(path, text))).toEqual([])
  })

  test('has no file that imports itself by way of others', () => {
    expect(importLoops(files)).toEqual([])
  })

  test('has no path of one machine in what readers copy from', () => {
    const texts = [
      ...readdirSync(ROOT).filter((path) => path.endsWith('.md')),
      ...filesBelow('docs', /\.md$/).map((path) => `docs/${path}`),
      ...filesBelow('examples', /\.(?:ts|js|html|css|md)$/).map((path) => `examples/${path}`),
    ]
    expect(texts).toContain('README.md')
    const found = texts.flatMap((path) =>
      machinePaths(readFileSync(join(ROOT, path), 'utf8')).map((hit) => `${path}: ${hit}`),
    )
    expect(found).toEqual([])
  })
})

describe('the rules of the house', () => {
  test.each([
    ['the same room', 'routing/a.ts', "import { b } from './b.ts'"],
    ['the same folder', 'testing/contract/cases/a.ts', "import { b } from '../b.ts'"],
    ['an earlier folder', 'protocol/handshake/a.ts', "import { b } from '../frame/b.ts'"],
    ['the room below a folder', 'session/typed/a.ts', "import { b } from '../b.ts'"],
    ['every folder in an entry', 'node/index.ts', "export { b } from './client/b.ts'"],
    ['a lower floor', 'session/a.ts', "import type { B } from '../websocket/websocket.ts'"],
    ['the door from lens to format', 'lens/a.ts', "import { b } from '../format/json.ts'"],
    ['the door from testing to cloudflare', 'testing/a.ts', "import '../cloudflare/b.ts'"],
    ['Node in node', 'node/a.ts', "import { b } from 'node:net'\nBuffer.from(b)"],
    ['a package in node', 'node/a.ts', "import { b } from 'srvx/node'"],
    ['floors 0 to 5 in the entry', 'index.ts', "export { serve } from './serving/engine.ts'"],
    ['the word any', 'routing/a.ts', "// any import of 'node:fs'\nAbortSignal.any(['any: any'])"],
    ['a member named like a global', 'session/a.ts', 'export const b = { process: 1 }.process'],
    ['a global of every runtime', 'session/a.ts', 'const { fetch } = globalThis'],
    ['a detected global', 'filters/turn-time.ts', 'const { process } = globalThis as object'],
    ['import.meta in a command', 'cli/a.ts', 'export const b = import.meta.url'],
    ['an option', 'lens/a.ts', 'export interface B { readonly c?: string | undefined }'],
    ['a member that may be absent', 'lens/a.ts', 'export interface B { c?(): void }'],
    ['one cast', 'lens/a.ts', 'export const b = (c: unknown): string => c as string'],
  ])('allow %s', (_, path, text) => {
    expect(houseRuleBreaches(path, text)).toEqual([])
  })

  test.each([
    ['protocol/a.ts', "import { b } from '../websocket/b.ts'", 'websocket stands above protocol'],
    [
      'websocket/a.ts',
      "import type { B } from '../session/b.ts'",
      'session stands above websocket',
    ],
    ['lens/a.ts', "export { b } from '../routing/b.ts'", 'routing stands above lens'],
    ['lens/a.ts', "export * from '../routing/b.ts'", 'routing stands above lens'],
    ['serving/a.ts', "await import('../node/index.ts')", 'node stands above serving'],
    ['serving/a.ts', "type B = import('../node/index.ts').B", 'node stands above serving'],
    ['session/a.ts', "import '../cli/main.ts'", 'cli stands above session'],
    ['session/a.ts', 'await import(name)', 'only a run can tell'],
    [
      'filters/a.ts',
      "import { b } from '../serving/b.ts'",
      'filters and serving stand side by side',
    ],
    ['format/a.ts', "import { b } from '../lens/b.ts'", 'format and lens stand side by side'],
    ['protocol/frame/a.ts', "import { b } from '../handshake/b.ts'", 'handshake comes after frame'],
    ['node/http/a.ts', "import type { B } from '../engine.ts'", 'the room itself comes after http'],
    ['websocket/a.ts', "import { b } from './socket/b.ts'", 'socket comes after the room itself'],
    ['node/attic/a.ts', '', 'no folder of node'],
    ['lens/attic/a.ts', '', 'no folder of lens'],
    ['protocol/a.ts', "import { b } from 'node:zlib'", 'only node, testing, cli may use Node'],
    ['client/a.ts', "import type { B } from 'node:net'", 'only node, testing, cli may use Node'],
    ['websocket/a.ts', 'setImmediate(() => {})', 'uses setImmediate'],
    ['session/a.ts', 'export const b = Buffer.alloc(1)', 'uses Buffer'],
    ['session/a.ts', 'export type B = NodeJS.Timeout', 'uses NodeJS'],
    ['session/a.ts', 'const { process: b } = globalThis as object', 'takes process'],
    ['filters/turn-time.ts', 'const { Buffer } = globalThis', 'takes Buffer'],
    ['testing/a.ts', 'export const b = import.meta.url', 'says import.meta'],
    ['session/a.ts', "import { z } from 'zod'", 'without packages'],
    ['cli/a.ts', "import b from '../../package.json'", 'outside of src'],
    ['index.ts', "export { node } from './node/index.ts'", 'floors 0 to 5'],
    ['util.ts', '', 'no room'],
    ['utils/a.ts', '', 'no room'],
    ['cli/a.ts', "import { b } from '../attic/b.ts'", 'no room'],
    ['lens/a.ts', 'export default 1', 'default export'],
    ['lens/a.ts', 'export type B = Map<string, any>', 'says any'],
    ['lens/a.ts', 'export const b = 1 as unknown as string', 'by way of unknown'],
    ['lens/a.ts', 'export interface B { readonly c?: string }', 'refuses undefined'],
    ['lens/a.ts', '// @ts-ignore\nexport const b = 1', '@ts-ignore'],
    ['lens/a.ts', '/* @ts-expect-error */\nexport const b = 1', '@ts-expect-error'],
    ['lens/a.ts', 'export const = 1', 'nexpected token'],
  ])('forbid in %s: %j, since %s', (path, text, reason) => {
    expect(houseRuleBreaches(path, text)).toEqual([expect.stringContaining(reason)])
  })

  test('allow 300 lines, and not one more', () => {
    expect(houseRuleBreaches('lens/a.ts', '\n'.repeat(300))).toEqual([])
    expect(houseRuleBreaches('lens/a.ts', '\n'.repeat(301))).toHaveLength(1)
  })

  test('say file, line and reason', () => {
    expect(
      houseRuleBreaches('session/loop.ts', "// loop\nimport { bind } from '../routing/bind.ts'\n"),
    ).toEqual(["src/session/loop.ts:2 imports '../routing/bind.ts': routing stands above session"])
  })

  test.each([
    "import './a.ts'",
    "import type { A } from './a.ts'",
    "export { a } from './a.ts'",
    "export * from './a.ts'",
    "type A = import('./a.ts').A",
    "await import('./a.ts')",
  ])('find the loop of a file that is imported back by %j', (text) => {
    const a: [string, string] = ['lens/a.ts', "import './b.ts'"]
    expect(importLoops([a, ['lens/b.ts', "import './c.ts'"]])).toEqual([])
    expect(importLoops([a, ['lens/b.ts', text]])).toEqual([
      'lens/a.ts -> lens/b.ts -> lens/a.ts',
      'lens/b.ts -> lens/a.ts -> lens/b.ts',
    ])
  })

  test('find the loop of a file that is imported back by way of a third', () => {
    const around: [string, string][] = [
      ['lens/a.ts', "import './b.ts'"],
      ['lens/b.ts', "import '../format/c.ts'"],
      ['format/c.ts', "import '../lens/a.ts'"],
    ]
    expect(importLoops(around)).toContain('format/c.ts -> lens/a.ts -> lens/b.ts -> format/c.ts')
  })

  test.each([
    ['cd /home/ann/antiphon', '/home/ann/antiphon'],
    ['(/root/x)', '/root/x'],
    ['`/Users/ann/x/y.ts`', '/Users/ann/x/y.ts'],
    ['C:\\antiphon', 'C:\\antiphon'],
  ])('find the machine in %s', (text, path) => {
    expect(machinePaths(text)).toEqual([path])
  })

  test.each([
    'bind("/home/:room")',
    'https://example.org/home/ann/x',
    './root/x',
    'ws://127.0.0.1:9000/work/now',
  ])('find no machine in %s', (text) => {
    expect(machinePaths(text)).toEqual([])
  })
})
