import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type Declaration,
  type ExportNamedDeclaration,
  type ModuleExportName,
  parseSync,
  type Statement,
  Visitor,
} from 'oxc-parser'

/** A name that an entry point exports, and the file that declares it. */
interface Shown {
  readonly name: string
  readonly file: string
}

/**
 * The types that what these entry points export names, but none of them exports, so that users cannot: as 'name, in what'.
 * Types that a file keeps to itself are its own shorthand, and what a type extends needs no name.
 */
export function unnamedTypes(entries: readonly string[]): string[] {
  const shown = entries.flatMap(exportsOf)
  const names = new Set(shown.map(({ name }) => name))
  const unnamed = new Set<string>()
  for (const { name, file } of shown) {
    const body = bodyOf(file)
    const ours = typesOfOurs(body)
    for (const declaration of declarationsOf(name, body)) {
      for (const type of typesIn(declaration)) {
        const exported = ours.get(type)
        if (exported !== undefined && !names.has(exported)) unnamed.add(`${exported}, in ${name}`)
      }
    }
  }
  return [...unnamed].sort()
}

/** The names that these entry points export and whose declaration has no comment in front of it. */
export function undocumentedNames(entries: readonly string[]): string[] {
  const bare = entries.flatMap(exportsOf).filter(({ name, file }) => {
    const declaration = new RegExp(`\\*/\nexport (?:declare )?(?:abstract )?\\w+ ${name}\\b`)
    return !declaration.test(readFileSync(file, 'utf8'))
  })
  return [...new Set(bare.map(({ name }) => name))].sort()
}

/** The optional properties of interfaces, in the files of what these entry points export, without a comment in front. */
export function undocumentedOptions(entries: readonly string[]): string[] {
  const files = new Set(entries.flatMap(exportsOf).map(({ file }) => file))
  return [...files].flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    const interfaces = text.matchAll(/^(?:export )?(?:declare )?interface (\w+).*?^}/gms)
    return [...interfaces].flatMap(([body, name]) =>
      [...body.matchAll(/(?<!\*\/)\n {4}(?:readonly )?(\w+)\?:/g)].map(
        ([, option]) => `${name}.${option}`,
      ),
    )
  })
}

function bodyOf(file: string): readonly Statement[] {
  return parseSync(file, readFileSync(file, 'utf8')).program.body
}

function exportsOf(entry: string): Shown[] {
  return bodyOf(entry)
    .filter((statement) => statement.type === 'ExportNamedDeclaration')
    .flatMap((statement) => {
      const { source, specifiers } = statement
      const file = source === null ? entry : join(dirname(entry), declarationFile(source.value))
      const passedOn = specifiers.map(({ local }) => nameOf(local))
      return [...passedOn, ...declaredBy(statement)].map((name) => ({ name, file }))
    })
}

function nameOf(name: ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name
}

function declarationFile(module: string): string {
  return module.replace(/(?<!\.d)\.ts$/, '.d.ts')
}

/** The types of this package that a file can name, each with the name that it is exported by. */
function typesOfOurs(body: readonly Statement[]): Map<string, string> {
  const ours = new Map<string, string>()
  for (const statement of body) {
    if (statement.type === 'ExportNamedDeclaration') {
      for (const name of declaredBy(statement)) ours.set(name, name)
    } else if (statement.type === 'ImportDeclaration' && statement.source.value.startsWith('.')) {
      for (const specifier of statement.specifiers) {
        if (specifier.type !== 'ImportSpecifier') continue
        ours.set(specifier.local.name, nameOf(specifier.imported))
      }
    }
  }
  return ours
}

function declaredBy({ declaration }: ExportNamedDeclaration): string[] {
  if (declaration === null) return []
  const ids =
    declaration.type === 'VariableDeclaration'
      ? declaration.declarations.map(({ id }) => id)
      : 'id' in declaration
        ? [declaration.id]
        : []
  return ids.flatMap((id) => (id?.type === 'Identifier' ? [id.name] : []))
}

function declarationsOf(name: string, body: readonly Statement[]): Declaration[] {
  return body.flatMap((statement) =>
    statement.type === 'ExportNamedDeclaration' && declaredBy(statement).includes(name)
      ? [statement.declaration!]
      : [],
  )
}

function typesIn(declaration: Declaration): string[] {
  const names: string[] = []
  new Visitor({
    TSTypeReference({ typeName }) {
      if (typeName.type === 'Identifier') names.push(typeName.name)
    },
  }).visit({
    type: 'Program',
    body: [declaration],
    sourceType: 'module',
    hashbang: null,
    start: 0,
    end: 0,
  })
  return names
}
