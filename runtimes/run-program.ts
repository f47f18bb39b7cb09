import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Combination } from './combinations.ts'
import { type RunReport, readReport } from './report.ts'
import { pathTo } from './root.ts'

/**
 * How long a program may say nothing, in milliseconds. It tells when a case begins and when it ends, and no case takes so
 * long; all of them together take as long as the machine lets them.
 */
const PATIENCE = 60_000

/** What a program has reported. */
export interface ProgramRun extends RunReport {
  /** What happened when it broke off, and where; `undefined` when it came to its end. */
  readonly brokenOff: string | undefined
}

/** Runs a program until it ends, or is silent for too long. Rejects when the runtime is not there. */
export async function runProgram(
  { command }: Pick<Combination, 'command'>,
  patience: number = PATIENCE,
): Promise<ProgramRun> {
  const [program = '', ...args] = command
  const missing = [program, ...args.slice(-1)].find((path) => !existsSync(path))
  if (missing !== undefined) {
    throw new Error(`${missing} is not there: npm ci --prefix runtimes && npm run build:runtimes`)
  }
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: pathTo(''),
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a group of its own: what it has started holds its pipes, and ends with it.
      detached: true,
      env: { ...process.env, NO_COLOR: '1' },
    })
    let output = ''
    let errors = ''
    let silent = false
    const silence = setTimeout(() => {
      silent = true
      killGroup(child)
    }, patience)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      silence.refresh()
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(silence)
      const report = readReport(output)
      const end = silent
        ? `it was killed after ${patience / 1000} s of silence`
        : `it ended with ${signal ?? `exit code ${code}`}`
      const whole = report.complete && code === 0
      resolve({ ...report, brokenOff: whole ? undefined : describeEnd(end, report, errors) })
    })
  })
}

function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}

function describeEnd(end: string, { cases, running }: RunReport, errors: string): string {
  const where = running === undefined ? '' : `, in '${running}'`
  const said = errors.trimEnd().split('\n').slice(-20).join('\n')
  return `${end}, ${cases.length} cases having ended${where}; on stderr: ${said || 'nothing'}`
}
