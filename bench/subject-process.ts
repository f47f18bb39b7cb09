import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Case } from './case.ts'
import type { Usage } from './generator/task.ts'
import type { Subject } from './subjects.ts'

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
    this.failed.catch(() => {}) // That it ends when it is killed is no failure.
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

  /** Resolves when the process is gone. */
  kill(): Promise<unknown> {
    this.#child.kill('SIGKILL')
    return this.failed.catch(() => {})
  }
}

function splitOnce(line: string): [word: string, rest: string | undefined] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, undefined] : [line.slice(0, space), line.slice(space + 1)]
}
