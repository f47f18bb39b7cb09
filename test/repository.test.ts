import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

interface Manifest {
  readonly version: string
  readonly license: string
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin: Readonly<Record<string, string>>
  readonly files: readonly string[]
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** The files that a manifest promises to importers and to the shell, relative to the package. */
function promisedFiles({ exports, bin }: Pick<Manifest, 'exports' | 'bin'>): string[] {
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  )
  return [...targets, ...Object.values(bin)].map((path) => path.replace(/^\.\//, ''))
}

/** Lines of a lock file that tie it to one registry or one machine. */
function tiedLines(lock: string): string[] {
  return lock
    .split('\n')
    .filter((line) => /"resolved"|"file:|registry\.|:\/\/(?:localhost|\d+\.)/.test(line))
}

type LockedPackages = Readonly<
  Record<
    string,
    {
      readonly integrity?: string
      readonly optionalDependencies?: Readonly<Record<string, string>>
    }
  >
>

/** Packages without an integrity, and optional ones without an entry: `npm ci` refuses such a lock file. */
function unlocked(packages: LockedPackages): string[] {
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')))
  return Object.entries(packages).flatMap(([path, { integrity, optionalDependencies = {} }]) => [
    ...(path === '' || integrity !== undefined ? [] : [path]),
    ...Object.keys(optionalDependencies).filter((name) => !names.has(name)),
  ])
}

/** The Markdown at a path: a page, or the pages of a folder. */
function pagesIn(path: string): string[] {
  if (path.endsWith('.md')) return [path]
  if (!statSync(join(ROOT, path)).isDirectory()) return []
  const names = readdirSync(join(ROOT, path)).filter((name) => name.endsWith('.md'))
  return names.map((name) => `${path}/${name}`)
}

/** The files that a page leads to, relative to the package. */
function linkedFrom(page: string): string[] {
  const links = readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)
  return [...links].map(([, path]) => posix.join(posix.dirname(page), path!))
}

describe('the package', () => {
  test('has every file that its exports and commands promise', () => {
    const missing = promisedFiles(manifest).filter((path) => !existsSync(join(ROOT, path)))
    expect(missing, 'not there: has `npm run build` been run?').toEqual([])
  })

  test('exports every entry point of the sources', () => {
    const entries = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((room) => room.isDirectory())
      .filter((room) => existsSync(join(ROOT, 'src', room.name, 'index.ts')))
      .map((room) => `./${room.name}`)
    expect(Object.keys(manifest.exports)).toEqual(expect.arrayContaining(['.', ...entries]))
  })

  test('publishes only what is there', () => {
    const missing = manifest.files.filter((path) => !existsSync(join(ROOT, path)))
    expect(missing).toEqual([])
  })

  test('publishes what its pages lead to, but for tests', () => {
    const published = ['LICENSE', 'README.md', ...manifest.files]
    const pages = published.flatMap(pagesIn)
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/ktor.md', 'LIMITATIONS.md']))
    const links = pages.flatMap(linkedFrom)
    const absent = links.filter(
      (path) => !published.some((part) => `${path}/`.startsWith(`${part}/`)),
    )
    expect(new Set(absent.map((path) => path.split('/')[0]))).toEqual(new Set(['runtimes', 'test']))
    expect(absent.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  test('has commands that begin with a shebang', () => {
    for (const path of Object.values(manifest.bin)) {
      expect(readFileSync(join(ROOT, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    }
  })
})

describe('the manifest for JSR', () => {
  const jsr: Pick<Manifest, 'version' | 'license'> & {
    readonly exports: Readonly<Record<string, string>>
  } = JSON.parse(readFileSync(join(ROOT, 'jsr.json'), 'utf8'))

  test('has the version and the license of the package', () => {
    expect([jsr.version, jsr.license]).toEqual([manifest.version, manifest.license])
  })

  test('exports the sources of all that the package exports', () => {
    const sources = Object.entries(manifest.exports).flatMap(([entry, target]) =>
      typeof target === 'string'
        ? []
        : [[entry, target.default!.replace(/^\.\/dist\/(.*)\.js$/, './src/$1.ts')]],
    )
    expect(jsr.exports).toEqual(Object.fromEntries(sources))
  })
})

describe.each(['package-lock.json', 'runtimes/package-lock.json'])('%s', (path) => {
  const lock = readFileSync(join(ROOT, path), 'utf8')

  test('names no registry and no machine', () => {
    expect(tiedLines(lock)).toEqual([])
  })

  test('has every package of every platform, with its integrity', () => {
    const { packages }: { packages: LockedPackages } = JSON.parse(lock)
    expect(unlocked(packages)).toEqual([])
  })
})

describe('the checks of this file', () => {
  test('see a host in a lock file', () => {
    expect(
      tiedLines(
        '"version": "1.0.0",\n"resolved": "https://registry.example/a.tgz",\n"file:../b"\n"url": "https://opencollective.com/c"',
      ),
    ).toHaveLength(2)
  })

  test('see a package that the lock file lacks', () => {
    expect(
      unlocked({
        '': {},
        'node_modules/a': { integrity: 'sha512-a', optionalDependencies: { '@a/linux': '1.0.0' } },
        'node_modules/a/node_modules/@b/c': {},
      }),
    ).toEqual(['@a/linux', 'node_modules/a/node_modules/@b/c'])
  })

  test('follow exports and commands', () => {
    expect(
      promisedFiles({
        exports: { '.': { types: './a.d.ts', default: './a.js' }, './b': './b.json' },
        bin: { c: 'c.js' },
      }),
    ).toEqual(['a.d.ts', 'a.js', 'b.json', 'c.js'])
  })
})

test.skipIf(!existsSync(join(ROOT, '.git')))('git tracks no logs, dumps or profiles', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n')
  const leftOver = /\.(?:log|cpuprofile|heapprofile|heapsnapshot|tgz)$|(?:^|\/)core(?:\.\d+)?$/
  expect(tracked.filter((path) => leftOver.test(path))).toEqual([])
})

test('the gate is executable', () => {
  expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).toBe(0o111)
})
