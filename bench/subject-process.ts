import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Case } from './case.ts'
import type { Usage } from './generator/task.ts'
import type { Subject } from './subjects.ts'

const PATIENCE = 5000
const START_PATIENCE = 30_000

/** Where a subject is to be found. */
export interface Started {
  readonly port: number
  /** The processes that do its work: not the one that was started where that only started another. */
  readonly pids: readonly number[]
}

/** A subject that runs: see `servers/control.ts` for what is said. */
export class SubjectProcess {
  /** Rejects when the process ends, or takes too long, before it is ready. */
  readonly started: Promise<Started>
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
    this.started = new Promise((resolve, reject) => {
      const seconds = START_PATIENCE / 1000
      const tooLate = new Error(`${subject.name} was not ready after ${seconds} s`)
      const timer = setTimeout(reject, START_PATIENCE, tooLate)
      this.failed.catch((error: unknown) => {
        clearTimeout(timer)
        reject(error)
      })
      createInterface(this.#child.stdout).on('line', (line) => {
        const [word, rest = '', pids = ''] = line.split(' ')
        if (word === 'port') {
          clearTimeout(timer)
          resolve({ port: Number(rest), pids: pids.split(',').map(Number) })
        }
        if (word === 'usage') this.#onUsage(JSON.parse(rest))
      })
    })
    this.started.catch(() => {}) // Of a client nobody waits for it.
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
