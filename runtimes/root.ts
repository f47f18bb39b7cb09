import { fileURLToPath } from 'node:url'

// As TypeScript in runtimes/, as JavaScript in dist-runtimes/runtimes/.
const UP = import.meta.url.endsWith('.ts') ? '../' : '../../'

/** A path of the repository. */
export function pathTo(path: string): string {
  return fileURLToPath(new URL(UP + path, import.meta.url))
}
