import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url))
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** A project that has this package, as it was built, among its dependencies. */
export interface UserProject {
  readonly folder: string
  /** Writes a module, and returns its path. */
  write(name: string, source: string): string
  /** What the compiler prints about these files and all that they import. */
  compile(files: readonly string[], options?: CompilerOptions, flags?: string[]): Promise<string[]>
}

interface CompilerOptions {
  readonly lib?: readonly string[]
  readonly types?: readonly string[]
  readonly skipLibCheck?: boolean
  readonly declaration?: boolean
}

const OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2022'],
  types: ['node'],
  strict: true,
  declaration: true,
  preserveSymlinks: true,
  noEmit: true,
}

/** A project of that name. It is within `node_modules`, so that the types of packages are found from there. */
export function userProject(name: string): UserProject {
  const folder = join(ROOT, 'node_modules/.cache', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(ROOT, join(folder, 'node_modules/antiphon'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  return {
    folder,
    write(file, source) {
      const path = join(folder, file)
      writeFileSync(path, source)
      return path
    },
    compile(files, options = {}, flags = []) {
      const compilerOptions = { ...OPTIONS, ...options }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      return new Promise((resolve) => {
        const args = [TSC, '--pretty', 'false', ...flags]
        execFile(process.execPath, args, { cwd: folder }, (_error, stdout) =>
          resolve(stdout.split('\n').filter((line) => line !== '')),
        )
      })
    },
  }
}
