import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'

/** The path of a file relative to `src/`, with slashes, and what it imports, as paths of the same kind. */
interface Source {
  readonly path: string
  readonly imports: readonly string[]
}

/**
 * The folders of the rooms that import from each other, be it by way of others: each as the way round, such as
 * `node/http -> node/stream -> node/http`. Files that stand in a room itself count as one folder, with the name of the
 * room, but for its `index.ts`, which is a door to all of them.
 */
export function folderLoops(files: readonly (readonly [path: string, text: string])[]): string[] {
  const ways = new Map<string, Set<string>>()
  for (const { path, imports } of files.map(([path, text]) => sourceOf(path, text))) {
    if (/^[^/]+\/index\.ts$/.test(path)) continue
    const from = folderOf(path)
    for (const to of imports.map(folderOf)) {
      if (to === from || roomOf(to) !== roomOf(from)) continue
      ways.set(from, (ways.get(from) ?? new Set()).add(to))
    }
  }
  return [...ways].flatMap(([from, next]) =>
    [...next].flatMap((to) => {
      const back = shortestWay(ways, to, from)
      return back === undefined ? [] : [[from, ...back].join(' -> ')]
    }),
  )
}

function sourceOf(path: string, text: string): Source {
  const { staticImports, staticExports } = parseSync(path, text).module
  const names = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value)),
  ]
  return {
    path,
    imports: names
      .filter((name) => name?.startsWith('.') === true)
      .map((name) => posix.join(posix.dirname(path), String(name))),
  }
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).slice(0, 2).join('/')
}

function roomOf(folder: string): string {
  return folder.replace(/\/.*/, '')
}

function shortestWay(
  ways: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): string[] | undefined {
  const queue = [[from]]
  const seen = new Set([from])
  for (const way of queue) {
    const last = way.at(-1) ?? from
    if (last === to) return way
    for (const next of ways.get(last) ?? []) {
      if (!seen.has(next)) queue.push([...way, next])
      seen.add(next)
    }
  }
  return undefined
}
