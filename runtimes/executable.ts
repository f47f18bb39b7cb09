import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program is; `undefined` when it is not on the `PATH`. */
export function executablePath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
