import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const BUILT = fileURLToPath(new URL('../../dist/index.js', import.meta.url))

/** What a process had to say. */
export interface Outcome {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** Runs a script of `children/` with the built package, to its end. */
export async function child(name: string, ...flags: readonly string[]): Promise<Outcome> {
  if (!existsSync(BUILT)) throw new Error('dist/index.js is not there: run `npm run build`')
  const script = fileURLToPath(new URL(`./children/${name}.js`, import.meta.url))
  const running = spawn(process.execPath, [...flags, script], {
    // Colours and the like are not for tests.
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_OPTIONS: undefined },
  })
  const exited = new Promise<number | null>((resolve) => running.on('close', resolve))
  const [output, errors, code] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    exited,
  ])
  return { code, output, errors }
}
