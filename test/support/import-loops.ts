import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'

/** A file of `src/`: its path, relative to `src/` and with slashes, and its text. */
type Source = readonly [path: string, text: string]

/** From a file, or a folder, to those that it imports. */
type Ways = Map<string, Set<string>>

/** The files that import themselves by way of others: each as the way round, such as `a.ts -> b.ts -> a.ts`. */
export function fileLoops(sources: readonly Source[]): string[] {
  return loops(new Map(sources.map((source) => [source[0], importsOf(source)])))
}

/**
 * The folders of one room that import from each other, be it by way of a third: each as the way round. Files that stand in
 * the room itself count as a folder with its name, but for its `index.ts`, which is a door to all of them.
 */
export function folderLoops(sources: readonly Source[]): string[] {
  const ways: Ways = new Map()
  for (const source of sources.filter(([path]) => !/^[^/]+\/index\.ts$/.test(path))) {
    const from = folderOf(source[0])
    const others = [...importsOf(source)].map(folderOf).filter((to) => to !== from)
    const inRoom = others.filter((to) => roomOf(to) === roomOf(from))
    ways.set(from, new Set([...(ways.get(from) ?? []), ...inRoom]))
  }
  return loops(ways)
}

function importsOf([path, text]: Source): Set<string> {
  const { staticImports, staticExports } = parseSync(path, text).module
  const names = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value)),
  ]
  const relative = names.flatMap((name) => (name?.startsWith('.') === true ? [name] : []))
  return new Set(relative.map((name) => posix.join(posix.dirname(path), name)))
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).slice(0, 2).join('/')
}

function roomOf(folder: string): string {
  return folder.replace(/\/.*/, '')
}

function loops(ways: Ways): string[] {
  return [...ways].flatMap(([from, next]) =>
    [...next].flatMap((to) => {
      const back = shortestWay(ways, to, from)
      return back === undefined ? [] : [[from, ...back].join(' -> ')]
    }),
  )
}

function shortestWay(ways: Ways, from: string, to: string): string[] | undefined {
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
