import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { moduleOf } from './support/snippets.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Within `node_modules`, so that packages are found from there. */
const FOLDER = join(ROOT, 'node_modules/.cache/snippets')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

const TSCONFIG = {
  extends: '../../../tsconfig.json',
  compilerOptions: {
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  },
  include: ['*.ts'],
  exclude: [],
}

/** Pages of documentation that have TypeScript in them. */
function pages(): readonly string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  const all = ['README.md', ...docs.map((path) => `docs/${path.replaceAll('\\', '/')}`)]
  return all.filter((path) => path.endsWith('.md') && read(path).includes('\n```ts\n')).sort()
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** The compiler's complaints, page and line first. */
function complaints(modules: Readonly<Record<string, string>>): Promise<string[]> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(FOLDER, name), text)
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '--pretty', 'false'], { cwd: FOLDER }, (_error, stdout) =>
      resolve(stdout.split('\n').filter((line) => line !== '')),
    )
  })
}

const FAULTY = `# A page

\`\`\`ts
import { open } from 'antiphon/node'

const url = 'ws://localhost'
\`\`\`

\`\`\`ts
open(url, {})
\`\`\`
`

/** Servers that their page would stop as soon as it has started them: those of a module go at its end. */
const briefServers = (page: string): string[] =>
  page.match(/^await using \w+ = await serve\b/gm) ?? []

test('the servers in the documentation go on serving', () => {
  expect(pages().filter((page) => briefServers(read(page)).length > 0)).toEqual([])
  expect(briefServers('```ts\nawait using server = await serve(app, node())\n```')).toHaveLength(1)
})

/** The ids that headings have on the hosts of repositories. */
const anchors = (page: string): string[] =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Links of a page to files that are not there, and to headings that are none. */
function deadLinks(path: string, page: string): string[] {
  const prose = page.replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(
    ([, to = '', id]) => {
      const target = to === '' ? path : join(path, '..', to)
      const alive = existsSync(join(ROOT, target))
      return alive && (id === undefined || anchors(read(target)).includes(id))
        ? []
        : [`${path}: ${to}`]
    },
  )
}

test('the links in the documentation lead somewhere', () => {
  const found = [
    ...readdirSync(ROOT),
    ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
    'examples/README.md',
  ].filter((path) => path.endsWith('.md'))
  expect(found).toContain('docs/servers.md')
  expect(found.flatMap((path) => deadLinks(path, read(path)))).toEqual([])
  const faulty = '[a](servers.md) [b](none.md) [c](servers.md#a-port) [d](servers.md#a-harbour)'
  expect(deadLinks('docs/faulty.md', faulty)).toHaveLength(2)
})

test('the TypeScript in the documentation compiles', async () => {
  const found = pages()
  expect(found).toEqual(expect.arrayContaining(['README.md', 'docs/client.md', 'docs/deflate.md']))
  const named = found.map((page) => [page.replaceAll('/', '-'), read(page)])
  const all = [...named, ['faulty.md', FAULTY]]
  const modules = all.map(([name, page]) => [`${name}.ts`, moduleOf(page!)])
  expect(await complaints(Object.fromEntries(modules))).toEqual([
    'faulty.md.ts(10,1): error TS2554: Expected 3 arguments, but got 2.',
  ])
})
