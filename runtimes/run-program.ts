import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Combination } from './combinations.ts'
import { type RunReport, readReport } from './report.ts'
import { pathTo } from './root.ts'

/** How long a program may take, in milliseconds. */
const PATIENCE = 120_000

/** What a program has reported, and what it said besides. */
export interface ProgramRun extends RunReport {
  readonly errors: string
}

/** Runs a program to its end. Rejects when the runtime is not there. */
export async function runProgram({ command }: Combination): Promise<ProgramRun> {
  const [program = '', ...args] = command
  const missing = [program, ...args.slice(-1)].find((path) => !existsSync(path))
  if (missing !== undefined) {
    throw new Error(`${missing} is not there: npm ci --prefix runtimes && npm run build:runtimes`)
  }
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: pathTo(''),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
      env: { ...process.env, NO_COLOR: '1' },
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', () => resolve({ ...readReport(output), errors }))
  })
}
