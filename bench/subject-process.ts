import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Case } from './case.ts'
import type { Usage } from './generator/task.ts'
import type { Subject } from './subjects.ts'

const PATIENCE = 5000

/** A subject that runs: see `servers/control.ts` for what is said. */
export class SubjectProcess {
  readonly port: Promise<number>
  /** Rejects when the process ends before it is told to. */
  readonly failed: Promise<never>
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  #onUsage: (usage: Usage) => void = () => {}

  constructor(subject: Subject, measured: Case, generatorPort: number | undefined) {
    const { command, args, env } = subject
    const more = generatorPort === undefined ? [] : [String(generatorPort)]
    this.#child = spawn(command, [...args, JSON.stringify(measured), ...more], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.failed = new Promise((_, reject) => {
      this.#child.once('error', reject)
      this.#child.once('exit', (code, signal) =>
        reject(new Error(`${subject.name} ended with ${code ?? signal}`)),
      )
    })
    this.failed.catch(() => {}) // That it ends when it is told to is no failure.
    this.#child.stdin.on('error', () => {}) // It ended before it was told to: `failed` says so.
    this.port = new Promise((resolve) => {
      createInterface(this.#child.stdout).on('line', (line) => {
        const [word, rest = ''] = splitOnce(line)
        if (word === 'port') resolve(Number(rest))
        if (word === 'usage') this.#onUsage(JSON.parse(rest))
      })
    })
  }

  /** Throws when it could not be started. */
  get pid(): number {
    const { pid } = this.#child
    if (pid === undefined) throw new Error('the subject did not start')
    return pid
  }

  usage(): Promise<Usage> {
    return new Promise((resolve) => {
      this.#onUsage = resolve
      this.#child.stdin.write('usage\n')
    })
  }

  /** Has it close its connections. */
  stop(): void {
    this.#child.stdin.write('stop\n')
  }

  /** Ends the line, so that it can write a profile, and kills it when it does not go. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE)
    await this.failed.catch(() => {})
    clearTimeout(timer)
  }
}

function splitOnce(line: string): [word: string, rest: string | undefined] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, undefined] : [line.slice(0, space), line.slice(space + 1)]
}
