/**
 * The TypeScript of a Markdown page as one module with as many lines: line 12 of the module is line 12 of the page. A
 * block sees what the blocks before it import and declare, and may declare the same names anew.
 */
export function moduleOf(page: string): string {
  const imports = new Map<string, Set<string>>()
  const defaults = new Set<string>()
  let blocks = 0
  const lines = page.split('\n').map(() => '')
  for (const { line, text } of blocksOf(page)) {
    const named = text.replaceAll(IMPORT_DEFAULT, (statement) => {
      defaults.add(`${statement};`)
      return ''
    })
    const body = named.replaceAll(IMPORT, (statement, type = '', names: string, module: string) => {
      const known = imports.get(module) ?? new Set()
      for (const name of names.match(/[^\s,][^,]*/g) ?? []) known.add(type + name.trim())
      // A module of the reader's own is what an earlier block of the page shows.
      if (!module.startsWith('.')) imports.set(module, known)
      return statement.replaceAll(/[^\n]/g, '')
    })
    blocks++
    lines[line - 1] = '{'
    for (const [i, code] of body.split('\n').entries()) {
      lines[line + i] = code.replace(/^export default /, 'void ').replace(/^export /, '')
    }
  }
  const head = [...imports].map(
    ([module, names]) => `import { ${[...names].join(', ')} } from '${module}';`,
  )
  lines[0] = `${[...defaults, ...head].join(' ')} async function page() {`
  return `${lines.join('\n')}\n${'}'.repeat(blocks + 1)}\nexport { page }\n`
}

/** A statement that imports names: the word `type`, the names, the module. */
const IMPORT: RegExp = /^import (type )?\{([^}]*)\} from '([^']+)'$/gm

const IMPORT_DEFAULT: RegExp = /^import \w+ from '[^']+'$/gm

/** Blocks of TypeScript, and the line of the fence before each. */
function blocksOf(page: string): { readonly line: number; readonly text: string }[] {
  return [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: page.slice(0, match.index).split('\n').length,
    text: match[1] ?? '',
  }))
}
