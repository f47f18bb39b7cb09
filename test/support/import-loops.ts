import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { importedModules } from './imports.ts'

/** A file of `src/`: its path, relative to `src/` and with slashes, and its text. */
type Source = readonly [path: string, text: string]

/** From a file to those that it imports. */
type Imports = ReadonlyMap<string, readonly string[]>

/** The files that import themselves by way of others: each as the way round, such as `a.ts -> b.ts -> a.ts`. */
export function importLoops(sources: readonly Source[]): string[] {
  const imports: Imports = new Map(sources.map((source) => [source[0], importsOf(source)]))
  return [...imports].flatMap(([from, next]) =>
    next.flatMap((to) => {
      const back = shortestWay(imports, to, from)
      return back === undefined ? [] : [[from, ...back].join(' -> ')]
    }),
  )
}

function importsOf([path, text]: Source): string[] {
  return importedModules(parseSync(path, text).program).flatMap((module) =>
    module.type === 'Literal' && String(module.value).startsWith('.')
      ? [posix.join(posix.dirname(path), String(module.value))]
      : [],
  )
}

function shortestWay(imports: Imports, from: string, to: string): string[] | undefined {
  const queue = [[from]]
  const seen = new Set([from])
  for (const way of queue) {
    const last = way.at(-1) ?? from
    if (last === to) return way
    for (const next of imports.get(last) ?? []) {
      if (!seen.has(next)) queue.push([...way, next])
      seen.add(next)
    }
  }
  return undefined
}
