import { type Expression, type Program, Visitor } from 'oxc-parser'

/** What a file names as the modules that it imports or exports from: types, and imports while it runs, included. */
export function importedModules(program: Program): Expression[] {
  const modules: Expression[] = []
  const add = ({ source }: { readonly source: Expression | null }): void => {
    if (source !== null) modules.push(source)
  }
  new Visitor({
    ImportDeclaration: add,
    ExportNamedDeclaration: add,
    ExportAllDeclaration: add,
    ImportExpression: add,
    TSImportType: add,
  }).visit(program)
  return modules
}
